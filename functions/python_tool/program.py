"""The process of a program. It imports nothing of Millrace but the file beside it."""

from __future__ import annotations

import builtins
import importlib.util
import io
import json
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Final

_PRINTED: Final = 20_000
_RESULT: Final = 500_000
_REFUSED: Final = "NotConfined: this machine cannot confine programs, so none is run; use Linux"


class Printed(io.TextIOBase):
    """What a program prints, as far as it is shown."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.left = _PRINTED

    def write(self, text: str) -> int:
        """Keeps the beginning."""
        if self.left > 0:
            self.parts.append(text[: self.left])
            self.left -= len(text)
        return len(text)


def main() -> None:
    """Reads a request, confines this process, runs, answers."""
    request = json.load(sys.stdin)
    out = sys.stdout
    held = _confinement().confine(request["seconds"])
    printed = Printed()
    with redirect_stdout(printed), redirect_stderr(printed):
        result: Any = None
        error: str | None = _REFUSED
        if "seccomp" in held:
            result, error = done(request["code"], request["data"])
    answer = {"result": result, "stdout": "".join(printed.parts), "error": error}
    out.write(json.dumps(answer))
    out.flush()


def done(code: str, data: Any) -> tuple[Any, str | None]:
    """What a program left in `result`, or how it failed."""
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins, "data": data}
    try:
        exec(compile(code, "<program>", "exec"), names)  # noqa: S102 - this is what the process is for
        return _json(names.get("result")), None
    except BaseException as error:
        lines = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(lines) if f.filename == "<program>"), None)
        where = f" (line {line})" if line else ""
        return None, f"{type(error).__name__}: {str(error)[:1_000]}{where}"


def _json(value: Any) -> Any:
    text = json.dumps(value, allow_nan=False, default=str)
    if len(text) > _RESULT:
        raise ValueError(f"the result has more than {_RESULT:,} characters; give less")
    return json.loads(text)


def _confinement() -> Any:
    """The module beside this one: there is no path to import it by."""
    place = Path(__file__).with_name("confinement.py")
    spec = importlib.util.spec_from_file_location("confinement", place)
    if spec is None or spec.loader is None:  # pragma: no cover - it is a file of this package
        raise ImportError(str(place))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
