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


def _start(*arguments, **how):
    command = [sys.executable, "-m", "local", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how
    )


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
        until = time.monotonic() + 30
        while True:
            try:
                assert requests.get(f"http://localhost:{port}/health", timeout=5).ok
                break
            except requests.ConnectionError:
                assert time.monotonic() < until
                time.sleep(0.1)
        tour = re.findall(r"```sh tour\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[0]
        # A machine that runs the rest of the suite beside it needs longer for its cold starts.
        script = (
            tour.replace("sleep 5", "sleep 15")
            .replace("localhost:8000", f"localhost:{port}")
            .replace("/tmp/lead.json", str(tmp_path / "lead.json"))
        )
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-euc", script], capture_output=True, text=True, timeout=60, env=environment,
            check=True,
        )  # fmt: skip
        assert '"status":"Meeting booked"' in done.stdout
        assert "lead.status_changed" in done.stdout
        assert "execution.completed" in done.stdout
        assert '"route":"escalation"' in done.stdout.replace(" ", "")
        assert "remove nam" in done.stdout
        second = _start("--port", _free_port(), "--aws-port", _free_port(), "--home", tmp_path)
        assert "another platform runs" in second.communicate(timeout=30)[0]
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[0]
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert (tmp_path / "state.bin").exists()
