"""`millrace events`: what passes the bus, and what may."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from millrace.addresses import is_laptop
from millrace.aws import reached
from millrace.failing import CommandError, MisuseError
from millrace.options import (
    BUS,
    LOCAL_AWS,
    AsJson,
    AsJsonLines,
    AwsUrl,
    Bus,
    Count,
    Personal,
    Seconds,
)
from millrace.output import document, moment, passing, progress, result, say, table
from millrace.tailing import Arrived, tailed

if TYPE_CHECKING:
    from shared.events.catalog import EventType

app = typer.Typer(help="What passes the bus, and what may.")

_DEMO_SOURCE: Final = "demo.website"
_OWN_PREFIX: Final = "millrace."
_LARGEST_BYTES: Final = 256 * 1024


@app.command()
def put(
    event_type: Annotated[str, typer.Argument(metavar="TYPE", help="As `events types` names it.")],
    data: Annotated[
        str, typer.Option(metavar="JSON|@FILE", help="An object; @- reads the standard input.")
    ] = "{}",
    source: Annotated[
        str | None,
        typer.Option(
            envvar="MILLRACE_SOURCE",
            help=f"A source that is registered for the tenant; on a laptop {_DEMO_SOURCE}.",
        ),
    ] = None,
    bus: Bus = BUS,
    as_json: AsJson = False,
    aws_url: AwsUrl = LOCAL_AWS,
) -> None:
    """Put an event of an outside source on the bus."""
    speaker = _speaker(source, aws_url)
    detail = _checked(event_type, read_data(data))
    entry = {
        "EventBusName": bus,
        "Source": speaker,
        "DetailType": event_type,
        "Detail": json.dumps(detail, ensure_ascii=False),
    }
    if sum(len(text.encode()) for text in entry.values()) > _LARGEST_BYTES:
        raise CommandError(f"{event_type} is larger than the {_LARGEST_BYTES:,} bytes of an event")
    with reached(aws_url) as aws, progress("Putting the event ...", shown=not as_json):
        put_entry = aws.client("events").put_events(Entries=[entry])["Entries"][0]
    if "EventId" not in put_entry:
        raise CommandError(f"the bus refused {event_type}: {put_entry.get('ErrorMessage')}")
    said = {"id": put_entry["EventId"], "type": event_type, "source": speaker, "bus": bus}
    result(said, f"{said['id']}  {event_type} of {speaker} is on {bus}", as_json=as_json)


@app.command()
def tail(
    types: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Only such; repeatable.")
    ] = None,
    count: Count = None,
    seconds: Seconds = None,
    bus: Bus = BUS,
    personal: Personal = False,
    as_json: AsJsonLines = False,
    aws_url: AwsUrl = LOCAL_AWS,
) -> None:
    """Events as they pass the bus, until Ctrl-C; what Millrace sealed stays sealed."""
    from shared.events.personal import without_personal

    until = float("inf") if seconds is None else time.monotonic() + seconds
    left = float("inf") if count is None else count
    try:
        with reached(aws_url) as aws, tailed(aws, bus, types or []) as take:
            say(f"Waiting for events on {bus}; Ctrl-C stops.")
            while left > 0 and (rest := until - time.monotonic()) > 0:
                for event in take(rest)[: int(min(left, 10))]:
                    shown = event if personal else without_personal(event)
                    passing(shown, _shown(event), as_json=as_json)
                    left -= 1
    except KeyboardInterrupt:
        return


@app.command("types")
def list_types(as_json: AsJson = False) -> None:
    """The types of the catalogue."""
    from shared.events.catalog import all_types

    kinds = all_types()
    if as_json:
        document({"types": [_described(kind) for kind in kinds]})
        return
    table(
        ["type", "what happened", "data"],
        [[kind.name, _what(kind), ", ".join(_fields(kind))] for kind in kinds],
        empty="the catalogue is empty",
        ids=False,
    )


def _described(kind: EventType) -> dict[str, Any]:
    return {
        "name": kind.name,
        "version": kind.version,
        "topics": list(kind.topics),
        "aliases": list(kind.aliases),
        "what": _what(kind),
        "fields": _fields(kind),
        "sample": dict(kind.sample),
    }


def _what(kind: EventType) -> str:
    return (kind.model.__doc__ or "").strip()


def _fields(kind: EventType) -> list[str]:
    """The fields of its data; those that may be absent with a question mark."""
    fields = kind.model.model_fields.items()
    return [name if field.is_required() else f"{name}?" for name, field in fields]


def _speaker(source: str | None, aws_url: str) -> str:
    if source is None:
        if not is_laptop(aws_url):
            raise MisuseError("--source is missing; name one that is registered for the tenant")
        return _DEMO_SOURCE
    if source.startswith(_OWN_PREFIX):
        raise MisuseError(f"--source {source}: only the outbox speaks for {_OWN_PREFIX}*")
    return source


def read_data(text: str) -> dict[str, Any]:
    """The object that `--data` names.

    Raises:
        MisuseError: there is none.
    """
    try:
        if text == "@-":
            text = sys.stdin.read()
        elif text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
        found = json.loads(text)
    except OSError as error:
        raise MisuseError(f"--data {text}: {error.strerror}") from None
    except ValueError as error:
        raise MisuseError(f"--data is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise MisuseError('--data is no object; write it as {"name": "Ann"}')
    return found


def _checked(event_type: str, data: dict[str, Any]) -> dict[str, Any]:
    from shared.events.catalog.registry import (
        InvalidEventDataError,
        UnknownEventTypeError,
        lookup,
    )

    try:
        lookup(event_type).check(data)
    except UnknownEventTypeError:
        say(f"{event_type} is not in the catalogue: unchecked, and no pipeline starts on it")
    except InvalidEventDataError as error:
        raise CommandError(f"--data does not fit: {error}") from None
    return data


def _shown(event: Arrived) -> str:
    """One line: our own events by their own id, those of others by the bus's."""
    detail = event["detail"]
    own = event["source"].startswith(_OWN_PREFIX)
    about = f"{detail.get('tenant')}  {detail.get('subject', '-')}  " if own else ""
    stamp = str(detail["time"]) if own else str(event["time"])
    which = detail["id"] if own else event["id"]
    return f"{moment(stamp)}  {event['detail-type']}  {event['source']}  {about}{which}"
