"""What routes are given: the caller, the services, the cursors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Annotated

from fastapi import Depends, Request

from functions.crm.cursors import Cursors
from functions.crm.once import Once
from functions.crm.settings import ConsumerFacts, settings
from functions.web.access import PrincipalDep
from functions.web.problems import BadRequestError
from shared.consumers.replays import Replays
from shared.crm.days import LeadDays, lead_days
from shared.crm.idempotency import Attempt, Idempotency
from shared.crm.leads import Caller, Leads
from shared.crm.publishing import Publishing
from shared.crm.rebuilding import LeadComparison, compare
from shared.crm.suppressed import SuppressedAddresses
from shared.events.claims import Blobs, Claims
from shared.events.data_keys import DataKeys, Kms
from shared.events.figures import Figure, figures
from shared.events.log import EventLog
from shared.events.quarantine import Quarantine
from shared.events.sealing import Seals
from shared.identity.public_keys import PublicKeys
from shared.pipelines.calling import Calls, Deployed
from shared.pipelines.event_tasks import EventTasks
from shared.pipelines.runs import Runs
from shared.pipelines.tracing import Traces
from shared.platform.blobs import S3Blobs
from shared.platform.clock import Clock, utc_now
from shared.platform.dynamo import DynamoTables
from shared.platform.functions import Functions, LambdaFunctions
from shared.platform.kms import KmsKeys
from shared.platform.machines import Machines, StepFunctionsMachines
from shared.platform.queues import Queues, SqsQueues
from shared.platform.secrets import secret_value
from shared.platform.tables import Tables

_WAIT_SECONDS = 25
"""API Gateway gives up after 30."""
_ETAG = re.compile(r'(?:W/)?"(\d+)"')


@dataclass(frozen=True, slots=True)
class Services:
    """Everything behind the routes, wired once per process."""

    leads: Leads
    quarantine: Quarantine
    runs: Runs
    queues: Queues
    cursors: Cursors
    pipelines: Mapping[str, Sequence[str]]
    """Those that there are, and the event types that start them."""
    consumers: Mapping[str, ConsumerFacts]
    """The durable consumers that there are."""
    event_log: EventLog
    claims: Claims
    """Data too large for the bus."""
    seals: Seals
    """What is personal in events, as the log has them."""
    rebuilt: Callable[[str, str], LeadComparison]
    """A tenant's lead from its events, beside its row."""
    publishing: Publishing
    replays: Replays
    replay_queue: str
    lead_days: Callable[[str, str, str], LeadDays]
    """Counts of a tenant from one day to another."""
    figures: Callable[[str, date, date], Iterable[Figure]]
    """What became of a tenant's events from one day to another."""
    traces: Traces
    public_keys: PublicKeys
    suppressed: SuppressedAddresses
    calls: Calls
    once: Once
    tasks: EventTasks


@dataclass(frozen=True, slots=True)
class Runners:
    """What runs a pipeline, or a node of one."""

    machines: Machines
    functions: Functions


def build(
    tables: Tables,
    queues: Queues,
    cursors: Cursors,
    runners: Runners,
    clock: Clock = utc_now,
    blobs: Blobs | None = None,
    kms: Kms | None = None,
) -> Services:
    """The services on given ports; tests give fakes."""
    told = settings()
    claims = Claims(S3Blobs(told.events_bucket) if blobs is None else blobs)
    machines = told.pipeline_machines
    deployed = {p: Deployed(told.pipelines.get(p, ()), arn) for p, arn in machines.items()}
    quarantine = Quarantine(tables, told.quarantine_table, clock)
    runs = Runs(tables, told.executions_table)
    return Services(
        leads=Leads(tables, told.crm_table, told.inbox_table, clock),
        quarantine=quarantine,
        runs=runs,
        queues=queues,
        cursors=cursors,
        pipelines=told.pipelines,
        consumers=told.consumers,
        event_log=EventLog(tables, told.event_log_table, told.crm_table),
        claims=claims,
        seals=Seals(DataKeys(tables, told.identity_table, kms or KmsKeys(told.data_key_id), clock)),
        publishing=Publishing(tables, told.crm_table, told.inbox_table, clock, claims),
        rebuilt=partial(compare, tables, told.crm_table, claims=claims),
        replays=Replays(tables, told.event_log_table, clock),
        replay_queue=told.replay_queue_url,
        lead_days=partial(lead_days, tables, told.projections_table),
        figures=partial(figures, tables, told.projections_table),
        once=Once(Idempotency(tables, told.inbox_table, clock)),
        public_keys=PublicKeys(tables, told.identity_table, clock),
        suppressed=SuppressedAddresses(tables, told.crm_table),
        traces=Traces(tables, told.crm_table, told.executions_table, quarantine, told.pipelines),
        calls=Calls(tables, runners.machines, runners.functions, runs, deployed, clock),
        tasks=EventTasks(tables, told.crm_table, runs, quarantine, told.pipelines, clock, claims),
    )


@lru_cache(maxsize=1)
def aws_services() -> Services:
    """The services on AWS."""
    arn = settings().cursor_secret_arn
    cursors = Cursors(lambda: secret_value(arn).encode())
    runners = Runners(StepFunctionsMachines(_WAIT_SECONDS), LambdaFunctions(_WAIT_SECONDS, 1))
    return build(DynamoTables(), SqsQueues(), cursors, runners)


async def services(request: Request) -> Services:
    """The services of this app."""
    found: Services = getattr(request.app.state, "services", None) or aws_services()
    return found


async def caller(request: Request, who: PrincipalDep) -> Caller:
    """Who changes something, with the version and the idempotency key that the headers name."""
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= 255:
        raise BadRequestError("Idempotency-Key", "not 1 to 255 characters", "send a UUID")
    attempt = None
    if key is not None:
        said = json.dumps(
            [request.method, request.url.path.rstrip("/"), (await request.body()).decode("latin-1")]
        )
        attempt = Attempt(who.subject, key, said)
    event = request.scope.get("aws.event", {})
    request_id = event.get("requestContext", {}).get("requestId", "")
    return Caller(who, request_id, _version(request.headers.get("if-match")), attempt)


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    if not (match := _ETAG.fullmatch(if_match.strip())):
        raise BadRequestError(
            "If-Match", "not an ETag of a lead", 'send the ETag as it came, e.g. "3"'
        )
    return int(match[1])


ServicesDep = Annotated[Services, Depends(services)]
CallerDep = Annotated[Caller, Depends(caller)]
