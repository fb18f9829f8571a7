"""What every route of the assistant is given, on AWS or on a test's fakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from functions.chat.settings import ChatSettings, settings
from functions.web.bare import SESSION_HEADER, BareHandler, Request, Route
from shared.assistant.conversations import paths
from shared.assistant.conversations.conversation import SESSION
from shared.assistant.conversations.conversations import Conversations
from shared.assistant.conversations.places import Places
from shared.assistant.conversations.tasks import Tasks
from shared.assistant.pending import TablePendings
from shared.identity.audit import Audit
from shared.identity.rate_limits import RateLimits
from shared.platform.clock import Clock, utc_now
from shared.platform.counters import Counters, DynamoCounters
from shared.platform.dynamo import DynamoTables
from shared.platform.queues import Queues, SqsQueues
from shared.platform.tables import Tables

COOKIE = "chat_session"


@dataclass(frozen=True, slots=True)
class Services:
    """Everything behind the routes."""

    places: Places
    conversations: Conversations
    tasks: Tasks
    pendings: TablePendings
    """What waits for the user's yes, which is over with the conversation."""
    queues: Queues
    queue_url: str
    limits: RateLimits
    audit: Audit
    told: ChatSettings


def build(
    told: ChatSettings,
    tables: Tables,
    queues: Queues,
    counters: Counters,
    clock: Clock = utc_now,
) -> Services:
    """The services on given ports."""
    places = Places(tables, told.chat_table, told.crm_table, told.limits, clock)
    conversations = Conversations(places)
    return Services(
        places=places,
        conversations=conversations,
        tasks=Tasks(places, conversations),
        pendings=TablePendings(tables, told.chat_table, clock),
        queues=queues,
        queue_url=told.chat_queue_url,
        limits=RateLimits(counters, told.inbox_table, clock),
        audit=Audit(tables, told.audit_table, clock),
        told=told,
    )


@lru_cache(maxsize=1)
def aws_services() -> Services:
    """The services on AWS, once per process."""
    return build(settings(), DynamoTables(), SqsQueues(), DynamoCounters())


def serving(at: Services, routes: Mapping[str, Route]) -> BareHandler:
    """The handler of some routes."""
    return BareHandler(at.told, routes, paths.own, at.limits, at.audit)


def session_of(request: Request) -> str:
    """The id of the session that a request names; it opens nothing that is not the caller's."""
    return request.headers.get(SESSION_HEADER.lower()) or request.cookies.get(COOKIE, "")


def cookie_of(session_id: str) -> str:
    """The cookie that names a session; it carries no rights."""
    age = int(SESSION.total_seconds())
    return f"{COOKIE}={session_id}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite=Lax"
