"""One structured line of a log, for functions whose cold start is too dear for a logger."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any


def write(level: str, message: str, **fields: Any) -> None:
    """Writes a line with the fields that `shared.platform.log` gives its own."""
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"level": level, "message": message, "timestamp": stamp, **fields}
    sys.stdout.write(json.dumps(line, default=str) + "\n")
    sys.stdout.flush()
