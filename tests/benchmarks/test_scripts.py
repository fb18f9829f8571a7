"""Each benchmark prints its table at its smallest size; how long anything took is asserted nowhere.

Those that start whole platforms or build assets are not run here: their parts are.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from benchmarks import assets, billed, cold
from benchmarks.__main__ import NAMES
from benchmarks.measuring import Samples, interleaved, processor_seconds, table

ROOT = Path(__file__).parents[2]
FUNCTIONS = assets.functions()
CHECKOUT = (ROOT, Path(sysconfig.get_path("purelib")))


def run(*command: str) -> str:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_warm_prints_a_row_for_each_call():
    rows = [
        line for line in run("-m", "benchmarks.warm", "--rounds", "2").splitlines() if "|" in line
    ]
    assert [row.split("|")[1].strip() for row in rows[2:]] == ["GET a lead", "POST a lead"]


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_says_what_it_measures_against_what(name):
    said = run("-m", f"benchmarks.{name}", "--help")
    assert "What is measured" in said
    assert "--rounds" in said


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_floor(name):
    module = assets.module_of(FUNCTIONS[name])
    assert any(module.startswith(prefix) for prefix in cold.NAMES)


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if "Pipeline" in n and "Starter" not in n])
def test_a_node_imports_neither_the_sdk_nor_a_framework(name):
    how = cold.Import(sys.executable, CHECKOUT, assets.environment(FUNCTIONS[name]))
    loaded = {m.partition(".")[0] for m in how.loads(f"import {assets.module_of(FUNCTIONS[name])}")}
    assert {"shared", "functions", "pydantic"} <= loaded
    assert not loaded & {"boto3", "botocore", "fastapi", "starlette", "mangum", "jwt"}


def test_the_handler_of_the_crm_loads_the_sdk_at_its_first_call_only():
    told = FUNCTIONS["CrmFunction"]
    how = cold.Import(sys.executable, CHECKOUT, assets.environment(told))
    assert "boto3" not in how.loads(f"import {assets.module_of(told)}")


def test_every_unit_of_the_least_bill_has_a_price():
    assert {unit for least in billed.LEAST.values() for unit in least} <= set(billed.PRICES)


def test_cases_are_measured_in_turns_and_compared_turn_by_turn():
    order: list[str] = []

    def case(name: str, seconds: float):
        return lambda: (order.append(name), seconds)[1]

    found = interleaved({"a": case("a", 3.0), "b": case("b", 2.0)}, rounds=2)
    assert order == ["a", "b", "b", "a"]
    assert found["a"].over(found["b"], Samples((1.0, 1.0))).values == (2.0, 2.0)


def test_a_command_that_fails_is_not_measured():
    with pytest.raises(RuntimeError, match="no such thing"):
        processor_seconds([sys.executable, "-c", "raise SystemExit('no such thing')"], {})


def test_a_table_reads_as_markdown(capsys):
    table("title", ("a", "long"), [(1, "x")])
    assert capsys.readouterr().out == "\ntitle\n\n| a | long |\n|---|------|\n| 1 | x    |\n"
