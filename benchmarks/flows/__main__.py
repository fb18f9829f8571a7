"""Flows beside peers and lower bounds: durable chains, compiling, two engines, billed units.

What is measured:

durable  Ten nodes in a row, each entry written to SQLite, beside LangGraph with its SQLite
         checkpointer: processor time and wall, in turns. (`benchmarks.graph` has the same chain
         without a record.) LangGraph is compared in the environment that `benchmarks/graph.py`
         makes, with `langgraph-checkpoint-sqlite` added to it:
         `build/peer/bin/python -m benchmarks.flows --only durable`.
compile  Chains, diamonds behind conditions and forks of 100, 1,000 and 10,000 nodes.
engines  Forty nodes in a row that each find fibo(10), inline and through Step Functions (moto, in
         this process).
units    What AWS bills for ten typical workflows, counted on the calls made.
--big    Large items and long loops instead: what passes, and what is refused.
"""

from __future__ import annotations

import argparse
import importlib
from typing import Final

PARTS: Final = ("durable", "compile", "engines", "units")
_MODULES: Final = {"compile": "compiling", "engines": "both_engines"}


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7, help="default 7")
    parser.add_argument("--only", choices=PARTS, action="append", help="default all")
    parser.add_argument("--big", action="store_true", help="large items and long loops")
    told = parser.parse_args()
    for part in ("big",) if told.big else told.only or PARTS:
        module = importlib.import_module(f"benchmarks.flows.{_MODULES.get(part, part)}")
        module.measure(max(1, told.rounds))


if __name__ == "__main__":
    main()
