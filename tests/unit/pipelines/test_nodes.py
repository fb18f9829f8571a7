"""`@node` and `@router`, one at a time and in line."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel

from shared.pipelines.definition import create_pipeline
from shared.pipelines.dry import NoStandInError
from shared.pipelines.inline import run_inline
from shared.pipelines.node import NodeInputError, NodeResultError, as_node, node, router
from shared.platform.mail import Message


class Asked(BaseModel):
    number: int


class Added(BaseModel):
    doubled: int


@node
def double(data: Asked, context) -> Added:
    """Doubles."""
    return Added(doubled=data.number * 2)


@node("keeps")
def anything(data, context):
    return None


@node()
def replace(data, context):
    return {"new": True}


@router
def choose(data, context):
    return data.get("to")


@node
def fail(data, context):
    raise ValueError("no")


def _item(**data):
    context = {
        "tenant": "t", "pipeline": "p", "execution_id": "e", "event_type": "x", "entity": None,
        "correlation_id": None, "time": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    return {"data": data, "trace": [], "route": "stale", "context": context}


def test_a_models_fields_are_added():
    item = double.handler({"item": _item(number=2, other=1), "attempt": 1}, None)
    assert item["data"] == {"number": 2, "other": 1, "doubled": 4}
    assert item["trace"][0] | {"ms": 0} == {
        "node": "double", "status": "completed", "ms": 0, "attempt": 2,
    }  # fmt: skip
    assert item["route"] is None
    assert double.__doc__ == "Doubles."


def test_none_keeps_and_a_dict_replaces():
    assert anything.name == "keeps"
    assert anything.step(_item(a=1))["data"] == {"a": 1}
    assert replace.step(_item(a=1))["data"] == {"new": True}


def test_a_router_decides_by_itself_and_keeps_the_data():
    chosen = choose.step(_item(to="left"))
    assert (chosen["route"], chosen["data"]) == ("left", {"to": "left"})
    assert chosen["trace"][0]["route"] == "left"
    assert choose.step(_item())["route"] is None


def test_data_that_does_not_fit_names_node_and_field():
    with pytest.raises(NodeInputError, match=r"double: number: "):
        double.step(_item(number="many"))


@pytest.mark.parametrize("answer", [[1], "text", 7])
def test_an_answer_that_is_no_data(answer):
    with pytest.raises(NodeResultError, match="return a dict"):
        node(lambda data, context: answer).step(_item())


def test_a_router_that_answers_with_data():
    with pytest.raises(NodeResultError, match="name of a route"):
        router(lambda data, context: {"route": "x"}).step(_item())


NODES = {"double": double, "choose": choose, "fail": fail, "keeps": anything, "replace": replace}


def _run(pipeline, **data):
    return run_inline(pipeline, NODES.__getitem__, data)


def test_after_the_branch_the_rest_runs():
    pipeline = create_pipeline("p", "choose", "double", routers={"choose": {"x": ("keeps",)}})
    ran = [t["node"] for t in _run(pipeline, to="x", number=1)["trace"]]
    assert ran == ["choose", "keeps", "double"]
    for elsewhere in ("y", None):
        ran = [t["node"] for t in _run(pipeline, to=elsewhere, number=1)["trace"]]
        assert ran == ["choose", "double"]


def test_a_failure_is_data_and_names_its_own_node():
    pipeline = create_pipeline("p", "choose", "double", routers={"choose": {"x": ("fail",)}})
    item = _run(pipeline, to="x", number=1)
    assert item["data"]["failed_node"] == "fail"
    assert item["data"]["error"] == "ValueError: no"
    assert [t["status"] for t in item["trace"]] == ["completed", "failed"]


def test_a_router_runs_once():
    pipeline = create_pipeline("p", "choose", routers={"choose": {"x": ()}})
    assert [t["node"] for t in _run(pipeline, to="x")["trace"]] == ["choose"]


def _lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_node_writes_one_line_that_can_be_followed_and_shows_no_data(capsys):
    item = _item(number=2, secret="hunter2")
    item["context"] |= {"correlation_id": "c1"}
    double.handler({"item": item, "attempt": 1}, None)
    (line,) = _lines(capsys)
    assert line["timestamp"]
    assert line | {"ms": 0, "timestamp": ""} == {
        "level": "INFO", "message": "node", "timestamp": "", "service": "p", "pipeline": "p",
        "node": "double", "status": "completed", "ms": 0, "attempt": 2, "event_id": "e",
        "correlation_id": "c1", "tenant": "t",
    }  # fmt: skip


def test_a_node_that_fails_writes_its_line_and_raises(capsys):
    with pytest.raises(ValueError, match="no"):
        fail.handler({"item": _item(secret="hunter2")}, None)
    (line,) = _lines(capsys)
    assert (line["level"], line["status"], line["error_type"]) == ("ERROR", "failed", "ValueError")
    assert "hunter2" not in json.dumps(line)


def test_a_dry_run_goes_on_behind_a_failure_and_runs_nothing_more(capsys):
    item = _item(a=1)
    item["context"] |= {"dry": True}
    failed = fail.handler({"item": item}, None)
    assert failed["context"]["failed_node"] == "fail"
    assert failed["trace"][0]["error"] == "ValueError: no"
    assert replace.handler({"item": failed}, None) == failed
    assert len(_lines(capsys)) == 1


@pytest.mark.parametrize("name", ["mail", "door"])
def test_in_a_dry_run_a_port_is_never_opened(name):
    def opened():
        raise AssertionError("opened")

    def sends(data, context):
        context.ports[name]().send("t", "key", Message("a@b", "Hello", "text"))

    sending = node(ports={name: opened})(sends)
    item = _item(a=1)
    item["context"] |= {"dry": True}
    if name == "mail":
        (effect,) = sending.step(item)["trace"][0]["effects"]
        assert (effect["to"], effect["subject"]) == ("a@b", "Hello")
    else:
        with pytest.raises(NoStandInError, match="nothing in the place of door"):
            sending.step(item)
    with pytest.raises(AssertionError, match="opened"):
        sending.step(_item(a=1))


def test_what_is_no_node_is_said():
    with pytest.raises(TypeError, match="7 is no node"):
        as_node(7)
