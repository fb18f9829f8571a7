"""The Python of Lambda's version that compiles the bytecode: only the same version can read it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

VERSION: Final = "3.13"
_WHICH: Final = f"import sys; print(sys.executable if sys.version.startswith('{VERSION}.') else '')"
# A version manager's stand-in on the path starts nothing unless it is told which version.
_ENVIRONMENT: Final = {"UV_PYTHON_DOWNLOADS": "never", "PYENV_VERSION": VERSION}


class NoPythonError(RuntimeError):
    """There is no Python of Lambda's version on this machine."""


@lru_cache(maxsize=1)
def python_of_lambda() -> str:
    """The first of: what `PYTHON313` names, `python3.13` on the path, what `uv` knows.

    Raises:
        NoPythonError: there is none; the message says the mend.
    """
    for candidate in _candidates():
        if candidate and (found := _output(candidate, "-c", _WHICH)):
            return found
    raise NoPythonError(
        f"Python {VERSION} is not at hand, and only it compiles what Lambda can read; "
        f"run `uv python install {VERSION}`, or name one: PYTHON313=/path/to/python{VERSION}"
    )


def _candidates() -> Iterator[str | None]:
    yield os.environ.get("PYTHON313")
    yield shutil.which(f"python{VERSION}")
    yield _output(sys.executable, "-m", "uv", "python", "find", VERSION)


def _output(*command: str) -> str:
    environment = {**os.environ, **_ENVIRONMENT}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
