"""Where environments come from on Linux: a process that imported what most functions import.

Started as a script by path. It forks a child for each request, which then is what a process of
its own would be: its own environment variables, folder, pipes and modules of ours, of which the
nursery imports none. Importing boto3 and FastAPI anew takes half a second of a processor each time.
"""

import gc
import importlib
import json
import os
import select
import socket
import sys
from typing import Any

import runtime_client  # type: ignore[import-not-found]  # beside this script

_PRELOADED = (
    "pydantic", "pydantic_settings", "uuid_utils", "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics", "mangum", "fastapi", "starlette.middleware.cors",
    "starlette.middleware.gzip", "boto3", "botocore.client", "botocore.handlers",
    "botocore.endpoint", "jwt", "cryptography.hazmat.primitives.asymmetric.rsa", "jinja2.sandbox",
    "httpx", "jsonschema_rs", "markdownify", "rapidfuzz",
)  # fmt: skip
"""Libraries, none of which reads settings when it is imported; what the first requests need
comes first."""
_MAX_REQUEST = 1 << 18


def _is_asked(control: socket.socket) -> bool:
    return bool(select.select([control], [], [], 0)[0])


def _next_child(control: socket.socket) -> dict[str, Any] | None:
    """Forks what is asked for; the child gets its request, the nursery None."""
    message, given, *_ = socket.recv_fds(control, _MAX_REQUEST, 3)
    if not message:  # the platform is gone
        sys.exit(0)
    stdin, stdout, answer = given
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        for each in (stdin, stdout, answer):
            os.close(each)
        return None
    # Forked twice: the platform adopts the child, and so learns itself how it ended.
    if child := os.fork():
        os.write(answer, str(child).encode())
        os._exit(0)
    os.setpgid(0, 0)
    control.close()
    for mine, standard in ((stdin, 0), (stdout, 1), (stdout, 2)):
        os.dup2(mine, standard)
    for each in (stdin, stdout, answer):
        os.close(each)
    request: dict[str, Any] = json.loads(message)
    return request


def _born(control: socket.socket) -> dict[str, Any]:
    """Serves the platform until this is a child; imports whenever nothing is asked."""
    waiting = list(reversed(_PRELOADED))
    while True:
        if waiting and not _is_asked(control):
            try:
                importlib.import_module(waiting.pop())
            except ImportError:  # an asset may lack it; who needs it will say so
                continue
            if not waiting:
                gc.freeze()
            continue
        request = _next_child(control)
        if request is not None:
            return request


if __name__ == "__main__":
    asked = _born(socket.socket(fileno=os.dup(0)))
    os.chdir(asked["root"])
    os.environ.clear()
    os.environ.update(asked["variables"])
    runtime_client.run()
