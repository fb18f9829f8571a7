"""The running platform: real HTTP, real subprocesses, real queues.

It is started once per module, and once for all modules of the group `shared` together.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from moto.ses.models import ses_backends

from local.blueprint import ACCOUNT, REGION
from local.platform import Options, Platform
from tests.e2e.sharing import shared, shares

WEAK = int(os.environ["WEAK"]) if os.environ.get("WEAK") else None
"""The seed of a run of the suite under `--weak`: `WEAK=1 make test`."""
SLOWER = 1 if WEAK is None else 3


def refusals(platform: Platform) -> str:
    """What roles were refused, a line each."""
    return "\n".join(sorted({str(refusal) for refusal in platform.access.refused}))


@contextmanager
def serving(home: Path, **options: Any) -> Iterator[Platform]:
    """A platform whose roles suffice: what one of them lacks fails the test by its name."""
    shared.close()
    with Platform(Options(port=0, aws_port=0, home=home, weak=WEAK, **options)) as platform:
        try:
            yield platform
        finally:
            assert not platform.access.refused, refusals(platform)


class Running:
    """A platform and how a user talks to it."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.url = platform.url
        self.http = requests.Session()

    def create(self, **fields: Any) -> dict[str, Any]:
        answer = self.http.post(f"{self.url}/leads/", json=fields, timeout=30)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def get(self, path: str, **how: Any) -> Any:
        answer = self.http.get(f"{self.url}{path}", timeout=30, **how)
        assert answer.ok, answer.text
        return answer.json()

    def events(self, lead_id: str) -> list[dict[str, Any]]:
        return self.get(f"/leads/{lead_id}/timeline/", params={"limit": 200})["entries"]

    def completed(self, lead_id: str) -> list[dict[str, Any]]:
        return [e for e in self.events(lead_id) if e["type"] == "execution.completed"]

    def eventually(self, found: Callable[[], Any], seconds: float = 30) -> Any:
        """What `found` finds, as soon as it is true."""
        until = time.monotonic() + seconds * SLOWER
        while not (value := found()):
            assert not self.platform.access.refused, refusals(self.platform)
            assert time.monotonic() < until, "waited in vain"
            time.sleep(0.1)
        return value

    def aws(self, service: str) -> Any:
        import boto3

        return boto3.client(
            service, endpoint_url=self.platform.aws_url, region_name="us-east-1",
            aws_access_key_id="local", aws_secret_access_key="local",
        )  # fmt: skip


def mails_to(address: str) -> list[Any]:
    """The mails that went out to an address."""
    sent = ses_backends[ACCOUNT][REGION].sent_messages
    return [m for m in sent if address in m.destinations["ToAddresses"]]


def mailed(to: str) -> str:
    """The token in the last mail to an address."""
    (*_, last) = [m for m in mails_to(to) if "mr" in m.body]
    return re.search(r"mr[a-z]_\S+", last.body)[0]


@contextmanager
def _started(home: Path) -> Iterator[Running]:
    with serving(home) as platform:
        yield Running(platform)


# Of the module, so that it has ended before another test patches this process.
@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    home: Path = tmp_path_factory.mktemp("home")
    if not shares(request.node):
        with _started(home) as found:
            yield found
        return
    found = shared.running(lambda: _started(home))
    yield found
    assert not found.platform.access.refused, refusals(found.platform)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The shared platform ends with the last test in a row of its group."""
    if nextitem is None or not shares(nextitem):
        shared.close()
