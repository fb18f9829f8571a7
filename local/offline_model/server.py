"""The offline model's server, in a thread of this process."""

from __future__ import annotations

import threading
from typing import Any

import uvicorn

from local.offline_model.app import application
from local.offline_model.grammars import Grammars
from local.offline_model.script import Scripts
from local.ports import LOOPBACK


class OfflineModel:
    """A running offline model; use it as a context. Port 0 is a free one."""

    def __init__(self, port: int = 0) -> None:
        self.scripts = Scripts()
        self.grammars = Grammars()
        self.port = port
        config = uvicorn.Config(
            application(self.scripts, self.grammars, self._is_over),
            LOOPBACK,
            port,
            log_level="critical",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True, name="offline-model")

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return f"http://{LOOPBACK}:{self.port}/v1"

    def __enter__(self) -> OfflineModel:
        """Starts it and waits until it answers."""
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(0.005)
        if not self._server.started:
            raise RuntimeError(f"the offline model cannot be served on port {self.port}")
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: Any) -> None:
        """Stops it; requests that hang are let go."""
        self._server.should_exit = True
        self._thread.join(5)

    def _is_over(self) -> bool:
        return self._server.should_exit
