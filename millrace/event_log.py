"""`millrace events` over the API: the log, consumers, publishing, replays, rebuilding."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import typer

from millrace.api import Api, Document, part
from millrace.events import read_data
from millrace.failing import CommandError, MisuseError
from millrace.options import LOCAL_API, AsJson, Personal, Token, Url, asking
from millrace.output import document, line, moment, progress, result, say, table

Since = Annotated[str, typer.Option(metavar="TIME|AGO", help="A moment, or 90m, 6h, 2d ago.")]
Until = Annotated[str | None, typer.Option(metavar="TIME|AGO", help="Not included; else now.")]
Type = Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Only this type.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")]

_AGO: Final = {"m": "minutes", "h": "hours", "d": "days"}
_POLL_SECONDS: Final = 0.5


def log_of_events(
    event_type: Type = None,
    entity: Annotated[str | None, typer.Option(metavar="KIND/ID", help="E.g. lead/0190….")] = None,
    since: Since = "1d",
    until: Until = None,
    limit: Limit = 100,
    personal: Personal = False,
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """What happened, oldest first; kept for a year."""
    window = {"since": _moment(since), "until": _moment(until) if until else None}
    with Api(url, token) as api, progress("Reading the log ...", shown=not as_json):
        asked = {"type": event_type, "entity": entity, **window, "personal": asking(personal)}
        found = list(api.listed("/events/", "events", limit, **asked))
    if as_json:
        document({"events": found})
        return
    table(
        ["at", "type", "entity", "actor", "id"],
        [
            [moment(e["time"]), e["type"], e["entity"] or "-", e["actor"] or "-", e["id"]]
            for e in found
        ],
        empty="nothing happened in this window",
    )


def consumers(as_json: AsJson = False, url: Url = LOCAL_API, token: Token = None) -> None:
    """The durable consumers there are."""
    with Api(url, token) as api:
        found = api.get("/events/consumers/")
    if as_json:
        document(found)
        return
    table(
        ["consumer", "hears", "order", "what it does"],
        [
            [c["name"], ", ".join(c["types"] or c["topics"]) or "everything",
             "by entity" if c["ordered"] else "-", c["about"]]
            for c in found["consumers"]
        ],
        empty="there are none",
        ids=False,
    )  # fmt: skip


def publish(
    event_type: Annotated[str, typer.Argument(metavar="TYPE", help="As `events types` names it.")],
    data: Annotated[
        str, typer.Option(metavar="JSON|@FILE", help="An object; @- reads the standard input.")
    ] = "{}",
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """Publish an event as yourself, with your rights."""
    with Api(url, token) as api:
        made = api.post("/events/", {"type": event_type, "data": read_data(data)})
    result(made, f"{made['id']}  {made['type']} is on its way", as_json=as_json)


def replay(
    consumer: Annotated[str, typer.Argument(help="As `events consumers` names it.")],
    since: Since = "1h",
    until: Until = None,
    event_type: Type = None,
    effects: Annotated[
        bool, typer.Option("--effects", help="Also what has effects outside, e.g. mails.")
    ] = False,
    per_second: Annotated[int, typer.Option(min=1, max=200, help="Events a second.")] = 50,
    wait: Annotated[bool, typer.Option(help="Wait for its end.")] = True,
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """Send a window of events to one consumer again; it handles what it missed."""
    asked = {
        "consumer": consumer,
        "since": _moment(since),
        "until": _moment(until or "0m"),
        "type": event_type,
        "effects": effects,
        "per_second": per_second,
    }
    with Api(url, token) as api, progress("Replaying ...", shown=not as_json):
        found = api.post("/events/replays/", asked)
        while wait and found["status"] == "running":
            time.sleep(_POLL_SECONDS)
            found = api.get(f"/events/replays/{part(found['id'])}/")
    _told(found, as_json=as_json)


def replays(
    replay_id: Annotated[str | None, typer.Argument(metavar="REPLAY", help="Only this.")] = None,
    cancel: Annotated[bool, typer.Option("--cancel", help="End it.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with it.")] = False,
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """Replays and how far they are; with --cancel or --resume, one is ended or goes on."""
    if replay_id is None:
        if cancel or resume:
            raise MisuseError("name the replay that shall end or go on")
        with Api(url, token) as api:
            _list(list(api.listed("/events/replays/", "replays", 100)), as_json=as_json)
        return
    path = f"/events/replays/{part(replay_id)}/"
    with Api(url, token) as api:
        if cancel:
            found = api.delete(path)
        else:
            found = api.post(f"{path}resume/") if resume else api.get(path)
    _told(found, as_json=as_json)


def rebuild(
    kind: Annotated[str, typer.Argument(help="lead")],
    entity_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """Rebuild an entity from its events; exit code 1 if its row says something else."""
    if kind != "lead":
        raise MisuseError(f"{kind}: only a lead can be rebuilt")
    with Api(url, token) as api:
        found = api.get(f"/leads/{part(entity_id)}/rebuilt/")
    if as_json:
        document(found)
    else:
        line(json.dumps(found["rebuilt"], indent=2, ensure_ascii=False))
    if not found["differences"]:
        say(f"{found['version']} events say what the row says")
        return
    names = ", ".join(one["field"] for one in found["differences"])
    raise CommandError(f"row and events differ in {names}")


def _told(found: Document, *, as_json: bool) -> None:
    text = (
        f"{found['id']}  {found['status']}: {found['sent']} sent to {found['consumer']}, "
        f"{found['passed']} not heard by it"
    )
    result(found, text, as_json=as_json)
    if found["status"] == "failed":
        raise CommandError(str(found["error"]))


def _list(found: list[Document], *, as_json: bool) -> None:
    if as_json:
        document({"replays": found})
        return
    rows: list[list[Any]] = [
        [moment(r["started_at"]), r["consumer"], r["status"], str(r["sent"]), r["id"]]
        for r in found
    ]
    table(["started", "consumer", "status", "sent", "replay"], rows, empty="none yet")


def _moment(text: str) -> str:
    """`90m` as the moment that long ago; a moment as it is."""
    number, unit = text[:-1], text[-1:]
    if unit in _AGO and number.isdigit():
        return (datetime.now(UTC) - timedelta(**{_AGO[unit]: int(number)})).isoformat()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise MisuseError(f"{text!r} is no moment; write 2026-03-01T12:00:00Z or 6h") from None
    return (found if found.tzinfo else found.astimezone()).isoformat()


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "log": log_of_events,
    "consumers": consumers,
    "publish": publish,
    "replay": replay,
    "replays": replays,
    "rebuild": rebuild,
}
"""What `millrace events` has beside the bus's own commands."""
