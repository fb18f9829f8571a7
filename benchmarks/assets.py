"""The assets of all kinds, built for this machine and a Python of Lambda's version."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from local import blueprint
from tools import build

ROOT: Final = Path(__file__).parent.parent
ASSETS: Final = ROOT / "build" / "benchmark"
VERSION: Final = "3.13"
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


def kind_of(module: str) -> str:
    """The kind of asset that serves a handler: the one whose sources name it closest."""
    path = module.replace(".", "/")
    fits = [
        (len(source), kind)
        for kind, sources in build.SOURCES.items()
        for source in sources
        if path.startswith(source.removesuffix(".py"))
    ]
    return max(fits)[1]


def python_of_lambda() -> str:
    """A Python of Lambda's version, or else this one; `MILLRACE_PYTHON` may name it."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    managed = home.glob(f"versions/{VERSION}*/bin/python")
    named = (os.environ.get("MILLRACE_PYTHON"), shutil.which(f"python{VERSION}"))
    for candidate in (*named, *map(str, managed)):
        if candidate and (found := _ask(candidate)):
            return found
    return sys.executable


def assets(python: str, kinds: Iterable[str]) -> dict[str, Path]:
    """The named kinds, with bytecode that is never checked, as a deployment has it."""
    os.environ["UV_PYTHON"] = python  # the wheels are to fit it
    made = {kind: ASSETS / kind for kind in sorted(set(kinds))}
    for kind, out in made.items():
        build.build(kind, out, host=True)
        _compile(python, out)
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


def _ask(candidate: str) -> str | None:
    """A version manager's stand-in may be first on the path: what it starts tells its name."""
    asked = f"import sys; print(sys.executable if sys.version.startswith('{VERSION}.') else '')"
    done = subprocess.run([candidate, "-c", asked], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def _compile(python: str, folder: Path) -> None:
    how = ["-m", "compileall", "-qq", "-f", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([python, *how, "-s", folder, "-p", TASK, folder], check=True)
