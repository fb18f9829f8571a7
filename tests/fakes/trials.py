"""Trials that run the engine in this process, through JSON both ways."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from shared.graph import NodeRegistry
from shared.workflows.development.remote import RemoteTrials, answered


class InlineTrials(RemoteTrials):
    """The port `Trials`; `seen` is what was asked."""

    def __init__(self, registry: NodeRegistry, ports: Callable[[str], Mapping[str, Any]]) -> None:
        self.seen: list[Any] = []
        self._registry, self._ports = registry, ports
        super().__init__(self._answer)

    def _answer(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        asked = json.loads(json.dumps(payload))
        self.seen.append(asked)
        done: list[Any] = []

        def work() -> None:
            done.append(
                asyncio.run(answered(asked, self._registry, self._ports(asked["by"]["tenant"])))
            )

        from threading import Thread  # the caller's loop is busy waiting for us

        thread = Thread(target=work)
        thread.start()
        thread.join()
        return json.loads(json.dumps(done[0]))
