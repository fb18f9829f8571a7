"""What a function's subprocess runs: asks the Runtime API, calls the handler, answers.

Started as a script by path, or forked by the nursery, so that it imports nothing of the platform,
and only what it must: its imports are part of every cold start. It ends when the platform is
gone, busy or not.
"""

import http.client
import importlib
import json
import os
import sys
import threading
import time
import traceback
from typing import Any

_BASE = "/2018-06-01/runtime"


class Context:
    """The context that a handler gets, as on Lambda."""

    def __init__(self, headers: Any) -> None:
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = "$LATEST"
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = str(os.getpid())
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        """How long the function may still run."""
        return max(0, self._deadline - round(time.time() * 1000))


def _load(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _error(kind: str, error: BaseException) -> bytes:
    trace = traceback.format_exception(error)
    body = {"errorType": kind, "errorMessage": str(error), "stackTrace": trace}
    return json.dumps(body).encode()


def _handle(handler: Any, body: bytes, context: Context) -> tuple[str, bytes]:
    try:
        answer = handler(json.loads(body), context)
    except Exception as error:
        return "error", _error(type(error).__name__, error)
    try:
        return "response", json.dumps(answer, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        return "error", _error("Runtime.MarshalError", error)


def _end_with_the_platform() -> None:
    # Nobody writes to it; a read ends when the platform does, however that ended.
    os.read(0, 1)
    os._exit(0)


def main() -> None:
    """Serves invocations until the platform is gone."""
    host, _, prefix = os.environ["AWS_LAMBDA_RUNTIME_API"].partition("/")
    base = f"/{prefix}{_BASE}" if prefix else _BASE
    api = http.client.HTTPConnection(host)

    def call(method: str, path: str, body: bytes | None = None) -> tuple[Any, bytes]:
        api.request(method, base + path, body)
        answer = api.getresponse()
        return answer.headers, answer.read()

    try:
        handler = _load(os.environ["_HANDLER"])
    except BaseException as error:  # whatever the import did, AWS would say so too
        traceback.print_exc()
        kinds: dict[type[BaseException], str] = {
            ImportError: "Runtime.ImportModuleError",
            AttributeError: "Runtime.HandlerNotFound",
        }
        kind = next((k for t, k in kinds.items() if isinstance(error, t)), type(error).__name__)
        call("POST", "/init/error", _error(kind, error))
        sys.exit(1)
    while True:
        headers, body = call("GET", "/invocation/next")
        context = Context(headers)
        kind, payload = _handle(handler, body, context)
        sys.stdout.flush()
        call("POST", f"/invocation/{context.aws_request_id}/{kind}", payload)


def run() -> None:
    """Serves as the function that the environment variables tell."""
    # The script's own folder is no place for a function's imports.
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    threading.Thread(target=_end_with_the_platform, daemon=True).start()
    try:
        main()
    except (OSError, http.client.HTTPException):
        sys.exit(0)


if __name__ == "__main__":
    run()
