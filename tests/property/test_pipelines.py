"""A pipeline is one thing to both engines: its compiled states and the flow that runs in line.

Random pipelines: routers anywhere, in branches of routers too, nodes that fail for good or for a
while, policies; the data, the route and the outcome of every node must be the same.
"""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.pipelines.asl import compile_pipeline
from shared.pipelines.definition import Pipeline, Policy, create_pipeline
from shared.pipelines.inline import run_inline
from shared.pipelines.node import Node, node, router
from shared.pipelines.start import failure_of, trace_of
from tests.fakes.pipelines import walk

_ROUTES = ("x", "y", "z")
_PLAIN = tuple("abcdef")
_ROUTERS = tuple(f"r{number}" for number in range(5))


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """Each router stands once, below those before it; a branch may name any plain node."""
    left = list(draw(st.permutations(_ROUTERS)))[: draw(st.integers(0, 4))]
    routers: dict[str, dict[str, tuple[str, ...]]] = {}

    def chain(plain: list[str], depth: int) -> tuple[str, ...]:
        names: list[str] = []
        for name in plain:
            if left and depth < 3 and draw(st.booleans()):
                names.append(made := left.pop())
                routes = draw(st.lists(st.sampled_from(_ROUTES), unique=True, max_size=3))
                routers[made] = {
                    to: chain(draw(st.lists(st.sampled_from(_PLAIN[3:]), max_size=3)), depth + 1)
                    for to in routes
                }
            names.append(name)
        return tuple(names)

    main = chain(draw(st.lists(st.sampled_from(_PLAIN[:3]), unique=True, min_size=1)), 0)
    policies = draw(
        st.dictionaries(
            st.sampled_from(main),
            st.builds(
                Policy,
                attempts=st.integers(1, 4),
                errors=st.sampled_from([("*",), ("KeyError",), ("ValueError", "KeyError")]),
            ),
        )
    )
    routed = {name: branches for name, branches in routers.items() if branches}
    return create_pipeline("p", *main, routers=routed, policies=policies)


decisions = st.fixed_dictionaries({name: st.sampled_from([*_ROUTES, None]) for name in _ROUTERS})
failures = st.dictionaries(
    st.sampled_from(_PLAIN + _ROUTERS),
    st.tuples(st.sampled_from([KeyError, ValueError]), st.integers(1, 4)),
    max_size=2,
)


class Nodes:
    """Nodes that say where they were, and fail as often as they are told."""

    def __init__(self, decided: dict[str, Any], failing: dict[str, Any]) -> None:
        self._decided = decided
        self._failing = dict(failing)

    def __call__(self, name: str) -> Node:
        def run(data: dict[str, Any], context: Any) -> Any:
            kind, times = self._failing.get(name, (None, 0))
            if kind is not None and times:
                self._failing[name] = (kind, times - 1)
                raise kind(name)
            if name in _ROUTERS:
                return self._decided[name]
            return {**data, "path": [*data["path"], name]}

        return (router if name in _ROUTERS else node)(name)(run)


def _said(trace: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(e["node"], e["status"], e["attempt"], e.get("route")) for e in trace]


def _ran(trace: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    return [(entry["node"], entry["status"]) for entry in trace]


@settings(max_examples=300, deadline=None)
@given(pipelines(), decisions, failures)
@example(
    create_pipeline(
        "p", "r0", "a", routers={"r0": {"x": ("d", "r1", "d")}, "r1": {"y": ("d", "e")}}
    ),
    {"r0": "x", "r1": "y"},
    {},
)
def test_both_engines_agree(
    pipeline: Pipeline, decided: dict[str, Any], failing: dict[str, Any]
) -> None:
    inline = run_inline(pipeline, Nodes(decided, failing), {"path": []}, sleep=lambda seconds: None)
    first = {"data": {"path": []}, "trace": [], "route": None, "context": inline["context"]}
    ended = walk(compile_pipeline(pipeline, str), Nodes(decided, failing), first)
    if ended.status == "SUCCEEDED":
        assert ended.output["data"] == inline["data"]
        assert _said(ended.output["trace"]) == _said(inline["trace"])
    else:
        where, why = failure_of(ended)
        assert (inline["data"]["failed_node"], inline["data"]["error"]) == (where, why)
        assert _ran(trace_of(ended)) == _ran(inline["trace"])


@settings(max_examples=100, deadline=None)
@given(pipelines(), decisions, failures)
def test_a_dry_run_walks_the_same_way_and_ends_with_its_trace(
    pipeline: Pipeline, decided: dict[str, Any], failing: dict[str, Any]
) -> None:
    once = {name: (kind, 9) for name, (kind, _) in failing.items()}
    inline = run_inline(pipeline, Nodes(decided, once), {"path": []}, sleep=lambda _: None)
    where = {**inline["context"], "dry": True}
    first = {"data": {"path": []}, "trace": [], "route": None, "context": where}
    ended = walk(compile_pipeline(pipeline, str), Nodes(decided, once), first)
    assert ended.status == "SUCCEEDED"
    ran = [(entry["node"], entry["status"]) for entry in ended.output["trace"]]
    assert ran == [(entry["node"], entry["status"]) for entry in inline["trace"]]
    assert ended.output["context"].get("failed_node") == inline["data"].get("failed_node")


@given(pipelines())
def test_every_state_is_reached_and_named_once(pipeline: Pipeline) -> None:
    states = compile_pipeline(pipeline, str)["States"]
    tasks = [state for state in states.values() if state["Type"] == "Task"]
    assert {state["Parameters"]["FunctionName"] for state in tasks} == set(pipeline.all_nodes())
    assert all(len(name) <= 80 for name in states)
