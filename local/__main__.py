"""`python -m local`: serves the whole platform until it is told to stop. `make run` calls this."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import IO

from infra.fingerprint import is_current
from local.blueprint import BlueprintError
from local.models import named_by
from local.platform import ROOT, Options, Platform
from local.ports import LOOPBACK, PortError, preferred


class CannotStartError(Exception):
    """Why the platform cannot start, in one sentence with the mend."""


def main() -> int:
    """Parses, checks, serves; the process's exit code."""
    told = _arguments()
    try:
        home = _home(told.home)
        with _only_one(home):
            if told.reset:
                _forget(home)
            _fresh_blueprint()
            _serve(
                Options(
                    told.port,
                    told.aws_port,
                    home,
                    quiet=False,
                    weak=told.weak,
                    now=told.now,
                    model_port=preferred(8002) if told.model_port is None else told.model_port,
                    openai=named_by(os.environ),
                )
            )
    except KeyboardInterrupt:  # before it was served; nothing was changed yet
        return 130
    except (CannotStartError, BlueprintError, PortError) as error:
        print(f"millrace: {error}", file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make run ARGS=…", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="of the HTTP API")
    parser.add_argument("--aws-port", type=int, default=8001, help="of the local AWS")
    parser.add_argument("--model-port", type=int, help="of the offline model")
    parser.add_argument("--home", type=Path, default=ROOT / ".millrace", help="where state is kept")
    parser.add_argument(
        "--weak",
        type=int,
        nargs="?",
        const=1,
        metavar="SEED",
        help="lag, duplicates, disorder, throttling and failures, as AWS has them",
    )
    parser.add_argument(
        "--now",
        type=_moment,
        metavar="TIME",
        help="where the clock of schedules starts, e.g. 2026-03-29T00:59:50Z",
    )
    parser.add_argument("--reset", action="store_true", help="forget the state first")
    return parser.parse_args()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time with a zone; write one as 2026-03-29T00:59:50Z"
        )
    return moment


def _serve(options: Options) -> None:
    with Platform(options) as platform:
        _greet(platform)
        _wait()
        platform.log.say("Stopping ...")


def _home(home: Path) -> Path:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "lock").touch()
    except OSError as error:
        raise CannotStartError(
            f"cannot write to {home} ({error.strerror}); choose another folder with "
            'make run ARGS="--home DIR"'
        ) from None
    return home


def _only_one(home: Path) -> IO[str]:
    lock = (home / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise CannotStartError(
            f"another platform runs on {home}; stop it, or choose another folder with "
            'make run ARGS="--home DIR"'
        ) from None
    return lock


def _forget(home: Path) -> None:
    """Removes the state, and nothing else that may lie in a folder that a user named.

    Only who holds the lock may: a platform that runs would lose what it keeps.
    """
    for pattern in ("state.*", "secrets.*"):
        for path in home.glob(pattern):
            path.unlink()


def _fresh_blueprint() -> None:
    if is_current(ROOT):
        return
    print("The infrastructure or a pipeline changed; synthesizing (make synth) ...")
    done = subprocess.run(["make", "synth"], cwd=ROOT, check=False)
    if done.returncode or not is_current(ROOT):
        raise CannotStartError(
            "the blueprint is stale and could not be made anew; run `make synth`"
        )


def _greet(platform: Platform) -> None:
    platform.log.say(
        f"\n  Millrace   {platform.url.replace(LOOPBACK, 'localhost')}\n"
        f"  local AWS  {platform.aws_url.replace(LOOPBACK, 'localhost')}\n"
        f"  models     {platform.models.said()}\n"
        f"  state      {platform.options.home}\n\n"
        "  Requests without credentials act as the admin of the demo tenant. Ctrl-C stops.\n"
    )


def _wait() -> None:
    over = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: over.set())
    while not over.wait(3600):
        pass


if __name__ == "__main__":
    sys.exit(main())
