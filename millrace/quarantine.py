"""`millrace quarantine`: events that a consumer failed at for the last time."""

from __future__ import annotations

from typing import Annotated

import typer

from millrace.api import Api, part
from millrace.failing import MisuseError
from millrace.options import LOCAL_API, AsJson, Personal, Token, Url, asking
from millrace.output import document, line, moment, progress, result, table

app = typer.Typer(help="Events that a consumer failed at for the last time.")

Entry = Annotated[str, typer.Argument(metavar="ENTRY", help="As `quarantine list` shows it.")]
Maybe = Annotated[
    str | None, typer.Argument(metavar="ENTRY", help="As `quarantine list` shows it.")
]
Consumer = Annotated[
    str | None, typer.Option(metavar="NAME", help="Instead of one entry, all of this consumer.")
]
Error = Annotated[str | None, typer.Option(metavar="TEXT", help="Whose error holds this.")]
Type = Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Only of this type.")]
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
def show(
    entry: Entry,
    personal: Personal = False,
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """One of them, with the message."""
    with Api(url, token) as api:
        found = api.get(f"/events/quarantine/{part(entry)}/", personal=asking(personal))
    if as_json:
        document(found)
        return
    for name in ("id", "status", "event_type", "consumer", "node", "error", "attempts", "at"):
        line(f"{name:11} {found.get(name) or '-'}")
    line(f"\n{found['body']}")


@app.command()
def redrive(
    entry: Maybe = None,
    consumer: Consumer = None,
    error: Error = None,
    event_type: Type = None,
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """Send a message to its consumer again, once the cause is mended; or many by --consumer."""
    with Api(url, token) as api:
        if entry is None:
            done = _many(api, "redrive", consumer, error, event_type)
            result({"done": done}, f"{done} are on their way to {consumer}", as_json=as_json)
            return
        found = api.post(f"/events/quarantine/{part(entry)}/redrive/")
    result(found, f"{found['id']} is on its way to {found['consumer']}", as_json=as_json)


@app.command()
def discard(
    entry: Maybe = None,
    consumer: Consumer = None,
    error: Error = None,
    event_type: Type = None,
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """Give an event up, or many by --consumer; they stay listed as discarded."""
    with Api(url, token) as api:
        if entry is None:
            done = _many(api, "discard", consumer, error, event_type)
            result({"done": done}, f"{done} of {consumer} are discarded", as_json=as_json)
            return
        found = api.delete(f"/events/quarantine/{part(entry)}/")
    result(found, f"{found['id']} is discarded", as_json=as_json)


def _many(
    api: Api, what: str, consumer: str | None, error: str | None, event_type: str | None
) -> int:
    """Does it with all open entries of a consumer, page by page; how many they were."""
    if consumer is None:
        raise MisuseError("name an entry, or the consumer of many with --consumer")
    asked = {"consumer": consumer, "error": error, "type": event_type}
    done, cursor = 0, None
    while True:
        page = api.post(f"/events/quarantine/{what}/", {**asked, "cursor": cursor})
        done, cursor = done + int(page["done"]), page["cursor"]
        if cursor is None:
            return done
