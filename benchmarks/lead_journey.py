"""A lead's journey on this machine, beside its lower bounds.

Posting a lead is compared with the health check (the same gateway and function, no state), and the
way from event to result with the three nodes called in one process.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from local.platform import Options, Platform
from shared.pipelines.definition import load_definitions
from shared.pipelines.dispatcher import load_node
from shared.pipelines.inline import run_inline

ROUNDS = 40
LEAD = {"name": "Bench", "value": 60_000}


def main() -> None:
    """Measures and prints."""
    started = time.perf_counter()
    home = Path(tempfile.mkdtemp())
    try:
        with Platform(Options(port=0, aws_port=0, home=home)) as platform:
            http = requests.Session()
            http.get(f"{platform.url}/health", timeout=30)
            print(f"start to first answer        {time.perf_counter() - started:8.2f} s")
            platform.ready.wait(30)
            _journey(http, platform.url)  # cold starts
            health = _median(lambda: http.get(f"{platform.url}/health", timeout=30))
            post = _median(lambda: http.post(f"{platform.url}/leads/", json=LEAD, timeout=30))
            time.sleep(5)  # let the posted leads' pipelines end
            done = statistics.median(_journey(http, platform.url) for _ in range(ROUNDS // 2))
    finally:
        shutil.rmtree(home)
    inline = _median(_inline)
    print(f"GET /health, median          {health * 1000:8.1f} ms")
    print(f"POST /leads/, median         {post * 1000:8.1f} ms   {post / health:7.1f} x health")
    print(f"event to result, median      {done * 1000:8.1f} ms")
    print(f"nodes in one process, median {inline * 1000:8.2f} ms   1/{done / inline:.0f} of it")


def _journey(http: requests.Session, url: str) -> float:
    started = time.perf_counter()
    lead = http.post(f"{url}/leads/", json=LEAD, timeout=30).json()["id"]
    while len(http.get(f"{url}/leads/{lead}/timeline/", timeout=30).json()["entries"]) < 2:
        time.sleep(0.02)
    return time.perf_counter() - started


def _inline() -> None:
    pipeline = PIPELINE
    run_inline(pipeline, lambda name: load_node(pipeline, name), LEAD)


def _median(call: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


PIPELINE = load_definitions(Path(__file__).parent.parent)[0]

if __name__ == "__main__":
    main()
