"""`python -m local`: what it says when it cannot start, and the README's tour as it stands."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.xdist_group("platform")


# A machine that runs the rest of the suite beside it needs longer for its cold starts.
_UNTIL_DONE = (
    "for _ in $(seq 90); do curl -s http://localhost:8000/leads/$LEAD/timeline/ "
    "| grep -q execution.completed && break; sleep 1; done"
)


def _start(*arguments, **how):
    command = [sys.executable, "-m", "local", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how
    )


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await_health(port):
    until = time.monotonic() + 120
    while True:
        try:
            assert requests.get(f"http://localhost:{port}/health", timeout=60).ok
            return
        except requests.ConnectionError:
            assert time.monotonic() < until
            time.sleep(0.1)


def _eventually(found, seconds=60):
    until = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)


def test_a_port_in_use_is_named_with_the_mend(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = _start("--port", port, "--aws-port", _free_port(), "--home", tmp_path)
        said = process.communicate(timeout=30)[0]
    assert process.returncode == 1
    assert said.count("\n") == 1
    assert f"port {port}" in said
    assert "--port" in said


def test_no_write_access_is_named_with_the_mend():
    process = _start("--home", "/proc/nowhere")
    said = process.communicate(timeout=30)[0]
    assert process.returncode == 1
    assert "/proc/nowhere" in said
    assert "--home" in said


def test_the_tour_works_when_pasted(tmp_path):
    """Every curl of the README's tour, at this test's own port."""
    port, aws_port = _free_port(), _free_port()
    process = _start("--port", port, "--aws-port", aws_port, "--home", tmp_path)
    try:
        _await_health(port)
        blocks = re.findall(r"```sh tour\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
        tour = "\n".join(block for block in blocks if "put-events" not in block)
        script = (
            tour.replace("sleep 5", _UNTIL_DONE)
            .replace("localhost:8000", f"localhost:{port}")
            .replace("/tmp/lead.json", str(tmp_path / "lead.json"))
        )
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-euc", script], capture_output=True, text=True, timeout=150, env=environment,
            check=True,
        )  # fmt: skip
        assert '"status":"Meeting booked"' in done.stdout
        assert "lead.status_changed" in done.stdout
        assert "execution.completed" in done.stdout
        assert '"route":"escalation"' in done.stdout.replace(" ", "")
        assert "remove nam" in done.stdout
        assert "Lead status updated to 'Proposal sent'" in done.stdout
        assert '"offer":"36 EUR in 2 days"' in done.stdout
        assert '"status":"completed"' in done.stdout
        second = _start("--port", _free_port(), "--aws-port", _free_port(), "--home", tmp_path)
        assert "another platform runs" in second.communicate(timeout=30)[0]
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[0]
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert (tmp_path / "state.bin").exists()


def test_a_platform_that_is_killed_goes_on_where_it_was(tmp_path):
    """What a snapshot holds is there again, and events that were under way arrive."""
    port = _free_port()
    ports = ("--port", port, "--aws-port", _free_port(), "--home", tmp_path)
    state = tmp_path / "state.bin"
    leads = f"http://localhost:{port}/leads/"
    process = _start(*ports)
    try:
        _await_health(port)
        names = [{"name": f"Kept {n}"} for n in range(4)]
        ids = [requests.post(leads, json=name, timeout=30).json()["id"] for name in names]
        answered = time.time()
        _eventually(lambda: state.exists() and state.stat().st_mtime > answered + 0.1)
    finally:
        process.kill()
        process.communicate(timeout=30)
    again = _start(*ports)
    try:
        _await_health(port)

        def done(lead_id):
            entries = requests.get(f"{leads}{lead_id}/timeline/", timeout=30).json()["entries"]
            return [e["type"] for e in entries] == ["lead.created", "execution.completed"]

        _eventually(lambda: all(done(lead_id) for lead_id in ids))
    finally:
        again.send_signal(signal.SIGINT)
        again.communicate(timeout=30)
