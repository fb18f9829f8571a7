"""The world outside of nodes, in memory."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict, deque
from dataclasses import replace
from typing import Any

from shared.graph import NodeFailedError
from shared.graph.analysis import QueueMap
from shared.nodes.agents.ports import MEMORY, MODELS, TOOLS
from shared.nodes.ports import (
    BUCKETS,
    CONNECTIONS,
    EVENTS,
    FILES,
    HTTP,
    LEADS,
    MAIL,
    NOTICES,
    SLEEP,
    STEPS,
    TEMPLATES,
    WORKFLOWS,
    Template,
)
from shared.platform.http import HttpAnswer, HttpCall
from shared.tools import registry as tools
from tests.fakes.models import FakeModels, MemoryMemory


class MemoryEvents:
    """The port `Events`."""

    def __init__(self) -> None:
        self.emitted: dict[str, tuple[str, Any]] = {}

    async def emit(self, event_type: str, data: Any, idempotency_key: str) -> str:
        self.emitted.setdefault(idempotency_key, (event_type, data))
        return f"event of {idempotency_key}"


class EchoWorkflows:
    """The port `Workflows`: every workflow gives back what it got."""

    async def run(self, workflow_id: str, data: Any, idempotency_key: str, *, wait: bool) -> Any:
        if wait:
            return {"ran": workflow_id, "with": dict(data)}
        return {"execution": self.begin(workflow_id, data, idempotency_key)}

    def begin(self, workflow: str, given: Any, key: str) -> str:
        return f"run of {workflow}"


class MemorySteps:
    """The port `Steps`."""

    def __init__(self) -> None:
        self.done: dict[str, int] = defaultdict(int)

    async def next(self, name: str) -> int:
        self.done[name] += 1
        return self.done[name] - 1


class NoSleep:
    """The port `Sleep`: notes for how long."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


class GivenArrivals:
    """The port `Arrivals`: what is given, then no more."""

    def __init__(self, *arrivals: Any) -> None:
        self.left = deque(arrivals)
        self.wanted: list[Any] = []

    async def take(self, node: str, wanted: Any) -> Any:
        self.wanted.append((node, wanted))
        return self.left.popleft() if self.left else None


class MemoryQueues:
    """The port `Queues`, by the queues that a flow needs."""

    def __init__(self, queues: QueueMap) -> None:
        self.map = queues
        self.left: dict[str, deque[Any]] = defaultdict(deque)
        self.open = {
            queue: {writer for writer, names in queues.writes.items() if queue in names}
            for names in queues.reads.values()
            for queue in names
        }
        self.keys: set[str] = set()
        self.changed = asyncio.Condition()

    async def put(self, writer: str, data: Any, idempotency_key: str) -> None:
        async with self.changed:
            for queue in self.map.writes[writer]:
                self.left[queue].append(dict(data))
            self.changed.notify_all()

    async def take(self, reader: str) -> Any:
        queues = self.map.reads[reader]
        async with self.changed:
            while True:
                for queue in queues:
                    if self.left[queue]:
                        return self.left[queue].popleft()
                if not any(self.open[queue] for queue in queues):
                    return None
                await self.changed.wait()

    async def end(self, writer: str) -> None:
        async with self.changed:
            for writers in self.open.values():
                writers.discard(writer)
            self.changed.notify_all()


class EchoHttp:
    """The port `Http`: every server says what it was asked."""

    def __init__(self) -> None:
        self.calls: list[HttpCall] = []

    async def send(self, call: HttpCall) -> HttpAnswer:
        self.calls.append(call)
        body = json.dumps({"asked": f"{call.method} {call.url}"}).encode()
        return HttpAnswer(200, {"content-type": "application/json"}, body, call.url, 12)


class MemoryConnections:
    """The port `Connections`, with a bearer's connection of that id for each."""

    def __init__(self, **names: str) -> None:
        self.names = names

    async def list(self, kinds: Any = ()) -> list[tuple[str, str]]:
        return sorted(self.names.items())

    async def send(self, connection: str, call: HttpCall, http: Any) -> HttpAnswer:
        if connection not in self.names:
            raise NodeFailedError("ConnectionNotFound", f"there is no connection {connection}")
        told = {**call.headers, "Authorization": f"Bearer of {connection}"}
        return await http.send(replace(call, headers=told))


class MemoryFiles:
    """The port `Files`."""

    def __init__(self, **texts: str) -> None:
        self.files = {path: text.encode() for path, text in texts.items()}
        self.done: dict[str, str] = {}
        self.read_bytes = 0

    async def list(self, prefix: str, most: int) -> list[str]:
        return sorted(path for path in self.files if path.startswith(prefix))[:most]

    async def size(self, path: str) -> int | None:
        return len(self.files[path]) if path in self.files else None

    async def read(self, path: str, start: int, most: int) -> bytes:
        self.read_bytes += most
        return self.files[path][start : start + most]

    async def write(self, path: str, body: bytes) -> None:
        self.files[path] = body

    async def create(self, path: str, body: bytes, idempotency_key: str) -> str:
        if idempotency_key not in self.done:
            stem, dot, end = path.rpartition(".")
            names = (f"{stem}_{number}{dot}{end}" for number in itertools.count(1))
            free = next(p for p in itertools.chain([path], names) if p not in self.files)
            self.files[free], self.done[idempotency_key] = body, free
        return self.done[idempotency_key]

    async def append(self, path: str, body: bytes, idempotency_key: str) -> None:
        if idempotency_key not in self.done:
            self.done[idempotency_key] = path
            self.files[path] = self.files.get(path, b"") + body

    async def delete(self, path: str) -> bool:
        return self.files.pop(path, None) is not None


class MemoryBuckets:
    """The port `Buckets`."""

    def __init__(self, **buckets: MemoryFiles) -> None:
        self.buckets = {name.replace("_", "-"): files for name, files in buckets.items()}

    async def names(self) -> list[str]:
        return sorted(self.buckets)

    async def open(self, bucket: str) -> MemoryFiles:
        if bucket not in self.buckets:
            raise NodeFailedError("BucketRefused", f"{bucket} is not registered")
        return self.buckets[bucket]


class MemoryMailer:
    """The port `Mailer`: who begins with `no` wants none."""

    def __init__(self) -> None:
        self.sent: dict[str, tuple[str, str, str]] = {}

    async def send(self, to: str, subject: str, body: str, topic: str, key: str) -> bool:
        if to.startswith("no"):
            return False
        self.sent.setdefault(key, (to, subject, body))
        return True


class MemoryTemplates:
    """The port `Templates`."""

    def __init__(self, **templates: Template) -> None:
        self.templates = templates

    async def names(self) -> list[str]:
        return sorted(self.templates)

    async def get(self, name: str) -> Template | None:
        return self.templates.get(name)


class MemoryNotices:
    """The port `Notices`."""

    def __init__(self, *members: str) -> None:
        self.members = members
        self.told: dict[str, str] = {}

    async def tell(
        self, members: Any, title: str, text: str, link: str, idempotency_key: str
    ) -> list[str]:
        self.told.setdefault(idempotency_key, title)
        return [member for member in members if member in self.members]


class MemoryLeads:
    """The port `Leads`."""

    def __init__(self, *leads: Any) -> None:
        self.leads = {lead["id"]: dict(lead) for lead in leads}

    async def get(self, lead_id: str) -> Any:
        return self.leads.get(lead_id)

    async def find(self, wanted: Any, most: int) -> Any:
        def fits(lead: Any) -> bool:
            return all(str(lead.get(k)).lower() == str(v).lower() for k, v in wanted.items())

        return [lead for lead in self.leads.values() if fits(lead)][:most]

    async def create(self, fields: Any, idempotency_key: str) -> Any:
        return self.leads.setdefault(idempotency_key, {"id": "new", **fields})

    async def update(self, lead_id: str, fields: Any, idempotency_key: str) -> Any:
        self.leads[lead_id] |= fields
        return self.leads[lead_id]

    async def move(self, lead_id: str, status: str, position: Any, idempotency_key: str) -> Any:
        return await self.update(lead_id, {"status": status}, idempotency_key)


def node_ports() -> dict[str, Any]:
    """All ports, each with something in it, new for each run."""
    return {
        EVENTS: MemoryEvents(),
        WORKFLOWS: EchoWorkflows(),
        STEPS: MemorySteps(),
        SLEEP: NoSleep(),
        HTTP: EchoHttp(),
        CONNECTIONS: MemoryConnections(crm="Their CRM"),
        FILES: MemoryFiles(**{"in/leads.jsonl": '{"name": "Ada"}\n{"name": "Bob"}\n'}),
        BUCKETS: MemoryBuckets(acme_data=MemoryFiles(**{"notes.txt": "one\ntwo\n"})),
        MAIL: MemoryMailer(),
        TEMPLATES: MemoryTemplates(welcome=Template("Dear {{ data.name }}", "Welcome")),
        NOTICES: MemoryNotices("u1"),
        LEADS: MemoryLeads(
            {"id": "l1", "name": "Ada", "email": "ada@example.com", "status": "Interest"}
        ),
        MODELS: FakeModels(),
        TOOLS: tools(),
        MEMORY: MemoryMemory(),
    }
