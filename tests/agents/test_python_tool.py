"""Programs of models: what they can do, and everything that they cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from functions.python_tool.handler import handler
from functions.python_tool.running import run
from shared.tools.ports import PYTHON
from shared.tools.python_function import FunctionPython
from tests.agents.running import run_agent
from tests.fakes.models import FakeModels, ScriptedModel, called, said

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can confine a program")

REFUSED = ("PermissionError", "RuntimeError", "URLError", "ValueError")
ADA = [{"name": "Ada", "value": 3}, {"name": "Bob", "value": 4}]


class Here:
    """The port `Functions`: the handler in this process."""

    def call(self, name, payload, tenant):
        return handler(dict(payload), None)


def test_a_program_computes_with_the_standard_library():
    code = "import statistics\nprint('hi')\nresult = statistics.mean(x['value'] for x in data)"
    assert run(code, ADA, 5) == {"result": 3.5, "stdout": "hi\n", "error": None}


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import socket; socket.create_connection(('127.0.0.1', 8000))",
        "import urllib.request; urllib.request.urlopen('http://169.254.169.254/')",
        "import os; os.fork()",
        "import os; os.execv('/bin/sh', ['sh'])",
        "import subprocess; subprocess.run(['id'])",
        "import os; os.kill(os.getppid(), 9)",
        "import threading; threading.Thread(target=print).start()",
        "open('/etc/passwd').read()",
        "import os; os.listdir('/')",
        "open('x', 'w')",
        "open('/tmp/x', 'a')",
        "import os; os.unlink(__file__ if '__file__' in dir() else os.__file__)",
        "import os; os.mkdir('d')",
        "import os; os.rename(os.__file__, 'x')",
        "import os; open(f'/proc/{os.getppid()}/environ').read()",
        "import os; open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))",
        "import asyncio; asyncio.run(asyncio.sleep(0))",
    ],
)
def test_a_program_reaches_nothing(code):
    error = run(code, None, 5)["error"]
    assert error
    assert error.split(":")[0] in REFUSED, error


QUEUED = """
import ctypes, os, platform, struct
libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == "x86_64"
told = ctypes.create_string_buffer(struct.pack("iii", 9, 0, -1) + bytes(116), 128)
alone, thread = (129, 297) if x86 else (138, 240)
for call in ((alone, data, 9, told), (thread, data, data, 9, told)):
    done = libc.syscall(*call)
    result = [done, ctypes.get_errno()]
    if done == 0:
        break
"""
OWNED = """
import fcntl, os
fcntl.fcntl(1, fcntl.F_SETOWN, data)
fcntl.fcntl(1, 10, 9)
fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_ASYNC)
os.write(1, b" ")
"""


@pytest.mark.parametrize("code", [QUEUED, OWNED])
def test_a_program_signals_no_other_process_on_any_way(code):
    with subprocess.Popen(["sleep", "60"]) as other:
        found = run(code, other.pid, 5)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.3)
        other.kill()
    assert found["result"] == [-1, 1] or found["error"].startswith("PermissionError"), found


def test_a_program_sees_nothing_of_the_environment(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-function")
    found = run("import os, sys; result = [dict(os.environ), sys.argv, sys.path]", None, 5)
    assert found["error"] is None
    assert "of-the-function" not in str(found["result"])
    assert str(Path.cwd()) not in str(found["result"][2])


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("while True: pass", "Timeout"),
        ("import time; time.sleep(60)", "Timeout"),
        ("x = 'a' * 10**10", "MemoryError"),
        ("result = 'x' * 10**7", "ValueError"),
        ("result = float('nan')", "ValueError"),
        ("import os; os._exit(3)", "Ended"),
        ("import sys; sys.exit(1)", "SystemExit"),
        ("import ctypes; ctypes.string_at(0)", "Ended"),
        ("1 +", "SyntaxError"),
        ("raise KeyError('x')", "KeyError"),
        ("import numpy", "ModuleNotFoundError"),
        ("import functions", "ModuleNotFoundError"),
        ("import os; os.write(1, b'{' * 3_000_000)", "TooLarge"),
        ("def f(): f()\nf()", "RecursionError"),
    ],
)
def test_whatever_a_program_does_its_end_is_told(code, error):
    found = run(code, None, 0.2)
    assert found["error"].split(":")[0] == error
    assert found["result"] is None


def test_what_is_printed_is_bounded():
    found = run("print('x' * 10**6)\nprint('y')", None, 5)
    assert (len(found["stdout"]), found["error"]) == (20_000, None)


def test_nothing_stays_from_one_program_to_the_next():
    run("import builtins, sys; builtins.left = 1; sys.modules['left'] = 1", None, 5)
    assert run("result = left", None, 5)["error"].startswith("NameError")
    assert run("import left", None, 5)["error"].startswith("ModuleNotFoundError")


def test_an_agent_runs_a_program_through_its_function():
    code = "result = sorted(x['name'] for x in data)"
    asked = {"code": code, "data": '[{"name": "Bob"}, {"name": "Ada"}]', "timeout_seconds": 5}
    model = ScriptedModel(called(("python_executor", asked)), said("sorted"))
    ports = {PYTHON: FunctionPython(Here(), "python-tool", "acme")}
    done = run_agent(FakeModels(model), prompt="sort", tools=["python_executor"], ports=ports)
    assert done.output("a")["output"] == "sorted"
    assert '"result": ["Ada", "Bob"]' in model.asked[1].messages[-1].text
