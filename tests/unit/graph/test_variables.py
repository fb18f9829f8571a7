"""The variables of a run: the flow's own, under the input's."""

from shared.graph import FlowGraph


def test_the_input_stands_before_the_flows_own() -> None:
    graph = FlowGraph(variables={"currency": "EUR", "country": "DE"})
    assert graph.variables_with({"currency": "USD", "amount": 3}) == {
        "currency": "USD", "country": "DE", "amount": 3,
    }  # fmt: skip


def test_an_empty_input_hides_no_variable() -> None:
    graph = FlowGraph(variables={"a": 1, "b": 2, "c": 3, "d": 4})
    given = {"a": None, "b": "", "c": {}, "d": 0}
    assert graph.variables_with(given) == {"a": 1, "b": 2, "c": 3, "d": 0}
