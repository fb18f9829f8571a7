"""Pipelines as values, and their compilation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.pipelines.asl import compile_pipeline
from shared.pipelines.definition import (
    PipelineDefinitionError,
    Policy,
    create_pipeline,
    load_definitions,
)

ROOT = Path(__file__).parents[3]


def test_a_router_can_stand_anywhere():
    made = create_pipeline("p", "r", "last", routers={"r": {"x": ("a", "b"), "y": ()}})
    assert made.all_nodes() == ("r", "a", "b", "last")
    states = compile_pipeline(made, lambda node: f"arn:{node}")["States"]
    assert states["Which way after r"]["Choices"] == [
        {"Variable": "$.route", "StringEquals": "x", "Next": "a"},
        {"Variable": "$.route", "StringEquals": "y", "Next": "last"},
    ]
    assert states["Which way after r"]["Default"] == "last"
    assert (states["a"]["Next"], states["b"]["Next"]) == ("b", "last")
    assert states["last"]["Next"] == "Done"


def test_a_router_that_is_not_placed_goes_last_and_add_chains():
    made = create_pipeline("p", "a", routers={"r": {"x": ("b",)}}).add("c").add("d", {"z": ("e",)})
    assert made.nodes == ("a", "r", "c", "d")
    assert made.all_nodes() == ("a", "r", "b", "c", "d", "e")


@pytest.mark.parametrize(
    ("nodes", "how", "told"),
    [
        ((), {}, "no nodes"),
        (("a", "a"), {}, "twice"),
        (("a", "r"), {"routers": {"r": {"x": ("a",)}}}, "twice"),
        (("A b",), {}, "no usable name"),
        (("a",), {"needs": {"b": ("mail",)}}, "unknown nodes"),
        (("a",), {"policies": {"b": Policy(attempts=2)}}, "unknown nodes"),
        (("r",), {"routers": {"r": {"x": ("s",)}, "s": {"y": ("r",)}}}, "own branch"),
        (("a",), {"routers": {"r": {"x": ("r",)}}}, "unknown nodes"),
    ],
)
def test_what_cannot_be_built(nodes, how, told):
    with pytest.raises(PipelineDefinitionError, match=told):
        create_pipeline("p", *nodes, **how)


def test_branches_share_a_node_only_with_what_follows_it():
    shared = create_pipeline("p", "r", routers={"r": {"x": ("a", "t"), "y": ("b", "t")}})
    assert compile_pipeline(shared, str)["States"]["t"]["Next"] == "Done"
    torn = create_pipeline("p", "r", routers={"r": {"x": ("t", "a"), "y": ("t",)}})
    states = compile_pipeline(torn, lambda node: f"arn:{node}")["States"]
    assert {name: states[name]["Next"] for name in ("t", "t 2")} == {"t": "a", "t 2": "Done"}
    assert states["t 2"]["Parameters"]["FunctionName"] == "arn:t"
    assert states["t 2"]["Catch"][0]["Next"] == "Failed at t"


def test_a_router_in_a_branch():
    made = create_pipeline(
        "p", "r", "last",
        routers={"r": {"x": ("a", "inner", "b")}, "inner": {"y": ("c",)}},
    )  # fmt: skip
    assert made.nodes == ("r", "last")
    assert made.all_nodes() == ("r", "a", "inner", "c", "b", "last")
    states = compile_pipeline(made, str)["States"]
    assert states["inner"]["Next"] == "Which way after inner"
    assert states["Which way after inner"]["Default"] == "b"
    assert (states["c"]["Next"], states["b"]["Next"]) == ("b", "last")


def test_a_policy_becomes_retry_and_time_out():
    policy = Policy(attempts=3, errors=("Timeout", "KeyError"), interval=2, maximum=5, timeout=7)
    made = create_pipeline("p", "a", "b", policies={"a": policy})
    a, b = (compile_pipeline(made, str)["States"][name] for name in "ab")
    assert (a["TimeoutSeconds"], b["TimeoutSeconds"]) == (7, 30)
    assert a["Retry"][1] == {
        "ErrorEquals": ["States.Timeout", "KeyError"], "IntervalSeconds": 2, "MaxAttempts": 2,
        "BackoffRate": 2.0, "MaxDelaySeconds": 5, "JitterStrategy": "FULL",
    }  # fmt: skip
    assert len(b["Retry"]) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"attempts": 0}, "attempts"), ({"errors": ()}, "errors"), ({"interval": 0}, "interval"),
        ({"interval": 9}, "maximum"), ({"rate": 0.5}, "rate"), ({"timeout": 31}, "timeout"),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_kept(wrong, told):
    with pytest.raises(PipelineDefinitionError, match=told):
        Policy(**wrong)


def test_every_task_is_bounded_retried_with_jitter_and_caught_by_name():
    for pipeline in load_definitions(ROOT):
        states = compile_pipeline(pipeline, str)["States"]
        for name in pipeline.all_nodes():
            task = states[name]
            assert task["TimeoutSeconds"] > 0
            assert all(r["JitterStrategy"] == "FULL" for r in task["Retry"])
            assert states[task["Catch"][0]["Next"]]["Error"] == f"NodeFailed.{name}"
        targets = {s["Next"] for s in states.values() if "Next" in s}
        assert targets <= states.keys()


def test_compiling_is_deterministic():
    pipeline = load_definitions(ROOT)[0]
    texts = {json.dumps(compile_pipeline(pipeline, str)) for _ in range(3)}
    assert len(texts) == 1


def _folder(root, name, text):
    path = root / "functions" / "pipeline_nodes" / name
    path.mkdir(parents=True)
    (path / "pipeline.py").write_text(text)


def test_folders_are_found_and_underscores_left_out(tmp_path):
    made = "from shared.pipelines.definition import create_pipeline\n"
    for folder, name in (("b", "beta"), ("a", "alpha"), ("_c", "gamma")):
        _folder(tmp_path, folder, f"{made}pipeline = create_pipeline('{name}', 'n')\n")
    assert [(p.folder, p.name) for p in load_definitions(tmp_path)] == [
        ("a", "alpha"),
        ("b", "beta"),
    ]


def test_two_of_a_name_and_a_folder_without_a_pipeline(tmp_path):
    made = "from shared.pipelines.definition import create_pipeline\n"
    for folder in "ab":
        _folder(tmp_path, folder, f"{made}pipeline = create_pipeline('same', 'n')\n")
    with pytest.raises(PipelineDefinitionError, match="a and b"):
        load_definitions(tmp_path)
    _folder(tmp_path, "0", "x = 1\n")
    with pytest.raises(PipelineDefinitionError, match="no `pipeline`"):
        load_definitions(tmp_path)


def test_every_file_that_cannot_be_imported_is_named(tmp_path):
    _folder(tmp_path, "a", "import nowhere_to_be_found\n")
    _folder(tmp_path, "b", "1 / 0\n")
    with pytest.raises(PipelineDefinitionError) as raised:
        load_definitions(tmp_path)
    for told in ("a/pipeline.py: ModuleNotFoundError", "b/pipeline.py: ZeroDivisionError"):
        assert f"functions/pipeline_nodes/{told}" in str(raised.value)
