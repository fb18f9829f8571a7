"""The platform as a process that tells its address, that it is ready, and each result that stands.

A line each: the address once it serves, `ready` once events flow, the id of a lead once the result
of its pipeline is committed.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

from local.platform import Options, Platform


class Watched(Platform):
    """A platform that writes the id of a lead once its pipeline's result is committed."""

    def _on_stream_record(self, table: str, record: dict[str, Any]) -> None:
        image = record["dynamodb"].get("NewImage", {})
        if record["eventName"] == "INSERT" and image.get("type", {}).get("S") == _COMPLETED:
            print(record["dynamodb"]["Keys"]["pk"]["S"].rpartition("#")[2], flush=True)
        super()._on_stream_record(table, record)


def main() -> None:
    """Serves until its input ends."""
    with Watched(Options(port=0, aws_port=0, home=Path(sys.argv[1]))) as platform:
        print(platform.url, flush=True)
        platform.ready.wait(60)
        print("ready", flush=True)
        ended = threading.Thread(target=sys.stdin.read, daemon=True)
        ended.start()
        ended.join()


_COMPLETED = "execution.completed"

if __name__ == "__main__":
    main()
