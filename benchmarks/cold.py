"""Cold start: importing each handler from its built asset, beside its libraries imported bare.

What is measured: processor time (user and system) of a new Python 3.13 that imports the handler
from nothing but its asset, built for this machine and compiled to unchecked-hash bytecode as in a
deployment, under the environment that the blueprint gives the function. The interpreter's own
start, measured in the same turns, is taken off both sides; leaving it in would flatter the ratio.

The floor is the same interpreter importing from the same folder the third-party names that the
handler cannot do without, written out below, and nothing of ours: no model, no route, no setting.
boto3 comes with Lambda's runtime; a handler imports it at its first call or never, which is why
no floor has it, and the table says whether the import alone brought it in.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.measuring import interleaved, processor_seconds, rounds_asked, table
from local import blueprint
from tools import build

ROOT: Final = Path(__file__).parent.parent
ASSETS: Final = ROOT / "build" / "benchmark"
VERSION: Final = "3.13"

_LOG: Final = "from aws_lambda_powertools import Logger"
_MODELS: Final = "from pydantic import BaseModel"
_SETTINGS: Final = "from pydantic_settings import BaseSettings"
FLOORS: Final[Mapping[str, tuple[str, ...]]] = {
    "functions.crm": (
        "from fastapi import FastAPI", "from mangum import Mangum", _MODELS, _SETTINGS, _LOG,
        "from uuid_utils import uuid7", "from fractional_indexing import generate_key_between",
    ),
    "functions.pipeline_nodes.starter": (_MODELS, _SETTINGS, _LOG, "from uuid_utils import uuid7"),
    "functions.pipeline_nodes.lead.respond": (_MODELS, _SETTINGS),
    "functions.pipeline_nodes": (_MODELS,),
    "functions.events": (_MODELS, _SETTINGS, _LOG, "from uuid_utils import uuid7"),
    "functions.identity": ("from jwt import PyJWKClient", _MODELS, _SETTINGS, _LOG),
}  # fmt: skip
"""The floor of a handler: the entry with the longest prefix of its module."""

TARGETS: Final = {"CrmFunction": 1.25, "LeadPipelineAnalyzeFunction": 1.25}


def main() -> None:
    """Builds the assets, measures, prints."""
    rounds = rounds_asked(__doc__, 15)
    python = python_of_lambda()
    functions = {
        name: resource.properties
        for name, resource in blueprint.load(ROOT / "infra" / "blueprint").items()
        if resource.type == "AWS::Lambda::Function"
    }
    assets = _assets(python, {kind_of(told["Handler"]) for told in functions.values()})
    cases: dict[str, Callable[[], float]] = {"nothing": _import(python, assets["node"], "pass", {})}
    for name, told in functions.items():
        asset, floor = assets[kind_of(told["Handler"])], "; ".join(floor_of(told["Handler"]))
        module = told["Handler"].rpartition(".")[0]
        cases[name] = _import(python, asset, f"import {module}", environment(told))
        cases[floor] = _import(python, asset, floor, {})
    interleaved(cases, 1)  # the disk's turn
    measured = interleaved(cases, rounds)
    idle = measured["nothing"]
    rows = []
    for name, told in functions.items():
        ours, bare = measured[name], measured["; ".join(floor_of(told["Handler"]))]
        ratio = (ours.least - idle.least) / (bare.least - idle.least)
        middle = (ours.median - idle.median) / (bare.median - idle.median)
        target = TARGETS.get(name)
        rows.append((
            name, f"{ratio:.2f}", f"{middle:.2f}", f"<= {target}" if target else "",
            _ms(ours.least), _ms(bare.least), _ms(ours.median), _ms(bare.median),
            _brings_boto3(python, assets[kind_of(told["Handler"])], told),
        ))  # fmt: skip
    version = subprocess.check_output([python, "--version"], text=True).strip()
    table(
        f"Cold start, {rounds} rounds, {version}; CPU ms, of which the interpreter has "
        f"{_ms(idle.least)} (least) and {_ms(idle.median)} (median)",
        ("function", "x floor, least", "x floor, median", "target", "least", "floor", "median",
         "floor's", "boto3"),
        rows,
    )  # fmt: skip
    print("\nThe floors:")
    for module, imports in FLOORS.items():
        print(f"  {module}: {'; '.join(imports)}")


def python_of_lambda() -> str:
    """A Python of Lambda's version, or else this one (the table says which).

    Its name is asked for, because a version manager's stand-in may be first on the path.
    """
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [
        shutil.which(f"python{VERSION}"),
        *map(str, home.glob(f"versions/{VERSION}*/bin/python")),
    ]
    for candidate in (os.environ.get("MILLRACE_PYTHON"), *found):
        if candidate and (told := _ask(candidate)):
            return told
    return sys.executable


def kind_of(handler: str) -> str:
    """The kind of asset that serves a handler."""
    path = handler.replace(".", "/")
    fits = [
        (len(source), kind)
        for kind, sources in build.SOURCES.items()
        for source in sources
        if path.startswith(source.removesuffix(".py"))
    ]
    return max(fits)[1]


def floor_of(handler: str) -> tuple[str, ...]:
    """The imports that are a handler's floor."""
    return FLOORS[max((p for p in FLOORS if handler.startswith(p)), key=len)]


def environment(told: Mapping[str, Any]) -> dict[str, str]:
    """The variables of a function; what the template refers to becomes a stand-in."""
    given = told.get("Environment", {}).get("Variables", {})
    return {name: str(blueprint.resolve(v, lambda i, a: f"{i}-{a}")) for name, v in given.items()}


def _ask(candidate: str) -> str | None:
    asked = f"import sys; print(sys.executable if sys.version.startswith('{VERSION}.') else '')"
    done = subprocess.run([candidate, "-c", asked], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def _assets(python: str, kinds: set[str]) -> dict[str, Path]:
    """Each kind's asset for this machine and Python, with bytecode that is never checked."""
    os.environ["UV_PYTHON"] = python  # the wheels are to fit it
    for kind in kinds:
        out = ASSETS / kind
        build.build(kind, out, host=True)
        subprocess.run(
            [python, "-m", "compileall", "-qq", "-f", "--invalidation-mode", "unchecked-hash",
             "-s", out, "-p", "/var/task", out],
            check=True,
        )  # fmt: skip
    return {kind: ASSETS / kind for kind in kinds}


def _import(
    python: str, asset: Path, statement: str, told: Mapping[str, str]
) -> Callable[[], float]:
    """-I -S: nothing but the standard library and the asset, whatever this machine has."""
    code = f"import sys; sys.path.insert(0, {str(asset)!r}); {statement}"
    return partial(processor_seconds, [python, "-I", "-S", "-c", code], told)


def _brings_boto3(python: str, asset: Path, told: Mapping[str, Any]) -> str:
    """Whether the import asks for boto3 or botocore, found by a finder in front of all others."""
    module = told["Handler"].rpartition(".")[0]
    code = (
        f"import sys; sys.path.insert(0, {str(asset)!r}); asked = []\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('boto3', 'botocore'): asked.append(name)\n"
        "sys.meta_path.insert(0, Finder())\n"
        f"import {module}\n"
        "print('asked for' if asked or 'boto3' in sys.modules else 'no')"
    )
    done = subprocess.run(
        [python, "-I", "-S", "-c", code], env=environment(told), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout.strip()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"


if __name__ == "__main__":
    main()
