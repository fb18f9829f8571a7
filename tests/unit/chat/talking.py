"""The assistant's routes and its worker on fakes: `Talk().say("hello")`."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

from functions.chat.answer import consume
from functions.chat.routes import clear, conversations, status, submit
from functions.chat.settings import ChatSettings
from functions.chat.wiring import build, serving
from shared.assistant.answering.submitters import Submitters
from shared.assistant.answering.worker import Answering
from shared.assistant.conversations.sweeping import sweep
from shared.assistant.turn import FunctionResult, Turn, TurnResult
from shared.identity import rows
from tests.fakes.counters import MemoryCounters
from tests.fakes.ports import MemoryQueues, MovedClock
from tests.fakes.tables import MemoryTables

LEASE = 125


class Echo:
    """An assistant that says what it was told; `act` may do more, or fail."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.act: Any = None

    async def answer(self, turn: Turn) -> TurnResult:
        self.turns.append(turn)
        if self.act is not None:
            found = self.act(turn)
            found = await found if asyncio.iscoroutine(found) else found
            if found is not None:
                return found
        return TurnResult(f"You said: {turn.message}", intent="question")


def failed(text: str = "I'm sorry, the model cannot be reached; try again.") -> TurnResult:
    return TurnResult(text, status="error", error="unreachable")


def called(function: str = "search_leads") -> TurnResult:
    done = FunctionResult(function, {"query": "Ann"}, {"success": True, "message": "Found 1"})
    return TurnResult("Found 1", (done,), intent="search")


class Answer:
    """A function's answer, as a client sees it."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.status, self.headers = raw["statusCode"], raw["headers"]
        self.cookies = raw.get("cookies", [])
        self.body = json.loads(raw["body"]) if raw["body"] else None

    @property
    def session(self) -> str:
        return self.headers["X-Chat-Session"]


class Talk:
    """All functions of the assistant over the same memory tables."""

    def __init__(self, **told: Any) -> None:
        self.tables, self.clock, self.queues = MemoryTables(), MovedClock(), MemoryQueues()
        settings = ChatSettings(chat_queue_url="http://chat", **told)
        self.at = build(settings, self.tables, self.queues, MemoryCounters(), self.clock)
        routes = {
            **submit.routes(self.at), **status.routes(self.at), **clear.routes(self.at),
            **conversations.routes(self.at),
        }  # fmt: skip
        self.routes, self.handler = routes, serving(self.at, routes)
        self.echo = Echo()
        self.answering = Answering(
            self.at.places, Submitters(self.tables, "identity", self.clock),
            self.echo, timedelta(seconds=LEASE),
        )  # fmt: skip
        for tenant, subject in (("acme", "jo"), ("acme", "ann"), ("other", "olga")):
            self.join(tenant, subject)

    def join(self, tenant: str, subject: str, role: str = "admin") -> None:
        item = {**rows.membership(subject), "tenant": tenant, "role": role}
        self.tables.items["identity", item["pk"], item["sk"]] = item

    def leave(self, subject: str) -> None:
        key = rows.membership(subject)
        del self.tables.items["identity", key["pk"], key["sk"]]

    def ask(
        self,
        route: str,
        body: Any = None,
        *,
        tenant: str = "acme",
        subject: str = "jo",
        role: str = "admin",
        session: str = "",
        headers: dict[str, str] | None = None,
        **how: Any,
    ) -> Answer:
        """One request; `route` as API Gateway spells it, with its parameters beside."""
        context = {"tenant": tenant, "subject": subject, "role": role} if tenant else {}
        sent = {"host": "localhost:8000", **(headers or {})}
        if session:
            sent["x-chat-session"] = session
        event = {
            "routeKey": route,
            "rawPath": how.pop("path", route.partition(" ")[2]),
            "headers": sent,
            "cookies": how.pop("cookies", []),
            "pathParameters": how.pop("parameters", {}),
            "queryStringParameters": how.pop("query", {}),
            "requestContext": {"authorizer": {"lambda": context}},
            "body": body if isinstance(body, str) else json.dumps(body),
            **how,
        }
        if body is None:
            del event["body"]
        return Answer(self.handler(event, None))

    def say(self, message: Any, **how: Any) -> Answer:
        return self.ask("POST /chat/", {"message": message}, **how)

    def status(self, task: str, **how: Any) -> Answer:
        return self.ask(
            "GET /chat/status/{task_id}/", parameters={"task_id": task}, **how
        )  # fmt: skip

    def work(self, seconds: float = 120.0) -> None:
        """Answers everything that is queued, in order."""
        while self.queues.sent:
            _, body = self.queues.sent.pop(0)
            self.deliver(body, seconds)

    def deliver(self, body: str, seconds: float = 120.0) -> None:
        consume({"Records": [{"body": body}]}, self.answering, seconds)

    def answered(self, message: str, **how: Any) -> dict[str, Any]:
        """The result of a message that is answered at once."""
        task = self.say(message, **how).body["task_id"]
        self.work()
        return self.status(task, **{k: v for k, v in how.items() if k != "session"}).body

    def sweep(self) -> int:
        return sweep(self.at.tasks)

    def events(self) -> list[str]:
        """Types of all events in the outbox."""
        return [i["type"] for i in self.tables.all("crm") if i["sk"].startswith("event#")]

    def rows(self, prefix: str) -> list[dict[str, Any]]:
        return [i for i in self.tables.all("chat") if i["sk"].startswith(prefix)]
