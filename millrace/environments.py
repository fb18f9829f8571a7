"""Whether an environment holds what its lock file says."""

from __future__ import annotations

import re
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(;)?", re.MULTILINE)


def differing(environment: Path, lock: Path) -> list[str]:
    """The packages that are absent or of another version, as `name 1.0 instead of 2.0`.

    Raises:
        OSError: the environment or the lock file is not there.
    """
    installed = _installed(environment)
    wrong = []
    for name, pins in _pins(lock).items():
        found = installed.get(name)
        if found is None and not all(pins.values()):
            wrong.append(f"{name} is absent")
        elif found is not None and found not in pins:
            wrong.append(f"{name} {found} instead of {' or '.join(pins)}")
    return wrong


def _pins(lock: Path) -> dict[str, dict[str, bool]]:
    """By name: each version, and whether it is for some machines or Pythons only."""
    pins: dict[str, dict[str, bool]] = {}
    for name, version, marker in _PIN.findall(lock.read_text(encoding="utf-8")):
        pins.setdefault(_canonical(name), {})[version] = bool(marker)
    return pins


def _installed(environment: Path) -> dict[str, str]:
    folders = sorted(environment.glob("lib/python*/site-packages"))
    if not folders:
        raise FileNotFoundError(2, "no such environment", str(environment))
    found = distributions(path=[str(folder) for folder in folders])
    return {_canonical(one.name): one.version for one in found}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
