"""Calls of Step Functions while its interpreter is imported."""

from __future__ import annotations

import subprocess
import sys
import textwrap

PROGRAM = textwrap.dedent("""
    import threading
    from local.seams import interpreter_awaited as awaited
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication as Application

    answered, waits = [], []
    awaited._stock = lambda self, environ, start: answered.append(environ["n"])
    awaited.install(lambda: waits.append("told"))

    def call(n, target):
        Application.__call__(None, {"n": n, "HTTP_X_AMZ_TARGET": target}, None)

    held = threading.Thread(target=call, args=(1, "AWSStepFunctions.CreateStateMachine"))
    held.start()
    call(2, "AmazonSQS.SendMessage")
    held.join(0.2)
    assert (answered, waits) == ([2], ["told"]), (answered, waits)
    awaited.release()
    held.join(10)
    call(3, "AWSStepFunctions.StartExecution")
    assert (answered, waits) == ([2, 1, 3], ["told"]), (answered, waits)
""")


def test_they_wait_and_others_do_not():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
