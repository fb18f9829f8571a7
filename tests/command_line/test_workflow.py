"""`millrace workflow`, and every command of docs/compiling.md."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from millrace.main import app
from millrace.options import ROOT

ORDER = ROOT / "docs" / "flows" / "order.json"
DOCUMENT = ROOT / "docs" / "compiling.md"


def run(*words: str):
    return CliRunner().invoke(app, ["workflow", *words])


def commands() -> list[str]:
    fences = re.findall(r"^```sh\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    return [line for fence in fences for line in fence.splitlines() if line.startswith("millrace ")]


@pytest.mark.parametrize("command", commands())
def test_the_commands_of_the_document_run(command, monkeypatch):
    monkeypatch.chdir(ROOT)
    found = run(*shlex.split(command.partition(">")[0])[2:])
    assert found.exit_code == 0, found.output
    assert found.stdout


def test_there_are_commands():
    assert len(commands()) == 4


def test_a_flow_is_valid_and_its_price_is_told():
    found = run("validate", str(ORDER), "--json")
    told = json.loads(found.stdout)
    assert told["ok"]
    assert told["bill"]["machine"] == "standard"


def test_a_compiled_flow_is_a_definition_and_nothing_else_on_the_standard_output():
    found = run("compile", str(ORDER), "--function", "arn:aws:lambda:eu-west-1:1:function:r")
    states = json.loads(found.stdout)["States"]
    assert states["price"]["Parameters"]["FunctionName"].endswith(":r")
    assert states["Is it large? chose"]["Type"] == "Choice"
    assert "STANDARD: node ask waits" in found.stderr


def test_a_diagram_shows_names_outputs_and_bodies(tmp_path: Path):
    flow = json.loads(ORDER.read_text())
    flow["nodes"] += [
        {"id": "all", "type": "loop", "config": {"items": [1]}},
        {"id": "one", "type": "transform", "config": {"output": {"a": 1}}},
    ]
    flow["edges"].append({"source": "all", "target": "one", "sourceHandle": "body"})
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(flow))
    drawn = run("graph", str(file)).stdout
    assert 'n1{"Is it large?"}' in drawn
    assert '|"approved"|' in drawn
    assert 'subgraph n5body ["body of all"]' in drawn
    assert json.loads(run("graph", str(file), "--json").stdout)["name"] == "Order"


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("{", 1, "no JSON"),
        ("[]", 1, "no JSON object"),
        ('{"nodes": [{"id": "a", "type": "nope"}]}', 1, "nope"),
        ('{"nodes": [], "edges": [], "colour": 1}', 1, "colour"),
    ],
)
@pytest.mark.parametrize("command", ["validate", "compile", "graph"])
def test_what_cannot_be_read_is_told_in_one_sentence(command, text, code, told, tmp_path: Path):
    file = tmp_path / "flow.json"
    file.write_text(text)
    found = run(command, str(file))
    assert found.exit_code == code
    assert told in found.output
    assert "Traceback" not in found.output


def test_express_that_cannot_be_is_told_with_the_mend(tmp_path: Path):
    flow = json.loads(ORDER.read_text()) | {"settings": {"machine": "express"}}
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(flow))
    for command in ("validate", "compile"):
        found = run(command, str(file))
        assert found.exit_code == 1
        assert "express is not possible, node ask waits; use auto" in found.output


def test_an_absent_file_is_a_misuse():
    assert run("graph", "nowhere.json").exit_code == 2
