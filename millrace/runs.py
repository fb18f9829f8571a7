"""`millrace runs`: what pipelines did."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated, Final

import typer

from millrace.api import Api, Document, RefusedError, part
from millrace.failing import CommandError
from millrace.options import LOCAL_API, AsJson, AsJsonLines, Count, Seconds, Token, Url
from millrace.output import document, line, moment, passing, progress, say, table

app = typer.Typer(help="What pipelines did.")

Pipeline = Annotated[str | None, typer.Argument(help="Only this pipeline's; else those of all.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")]
_POLL_SECONDS: Final = 1.0
_SHOWN_AT_ONCE: Final = 100


@app.command("list")
def list_runs(
    pipeline: Pipeline = None,
    limit: Limit = 20,
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """Runs, newest first."""
    with Api(url, token) as api, progress("Reading runs ...", shown=not as_json):
        found = newest(api, pipeline, limit)
    if as_json:
        document({"runs": found})
        return
    table(
        ["started", "pipeline", "event", "status", "run"],
        [_row(run) for run in found],
        empty="no runs yet; an event that starts a pipeline makes one",
    )


@app.command()
def show(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="As `runs list` shows it.")],
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """One run, node by node; an event that ran several pipelines has a run in each."""
    with Api(url, token) as api:
        found = [run for name in pipelines(api) if (run := _one(api, name, run_id))]
    if not found:
        raise CommandError(f"no pipeline has a run {run_id}; `millrace runs list` shows those")
    if as_json:
        document({"runs": found})
        return
    for run in found:
        _show(run)


@app.command()
def tail(
    pipeline: Pipeline = None,
    count: Count = None,
    seconds: Seconds = None,
    as_json: AsJsonLines = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """New runs as they end, until Ctrl-C; a run that is tried again shows once per attempt."""
    until = None if seconds is None else time.monotonic() + seconds
    left = count
    try:
        with Api(url, token) as api:
            for run in _new_runs(api, pipeline, until):
                passing(run, "  ".join(_row(run)), as_json=as_json)
                left = None if left is None else left - 1
                if left == 0:
                    return
    except KeyboardInterrupt:
        return


def pipelines(api: Api) -> list[str]:
    """The names of all pipelines."""
    return [str(pipeline["name"]) for pipeline in api.get("/pipelines/")["pipelines"]]


def newest(api: Api, pipeline: str | None, limit: int) -> list[Document]:
    """The newest runs of one pipeline or of all."""
    names = [pipeline] if pipeline else pipelines(api)
    found = [
        run for name in names for run in api.listed(f"/pipelines/{part(name)}/runs/", "runs", limit)
    ]
    return sorted(found, key=lambda run: str(run["started_at"]), reverse=True)[:limit]


def _new_runs(api: Api, pipeline: str | None, until: float | None) -> Iterator[Document]:
    seen = {_identity(run) for run in newest(api, pipeline, _SHOWN_AT_ONCE)}
    say("Waiting for runs; Ctrl-C stops.")
    while until is None or time.monotonic() < until:
        for run in reversed(newest(api, pipeline, _SHOWN_AT_ONCE)):
            if _identity(run) not in seen:
                seen.add(_identity(run))
                yield run
        time.sleep(_POLL_SECONDS)


def _identity(run: Document) -> tuple[str, str, int]:
    return run["pipeline"], run["execution_id"], run["attempt"]


def _one(api: Api, pipeline: str, run_id: str) -> Document | None:
    try:
        return api.get(f"/pipelines/{part(pipeline)}/runs/{part(run_id)}/")
    except RefusedError as error:
        if error.status == 404:
            return None
        raise


def _row(run: Document) -> list[str]:
    status = f"failed at {run['node']}" if run.get("node") else str(run["status"])
    return [
        moment(run["started_at"]), run["pipeline"], run["event_type"], status, run["execution_id"],
    ]  # fmt: skip


def _show(run: Document) -> None:
    line(f"{run['pipeline']}  {run['execution_id']}")
    line(f"  event        {run['event_type']} of {run['source']}")
    line(f"  status       {run['status']}, attempt {run['attempt']}")
    line(f"  started      {run['started_at']}, ended {run['ended_at']}")
    if run.get("correlation_id"):
        line(f"  correlation  {run['correlation_id']}")
    if run.get("error"):
        line(f"  error        {run.get('node') or 'no node'}: {run['error']}")
    table(
        ["node", "status", "route", "attempt", "ms"],
        [
            [str(step.get(name, "")) for name in ("node", "status", "route", "attempt", "ms")]
            for step in run["trace"]
        ],
        empty="  no node ended",
    )
    for name, value in run["result"].items():
        line(f"  {name}: {value}")
