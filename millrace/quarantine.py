"""`millrace quarantine`: events that a consumer failed at for the last time."""

from __future__ import annotations

from typing import Annotated

import typer

from millrace.api import Api, part
from millrace.options import LOCAL_API, AsJson, Token, Url
from millrace.output import document, line, moment, progress, result, table

app = typer.Typer(help="Events that a consumer failed at for the last time.")

Entry = Annotated[str, typer.Argument(metavar="ENTRY", help="As `quarantine list` shows it.")]
Everything = Annotated[
    bool, typer.Option("--all", help="Also those that were redriven or discarded.")
]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="Look at so many entries at most.")]


@app.command("list")
def list_entries(
    everything: Everything = False,
    limit: Limit = 100,
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """Quarantined events, newest first."""
    with Api(url, token) as api, progress("Reading the quarantine ...", shown=not as_json):
        listed = api.listed("/events/quarantine/", "entries", limit)
        found = [e for e in listed if everything or e["status"] == "quarantined"]
    found.sort(key=lambda entry: str(entry["at"]), reverse=True)
    if as_json:
        document({"entries": found})
        return
    table(
        ["at", "status", "event", "consumer", "error", "entry"],
        [
            [moment(e["at"]), e["status"], e["event_type"],
             f"{e['consumer']}/{e['node']}" if e.get("node") else e["consumer"],
             e["error"], e["id"]]
            for e in found
        ],
        empty="nothing is in quarantine",
    )  # fmt: skip


@app.command()
def show(entry: Entry, as_json: AsJson = False, url: Url = LOCAL_API, token: Token = None) -> None:
    """One of them, with the message."""
    with Api(url, token) as api:
        found = api.get(f"/events/quarantine/{part(entry)}/")
    if as_json:
        document(found)
        return
    for name in ("id", "status", "event_type", "consumer", "node", "error", "attempts", "at"):
        line(f"{name:11} {found.get(name) or '-'}")
    line(f"\n{found['body']}")


@app.command()
def redrive(
    entry: Entry, as_json: AsJson = False, url: Url = LOCAL_API, token: Token = None
) -> None:
    """Send the message to its consumer again, once the cause is mended."""
    with Api(url, token) as api:
        found = api.post(f"/events/quarantine/{part(entry)}/redrive/")
    result(found, f"{found['id']} is on its way to {found['consumer']}", as_json=as_json)


@app.command()
def discard(
    entry: Entry, as_json: AsJson = False, url: Url = LOCAL_API, token: Token = None
) -> None:
    """Give an event up; it stays listed as discarded."""
    with Api(url, token) as api:
        found = api.delete(f"/events/quarantine/{part(entry)}/")
    result(found, f"{found['id']} is discarded", as_json=as_json)
