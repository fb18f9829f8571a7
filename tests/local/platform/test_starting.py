"""What the platform refuses to start with, and what a reset may remove."""

from __future__ import annotations

import socket

import pytest

from local import __main__ as program
from local.platform import Options, Platform
from local.ports import LOOPBACK, PortError, free_port, require_free


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_free_port_may_be_used():
    require_free(free_port(), "--port")


@pytest.mark.parametrize("flag", ["--port", "--aws-port"])
def test_a_taken_port_is_named_with_its_flag(taken, flag):
    with pytest.raises(PortError, match=rf"port {taken} .*{flag} \d{{4,5}}"):
        require_free(taken, flag)


def test_no_such_port():
    with pytest.raises(PortError, match="no such port"):
        require_free(70_000, "--port")


@pytest.mark.parametrize("which", ["port", "aws_port"])
def test_a_platform_refuses_a_taken_port_instead_of_waiting(taken, tmp_path, which):
    options = Options(**({"port": 0, "aws_port": 0, "home": tmp_path} | {which: taken}))
    with pytest.raises(PortError, match=str(taken)), Platform(options):
        pass


def test_one_platform_per_home(tmp_path):
    home = program._home(tmp_path / "deep" / "home")
    with program._only_one(home), pytest.raises(program.CannotStartError, match="another"):
        program._only_one(home)
    program._only_one(home).close()


def test_a_reset_forgets_the_state_and_nothing_else(tmp_path):
    for name in ("state.bin", "state.unreadable-1", "secrets.json", "lock", "mine.txt"):
        (tmp_path / name).touch()
    program._forget(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "mine.txt"]


def test_a_running_platform_is_not_reset(tmp_path, monkeypatch, capsys):
    (tmp_path / "state.bin").touch()
    monkeypatch.setattr("sys.argv", ["local", "--home", str(tmp_path), "--reset"])
    with program._only_one(tmp_path):
        assert program.main() == 1
    assert (tmp_path / "state.bin").exists()
    said = capsys.readouterr().err
    assert "another platform runs" in said
    assert said.count("\n") == 1
