"""Functions die, events come twice, a node is poisoned: nothing is lost, nothing happens twice."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from local.platform import Options, Platform
from tests.e2e.conftest import Running

pytestmark = pytest.mark.xdist_group("faults")

LEADS, CLIENTS = 300, 8


def _post(url: str, number: int) -> str:
    """Posts one lead until it is answered 201; the key makes a repetition the same request."""
    for _ in range(20):
        try:
            answer = requests.post(
                f"{url}/leads/",
                json={"name": f"Lead {number}", "value": number * 1000},
                headers={"Idempotency-Key": f"lead-{number}"},
                timeout=60,
            )
        except requests.RequestException:
            continue
        if answer.status_code == 201:
            return answer.json()["id"]
        time.sleep(0.2)
    raise AssertionError(f"lead {number} was never answered 201")


def test_three_hundred_leads_while_functions_die_and_events_come_twice(tmp_path):
    options = Options(port=0, aws_port=0, home=tmp_path, duplicate=True)
    with Platform(options) as platform:
        running = Running(platform)
        over = threading.Event()
        killed: list[str] = []

        def kill() -> None:
            draw = random.Random(7)
            while not over.wait(draw.uniform(1.0, 2.0)):
                if name := platform.host.kill_one(None):
                    killed.append(name)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            with ThreadPoolExecutor(CLIENTS) as pool:
                ids = list(pool.map(lambda n: _post(running.url, n), range(LEADS)))
        finally:
            over.set()
            killer.join()
        assert len(set(ids)) == LEADS
        left = set(ids)

        def all_done() -> bool:
            left.difference_update([i for i in list(left) if running.completed(i)])
            return not left

        running.eventually(all_done, seconds=150)
        for lead_id in ids:
            types = [e["type"] for e in running.events(lead_id)]
            assert types == ["lead.created", "execution.completed"], (lead_id, types)
        totals = running.http.get(f"{running.url}/leads/").headers["X-Board-Totals"]
        assert f'"Interest": {LEADS}' in totals
        assert killed, "nothing was killed, so nothing was shown"
