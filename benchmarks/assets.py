"""The assets of all kinds, built for this machine, and what the runtime brings beside them."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from infra.assets.build import build
from infra.assets.kinds import ROOT
from local import blueprint

ASSETS: Final = ROOT / "build" / "benchmark"
TASK: Final = "/var/task"
RUNTIME: Final = ("boto3", "botocore", "s3transfer", "dateutil", "six", "urllib3")
"""What Lambda's runtime brings beside the asset."""

Function = Mapping[str, Any]
"""The properties of a function in the blueprint."""


def functions() -> dict[str, Function]:
    """The functions of the blueprint, by logical id."""
    return {
        name: resource.properties
        for name, resource in blueprint.load(ROOT / "infra" / "blueprint").items()
        if resource.type == "AWS::Lambda::Function"
    }


def environment(function: Function) -> dict[str, str]:
    """The variables of a function; what the template refers to becomes a stand-in."""
    given = function.get("Environment", {}).get("Variables", {})
    return {name: str(blueprint.resolve(v, lambda i, a: f"{i}-{a}")) for name, v in given.items()}


def module_of(function: Function) -> str:
    """The module of a function's handler."""
    return str(function["Handler"]).rpartition(".")[0]


def assets(kinds: Iterable[str]) -> dict[str, Path]:
    """The named kinds, for this machine's platform and else as a deployment has them."""
    made = {kind: ASSETS / kind for kind in sorted(set(kinds))}
    for kind, out in made.items():
        build(kind, out, host=True)
    return made


def runtime(python: str) -> Path:
    """The AWS SDK of Lambda's runtime, without its service descriptions: no import reads them."""
    out = ASSETS / "runtime"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for name in RUNTIME:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        if spec.submodule_search_locations:
            ignored = shutil.ignore_patterns("data", "__pycache__")
            shutil.copytree(Path(spec.origin).parent, out / name, ignore=ignored)
        else:
            shutil.copy2(spec.origin, out)
    _compile(python, out)
    return out


def _compile(python: str, folder: Path) -> None:
    how = ["-m", "compileall", "-qq", "-f", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([python, *how, "-s", folder, "-p", TASK, folder], check=True)
