"""What no start of the platform can do without: Python, moto, boto3 and uvicorn, and nothing else.

It serves moto and an application that answers every request, tells its address, and ends with its
input. No resource is provisioned, no function started, no seam applied.
"""

from __future__ import annotations

import sys
import threading

import boto3
import uvicorn
from moto import mock_aws
from moto.server import ThreadedMotoServer
from starlette.responses import PlainTextResponse

from local.ports import LOOPBACK, free_port


def main() -> None:
    """Serves until its input ends."""
    with mock_aws():
        boto3.client("dynamodb", region_name="us-east-1").list_tables()
        moto = ThreadedMotoServer(LOOPBACK, 0, verbose=False)
        moto.start()
        port = free_port()
        config = uvicorn.Config(
            PlainTextResponse("ok"), LOOPBACK, port, log_level="error", lifespan="off"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
        print(f"http://{LOOPBACK}:{port}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
