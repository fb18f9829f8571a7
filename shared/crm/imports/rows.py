"""From a CSV to leads, row by row: separators, columns, values, and what is wrong with a row.

What is said of a row never repeats what stands in it: reports and events carry no personal data.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pydantic import ValidationError

from shared.crm.lead import STATUSES, NewLead

MAX_ROWS: Final = 2_000
COLUMNS: Final = tuple(name for name in NewLead.model_fields if name != "card_order")
_ALSO: Final = {"e_mail": "email", "telephone": "phone", "amount": "value"}
_STATUS: Final = {status.lower(): status for status in STATUSES}
_MENDS: Final = {
    "name": "give the lead a name of 1 to 200 characters",
    "value": "write an amount from 0 to 99,999,999.99 as 75000 or 75000.50",
    "status": f"write one of {', '.join(STATUSES)}, or leave it empty",
    "services": "write at most 20, of at most 200 characters, separated by |",
    "notes": "write at most 10,000 characters",
}


class UnreadableFileError(ValueError):
    """A file of which no row can be taken; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row."""

    line: int
    """Where the row ends in the file, the header being line 1."""
    field: str | None
    mend: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is a lead."""

    number: int
    """Counts the rows from 1; blank lines do not count."""
    lead: NewLead


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read."""

    rows: Sequence[Row | Problem]
    unknown_columns: tuple[str, ...]


def read(content: bytes) -> Table:
    """The rows of a file.

    Raises:
        UnreadableFileError: it is no CSV with a column for names, or has too many rows.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(f"line {line} is not UTF-8; save the file as UTF-8") from None
    head = text.partition("\n")[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = next(lines, [])
    except csv.Error:
        header = []
    columns = _columns(header)
    unknown = tuple(
        name.strip()[:100] for name, column in zip(header, columns, strict=True) if column is None
    )
    rows = list(_rows(lines, columns))
    return Table(rows, unknown)


def _columns(header: list[str]) -> list[str | None]:
    found: list[str | None] = []
    for title in header:
        name = title.strip().lower().replace(" ", "_").replace("-", "_")
        name = _ALSO.get(name, name)
        if name in found:
            raise UnreadableFileError(f"the column {name} stands twice; leave one of them out")
        found.append(name if name in COLUMNS else None)
    if "name" not in found:
        raise UnreadableFileError(
            f"the first line names no column `name`; name the columns there: {', '.join(COLUMNS)}"
        )
    return found


def _rows(lines: Any, columns: list[str | None]) -> Iterator[Row | Problem]:
    number = 0
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error:
            yield Problem(lines.line_num, None, 'mend its quotes: "..." around, "" within')
            continue
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        if number > MAX_ROWS:
            raise UnreadableFileError(f"more than {MAX_ROWS:,} rows; split the file")
        yield _row(number, lines.line_num, cells, columns)


def _row(number: int, line: int, cells: list[str], columns: list[str | None]) -> Row | Problem:
    if len(cells) > len(columns):
        mend = f"it has {len(cells)} fields, the header {len(columns)}; quote what has a separator"
        return Problem(line, None, mend)
    told = {
        name: cell.strip()
        for name, cell in zip(columns, cells, strict=False)
        if name is not None and cell.strip()
    }
    try:
        return Row(number, NewLead.model_validate(_values(told)))
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
    except InvalidOperation:
        field = "value"
    return Problem(line, field, _MENDS.get(field, "write at most 200 characters"))


def _values(told: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = dict(told)
    if "value" in told:
        values["value"] = Decimal(told["value"])
    if "services" in told:
        values["services"] = [part for part in map(str.strip, told["services"].split("|")) if part]
    if "status" in told:
        values["status"] = _STATUS.get(told["status"].lower(), told["status"])
    return values
