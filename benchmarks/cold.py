"""Cold start: importing each handler from its built asset, beside its libraries imported bare.

What is measured: processor time (user and system) of a new Python 3.13 that imports the handler
from nothing but its asset and the SDK of Lambda's runtime, compiled to unchecked-hash bytecode as
in a deployment, under the environment that the blueprint gives the function. The interpreter's own
start, measured in the same turns, is taken off both sides: left in, it would flatter the ratio.

Two floors, by the same interpreter from the same folders, with nothing of ours: no model, no
route, no setting.

names
    The third-party names without which the handler cannot be written, imported and not used.
    Pydantic and FastAPI load about a quarter of themselves at the first model and the first
    route, so no function that uses them comes down to this.
libraries
    Those libraries with the modules of theirs that the handler makes them load. A library that
    `names` does not bring in is not in this floor either: it counts against the handler, and the
    column "beyond" names it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import assets
from benchmarks.measuring import Samples, interleaved, processor_seconds, rounds_asked, table
from infra.assets.kinds import kind_of
from infra.assets.python import python_of_lambda

_LOG: Final = "from aws_lambda_powertools import Logger"
_MODELS: Final = "from pydantic import BaseModel"
_SETTINGS: Final = "from pydantic_settings import BaseSettings"
_IDS: Final = "from uuid_utils import uuid7"
NAMES: Final[Mapping[str, Sequence[str]]] = {
    "functions.crm": (
        "from fastapi import FastAPI", "from mangum import Mangum", _MODELS, _SETTINGS, _LOG, _IDS,
        "from fractional_indexing import generate_key_between",
    ),
    "functions.pipeline_nodes.starter": (_MODELS, _SETTINGS, _LOG, _IDS),
    "functions.pipeline_nodes.lead.respond": (_MODELS, _SETTINGS),
    "functions.pipeline_nodes": (_MODELS,),
    "functions.events": (_MODELS, _SETTINGS, _LOG, _IDS),
    "functions.workflow_loops": (
        "from fastapi import FastAPI", "from mangum import Mangum", _MODELS, _SETTINGS, _LOG, _IDS,
    ),
    **{
        f"functions.workflow_loops.{module}": (_MODELS, _SETTINGS, _LOG, _IDS)
        for module in ("runner", "overdue", "collector", "failure_starter")
    },
    "functions.webhooks": (_MODELS, _SETTINGS, _LOG, _IDS),
    "functions.chat": (_MODELS, _SETTINGS, _LOG, _IDS),
    "functions.python_tool": ("import json",),
    "functions.identity": ("from jwt import PyJWKClient", _MODELS, _SETTINGS, _LOG),
}  # fmt: skip
"""What a handler needs: the entry with the longest prefix of its module."""

TARGETS: Final = {"CrmFunction": "<= 1.25", "LeadPipelineAnalyzeFunction": "<= 1.25"}
_PART_OF: Final = {"annotated_types": "pydantic", "pydantic_core": "pydantic"}
_OURS: Final = {"shared", "functions", "__main__"}


@dataclass(frozen=True, slots=True)
class Import:
    """How a handler is imported."""

    python: str
    folders: tuple[Path, ...]
    variables: Mapping[str, str]

    def seconds(self, statement: str) -> float:
        """Processor time of a new interpreter that runs a statement."""
        return processor_seconds(self._command(statement), self.variables)

    def loads(self, statement: str) -> list[str]:
        """The modules out of the folders that a statement loads, in their order."""
        inside = tuple(map(str, self.folders))
        code = (
            f"{statement}\nimport json, sys; print(json.dumps([name for name, module in "
            f"sys.modules.items() if (module.__dict__.get('__file__') or '').startswith({inside!r})"
            " and name != '__main__']))"
        )
        done = subprocess.run(
            self._command(code), env=dict(self.variables), check=True, capture_output=True
        )
        found: list[str] = json.loads(done.stdout)
        return found

    def _command(self, statement: str) -> list[str]:
        # -I -S: nothing but the standard library and the folders, whatever this machine has.
        path = f"import sys; sys.path[:0] = {[str(folder) for folder in self.folders]!r}"
        return [self.python, "-I", "-S", "-c", f"{path}\n{statement}"]


@dataclass(frozen=True, slots=True)
class Case:
    """One function's import, its two floors, and what it loads beyond them."""

    function: str
    ours: Callable[[], float]
    libraries: Callable[[], float]
    names: Callable[[], float]
    beyond: str
    boto3: bool


def main() -> None:
    """Builds the assets, measures, prints."""
    rounds = rounds_asked(__doc__, 15)
    python = python_of_lambda()
    cases = _cases(python)
    nothing = Import(python, (), {})
    turns: dict[str, Callable[[], float]] = {"nothing": partial(nothing.seconds, "pass")}
    for case in cases:
        turns[case.function] = case.ours
        turns[f"{case.function} libraries"] = case.libraries
        turns[f"{case.function} names"] = case.names
    interleaved(turns, 1)  # the disk's turn
    measured = interleaved(turns, rounds)
    idle = measured["nothing"]
    version = subprocess.check_output([python, "--version"], text=True).strip()
    table(
        f"Cold start, {version}, {rounds} rounds: ratios of the least and (median of the rounds' "
        f"own); least CPU ms beyond the interpreter's {idle.least * 1000:.0f}",
        ("function", "x libraries", "x names", "target", "import", "libraries", "names", "beyond",
         "boto3 loaded"),
        [_row(case, measured, idle) for case in cases],
    )  # fmt: skip
    print("\nNames:")
    for module, imports in NAMES.items():
        print(f"  {module}: {'; '.join(imports)}")


def _cases(python: str) -> list[Case]:
    found = assets.functions()
    kinds = {name: kind_of(told["Handler"]) for name, told in found.items()}
    built = assets.assets(kinds.values())
    sdk = assets.runtime(python)
    return [
        _case(name, told, Import(python, (built[kinds[name]], sdk), assets.environment(told)))
        for name, told in found.items()
    ]


def _case(name: str, told: assets.Function, how: Import) -> Case:
    module = assets.module_of(told)
    names = "; ".join(NAMES[max((p for p in NAMES if module.startswith(p)), key=len)])
    known = {_package(loaded) for loaded in how.loads(names)}
    loaded = [m for m in how.loads(f"import {module}") if _package(m) not in _OURS]
    libraries = [m for m in loaded if _package(m) in known]
    beyond = sorted({_package(m) for m in loaded} - known)
    return Case(
        name,
        partial(how.seconds, f"import {module}"),
        partial(how.seconds, f"for name in {libraries!r}: __import__(name)"),
        partial(how.seconds, names),
        ", ".join(beyond) or "-",
        "boto3" in loaded,
    )


def _package(module: str) -> str:
    package = module.partition(".")[0]
    return _PART_OF.get(package, package)


def _row(case: Case, measured: Mapping[str, Samples], idle: Samples) -> list[str]:
    ours, libraries, names = (
        measured[f"{case.function}{kind}"] for kind in ("", " libraries", " names")
    )
    return [
        case.function,
        *(f"{ratio(ours, floor, idle)}" for floor in (libraries, names)),
        TARGETS.get(case.function, ""),
        *(f"{(found.least - idle.least) * 1000:.0f}" for found in (ours, libraries, names)),
        case.beyond,
        "yes" if case.boto3 else "no",
    ]


def ratio(ours: Samples, floor: Samples, idle: Samples) -> str:
    """Of the least disturbed turns, and in brackets the median of the turns' own ratios."""
    least = (ours.least - idle.least) / (floor.least - idle.least)
    return f"{least:.2f} ({ours.over(floor, idle).median:.2f})"


if __name__ == "__main__":
    main()
