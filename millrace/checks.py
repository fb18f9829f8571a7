"""What `millrace doctor` looks at: each check says what it found and how to mend it."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from infra.fingerprint import is_current
from millrace import environments
from millrace.addresses import is_laptop
from millrace.api import Api
from millrace.aws import reached
from millrace.failing import CommandError
from millrace.options import BUS

_LEAST_PYTHON: Final = (3, 11)
_LEAST_FREE_MB: Final = 500


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    what: str
    ok: bool
    found: str
    mend: str = ""
    """What to do when it is not ok."""

    def as_document(self) -> dict[str, Any]:
        """The check as JSON; what is ok has nothing to mend."""
        return asdict(self) if not self.ok else asdict(self) | {"mend": ""}


def checked(root: Path, url: str, aws_url: str) -> list[Check]:
    """Every check, in the order in which one would mend."""
    return [_python(), _make(), *_environments(root), _blueprint(root), _disk(root),
            *_servers(url, aws_url)]  # fmt: skip


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = ".".join(map(str, _LEAST_PYTHON))
    return Check(
        "Python", sys.version_info >= _LEAST_PYTHON, version,
        f"install Python {wanted} or newer, then `make clean` and `make PYTHON=python{wanted} run`",
    )  # fmt: skip


def _make() -> Check:
    found = shutil.which("make")
    return Check("make", found is not None, found or "not found", "install make")


def _environments(root: Path) -> Iterator[Check]:
    whole = (root / ".venv" / ".dev").exists()
    yield _environment(root, ".venv", "dev" if whole else "local", "make test" if whole else "make")
    if not (root / ".venv-synth").exists() and is_current(root):
        text = "not installed; only a changed pipeline or infrastructure needs it"
        yield Check(".venv-synth (Node and the CDK)", True, text)
    else:
        yield _environment(root, ".venv-synth", "synth", "make synth")


def _environment(root: Path, folder: str, lock: str, target: str) -> Check:
    mend = f"run `{'make install' if target == 'make' else target}`"
    what = f"{folder} (Node and the CDK)" if lock == "synth" else folder
    try:
        wrong = environments.differing(root / folder, root / "requirements" / f"{lock}.lock")
    except OSError as error:
        return Check(what, False, f"{error.filename} is not there", mend)
    if not wrong:
        return Check(what, True, f"as requirements/{lock}.lock says")
    shown = ", ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")
    return Check(what, False, f"not as requirements/{lock}.lock says: {shown}", mend)


def _blueprint(root: Path) -> Check:
    current = is_current(root)
    found = "current" if current else "older than the infrastructure or a pipeline"
    return Check("blueprint", current, found, "run `make synth`")


def _disk(root: Path) -> Check:
    home = root / ".millrace"
    used = sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) / 1e6
    free = shutil.disk_usage(root).free / 1e6
    return Check(
        "disk", free >= _LEAST_FREE_MB, f".millrace has {used:.1f} MB, {free:,.0f} MB are free",
        'free some, or keep the state elsewhere: make run ARGS="--home DIR"',
    )  # fmt: skip


def _servers(url: str, aws_url: str) -> Iterator[Check]:
    yield _server("HTTP API", url, lambda: _is_millrace(url), "--port")
    if is_laptop(aws_url):
        yield _server("local AWS", aws_url, lambda: _has_bus(aws_url), "--aws-port")


def _server(what: str, url: str, ask: Callable[[], None], flag: str) -> Check:
    if not _listens(url):
        local = is_laptop(url)
        found = f"nobody uses {url}; `make run` can" if local else f"{url} does not answer"
        return Check(what, local, found, "check --url and your network")
    try:
        ask()
    except CommandError as error:
        mend = f'stop what answers there, or choose another port: make run ARGS="{flag} PORT"'
        return Check(what, False, f"{url} answers, but not as Millrace: {error}", mend)
    return Check(what, True, f"Millrace answers on {url}")


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), timeout=3):
            return True
    except (OSError, ValueError):
        return False


def _is_millrace(url: str) -> None:
    with Api(url) as api:
        if api.get("/health").get("service") != "crm":
            raise CommandError("its /health is another's")


def _has_bus(url: str) -> None:
    with reached(url) as aws:
        if aws.client("events").describe_event_bus(Name=BUS).get("Name") != BUS:
            raise CommandError(f"it has no bus {BUS}")
