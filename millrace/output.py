"""What a command says: results on the standard output, everything else on the error output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import typer

_WIDTH_OF_PIPES: Final = 1_000


def say(text: str) -> None:
    """A word to the person, kept out of what a program reads."""
    typer.echo(_harmless(text), err=True)


def line(text: str) -> None:
    """One line of the result."""
    typer.echo(_harmless(text))


def piece(text: str) -> None:
    """A part of a line of the result, shown at once."""
    typer.echo(_harmless(text), nl=False)


def document(value: Any) -> None:
    """The result as one JSON document."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def result(value: Any, text: str, *, as_json: bool) -> None:
    """The result as one JSON document, or as a line for a person."""
    if as_json:
        document(value)
    else:
        line(text)


def passing(value: Any, text: str, *, as_json: bool) -> None:
    """One part of a result that goes on: JSON on a line of its own, or a line for a person."""
    if as_json:
        typer.echo(json.dumps(value, ensure_ascii=False))
    else:
        line(text)


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str, ids: bool = True
) -> None:
    """The result as a table; without rows a sentence instead.

    Args:
        ids: the last column has ids, which are never broken, so that they can be copied.
    """
    if not rows:
        say(empty)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns, start=1):
        shown.add_column(column, overflow="fold", no_wrap=ids and number == len(columns))
    for row in rows:
        # Text and not a string: what others wrote is no markup.
        shown.add_row(*(Text(_harmless(cell)) for cell in row))
    # A pipe has no width: cells stay whole, so that they can be searched and copied.
    width = None if sys.stdout.isatty() else _WIDTH_OF_PIPES
    Console(width=width, highlight=False).print(shown)


@contextmanager
def progress(text: str, *, shown: bool = True) -> Iterator[None]:
    """Says what takes long while it does, where a person looks on."""
    if not (shown and sys.stderr.isatty()):
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


def _harmless(text: str) -> str:
    """The text without what a terminal would obey: some of it was written by strangers."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)


def moment(stamp: str) -> str:
    """An RFC 3339 moment, short enough for a table: `2026-01-15 10:30:00Z`."""
    return f"{stamp[:10]} {stamp[11:19]}Z" if len(stamp) >= 19 else stamp
