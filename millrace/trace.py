"""`millrace trace`: everything that one correlation id touched, in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from millrace.api import Api, Document, part
from millrace.options import LOCAL_API, AsJson, Personal, Token, Url, asking
from millrace.output import document, line, moment, progress, table

Row = list[str]


def trace(
    an_id: Annotated[
        str, typer.Argument(metavar="ID", help="A correlation id, a run's id or an event's id.")
    ],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many steps.")] = 1_000,
    personal: Personal = False,
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """Everything that one correlation id touched, in order."""
    with Api(url, token) as api, progress("Following the trace ...", shown=not as_json):
        # Any of its ids finds a trace; its pages go by the correlation id.
        correlation_id = api.get(f"/trace/{part(an_id)}/", limit=1)["correlation_id"]
        path = f"/trace/{part(correlation_id)}/"
        steps = list(api.listed(path, "steps", limit, personal=asking(personal)))
    if as_json:
        document({"correlation_id": correlation_id, "steps": steps})
        return
    line(f"correlation {correlation_id}")
    found = (row for step in steps for row in _rows(step))
    rows = sorted(found, key=lambda row: datetime.fromisoformat(row[0]))
    table(
        ["at", "what", "about", "outcome", "id"],
        [[moment(at), *rest] for at, *rest in rows],
        empty="nothing",
    )


def _rows(step: Document) -> Iterator[Row]:
    """What one step shows: the event, the runs it started, where it was given up."""
    if event := step["event"]:
        yield [event["time"], event["type"], event["entity"] or "-", "", event["id"]]
    for run in step["runs"]:
        failed = f"failed at {run['node']}: {run['error']}" if run.get("error") else "completed"
        what = f"{run['pipeline']} for {run['event_type']}"
        yield [run["started_at"], what, run["source"], failed, run["execution_id"]]
    if run := step.get("workflow"):
        what, error = f"workflow {run['workflow_id']}", run["error"] or {}
        failed = f": {error.get('message', '')}" if error else ""
        yield [run["started_at"], what, "-", f"{run['status']}{failed}", run["id"]]
    for entry in step["quarantined"]:
        about = f"{entry['consumer']} for {entry['event_type']}"
        yield [entry["at"], about, "-", f"{entry['status']}: {entry['error']}", entry["id"]]
