"""Warm calls: a lead read and a lead posted through the CRM's handler, beside a bare function.

What is measured: the handler as Lambda calls it, with an API Gateway event of format 2.0 that
carries the authorizer's context, and DynamoDB answered by a canned server on the loopback, a
process of its own: real boto3, real signatures, real sockets. Each call is timed by itself, the
two sides in turns; processor time is that of this process alone.

The bare function makes the very calls that the handler makes, recorded from it, in their order,
with a client as boto3 gives it, and answers with the body that the handler answered. It routes
nothing, checks nobody, validates nothing, builds no event: no function can do less and still read
or write what this one does.
"""

from __future__ import annotations

import copy
import json
import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from benchmarks.canned_dynamodb import canned
from benchmarks.measuring import Samples, interleaved, rounds_asked, table

Handler = Callable[[dict[str, Any]], Any]
TENANT: Final = "acme"
LEAD_ID: Final = "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"
BODY: Final = {
    "name": "Jane Doe", "company": "Example Corp", "email": "jane@example.com", "value": 75_000,
    "project_budget": "100k+", "services": ["AI automation"], "notes": "Wants a demo in May.",
}  # fmt: skip
TARGETS: Final = {"GET": "<= 1.5", "POST": ""}


def main() -> None:
    """Measures and prints."""
    rounds = rounds_asked(__doc__, 400)
    _settle_environment()
    with canned(_answers()) as address:
        os.environ["AWS_ENDPOINT_URL"] = address
        handler = _handler()
        rows = []
        for name, event in (("GET", _event("GET")), ("POST", _event("POST"))):
            calls, answer = _recorded(handler, event)
            bare = _bare(calls, answer)
            cpu, wall = _measured({"ours": handler, "bare": bare}, event, rounds)
            rows.append(_row(name, calls, cpu, wall))
    table(
        f"Warm calls, Python {platform.python_version()}, {rounds} rounds: medians, least in "
        "brackets, ratios of these",
        ("call", "x bare, CPU", "x bare, wall", "target", "CPU µs", "bare", "wall µs", "bare's",
         "boto3 calls"),
        rows,
    )  # fmt: skip


def _settle_environment() -> None:
    os.environ.update(
        CRM_TABLE="crm", INBOX_TABLE="inbox", EXECUTIONS_TABLE="executions",
        EVENT_LOG_TABLE="event_log", REPLAY_QUEUE_URL="q", PROJECTIONS_TABLE="projections",
        AUDIT_TABLE="audit", EVENTS_BUCKET="events", DATA_KEY_ID="key",
        WEBHOOKS_TABLE="webhooks", WEBHOOK_QUEUE_URL="q",
        IDENTITY_TABLE="identity",
        QUARANTINE_TABLE="quarantine", CURSOR_SECRET_ARN="secret", POWERTOOLS_SERVICE_NAME="crm",
        AWS_ACCESS_KEY_ID="AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY="example",
        AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true",
    )  # fmt: skip


def _answers() -> dict[str, Any]:
    """One lead, third in its column, of a board that has counters."""
    from shared.crm.board import board_keys
    from shared.crm.lead import Lead
    from shared.platform.dynamo import _wire

    now = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    lead = Lead(
        **{**BODY, "value": Decimal(75_000)}, id=LEAD_ID, status="Interest", created_at=now,
        updated_at=now, version=1, rank="a3",
    )  # fmt: skip
    state = lead.model_dump(exclude={"card_order"}, exclude_none=True)
    keys = {"pk": f"{TENANT}#lead#{LEAD_ID}", "sk": "state", "rank": "a3"}
    state |= {"created_at": now.isoformat(), "updated_at": now.isoformat()}
    item = _wire({**state, **board_keys(TENANT, lead), **keys})
    card = {**item, "total": {"N": "3"}}
    return {
        "GetItem": {"Item": item},
        "Count": {"Count": 2, "ScannedCount": 2},
        "Query": {"Items": [card], "Count": 1, "ScannedCount": 1},
        "TransactWriteItems": {},
        "UpdateItem": {"Attributes": {"used": {"N": "1"}}},
    }


def _handler() -> Handler:
    from functions.crm.handler import handler

    return lambda event: handler(event, None)  # type: ignore[arg-type]


def _event(method: str) -> dict[str, Any]:
    path = f"/leads/{LEAD_ID}/" if method == "GET" else "/leads/"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "host": "localhost", "authorization": "Bearer x", "accept": "application/json",
            "content-type": "application/json", "user-agent": "benchmark",
            "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https",
        },
        "requestContext": {
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7", "userAgent": "benchmark",
            },
            "requestId": "r-1",
            "authorizer": {"lambda": {"tenant": TENANT, "subject": "jo", "role": "admin"}},
        },
        "isBase64Encoded": False,
    }  # fmt: skip
    return event if method == "GET" else {**event, "body": json.dumps(BODY)}


def _recorded(handler: Handler, event: dict[str, Any]) -> tuple[list[tuple[str, Any]], Any]:
    """The calls that the handler makes for an event, and what it answers."""
    from shared.platform.aws import client

    calls: list[tuple[str, Any]] = []

    def note(params: Any, model: Any, **_: Any) -> None:
        calls.append((model.name, copy.deepcopy(params)))

    handler(event)  # takes a share of the tenant's rate, which lasts for many calls
    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", note)
    answer = handler(event)
    events.unregister("provide-client-params.dynamodb", note)
    if answer["statusCode"] >= 300:
        raise RuntimeError(f"the handler refused: {answer}")
    return calls, answer


def _bare(calls: list[tuple[str, Any]], answer: Any) -> Handler:
    import boto3
    from botocore import xform_name

    dynamodb = boto3.client("dynamodb")
    steps = [(getattr(dynamodb, xform_name(name)), params) for name, params in calls]
    body = json.loads(answer["body"])

    def function(event: dict[str, Any]) -> Any:
        for call, params in steps:
            call(**params)
        return {**answer, "body": json.dumps(body)}

    return function


def _measured(
    sides: dict[str, Handler], event: dict[str, Any], rounds: int
) -> tuple[dict[str, Samples], dict[str, Samples]]:
    """Processor and wall time of each side, call by call."""
    wall: dict[str, list[float]] = {name: [] for name in sides}

    def case(name: str) -> Callable[[], float]:
        side = sides[name]

        def once() -> float:
            begun, used = time.perf_counter(), time.process_time()
            side(event)
            spent = time.process_time() - used
            wall[name].append(time.perf_counter() - begun)
            return spent

        return once

    cases = {name: case(name) for name in sides}
    interleaved(cases, min(rounds, 50))  # connections, caches
    for taken in wall.values():
        taken.clear()
    cpu = interleaved(cases, rounds)
    return cpu, {name: Samples(tuple(taken)) for name, taken in wall.items()}


def _row(
    name: str, calls: list[tuple[str, Any]], cpu: dict[str, Samples], wall: dict[str, Samples]
) -> list[str]:
    ratios = [
        f"{taken['ours'].median / taken['bare'].median:.2f} "
        f"({taken['ours'].least / taken['bare'].least:.2f})"
        for taken in (cpu, wall)
    ]
    times = [
        f"{taken[side].median * 1e6:.0f} ({taken[side].least * 1e6:.0f})"
        for taken in (cpu, wall)
        for side in ("ours", "bare")
    ]
    made = ", ".join(call for call, _ in calls)
    return [f"{name} a lead", *ratios, TARGETS[name], *times, made]


if __name__ == "__main__":
    main()
