"""`python -m local.offline_model`: the offline model by itself."""

from __future__ import annotations

import argparse
import contextlib
import threading

from local.offline_model.server import OfflineModel


def main() -> None:
    """Serves until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m local.offline_model", description=__doc__)
    parser.add_argument("--port", type=int, default=8002)
    with OfflineModel(parser.parse_args().port) as model:
        print(f"offline model on {model.url}; Ctrl-C stops")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
