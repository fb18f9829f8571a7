"""One import: every row that is a lead becomes one, once; the rest is reported.

An import may be broken off and begin again, because time ran out or a message came twice: each row
has a key of its own that is written with its lead, and the import's event closes it for good.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from shared.crm.errors import AlreadyAnsweredError
from shared.crm.idempotency import Attempt
from shared.crm.imports.rows import Problem, Row, UnreadableFileError, read
from shared.crm.imports.upload import Upload
from shared.crm.leads import Caller, Leads
from shared.events import EntityRef, Event
from shared.events.outbox import STATE, Change, VersionConflictError, commit, partition
from shared.identity.principal import Principal
from shared.identity.rights import Right
from shared.platform.objects import Objects, TooLargeError
from shared.platform.tables import Tables

MAX_BYTES: Final = 5_000_000
TOLD_PROBLEMS: Final = 20
"""How many problems the event carries; the report has them all."""
_KEPT: Final = timedelta(days=30)
"""For how long a row is known: longer than a message can wait, with its time as a dead letter."""


class OutOfTimeError(Exception):
    """The time of this delivery is over; what was created stays, the next one goes on."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file."""

    import_id: str
    folder: str
    file: str
    created: int
    refused: int
    problems: tuple[Problem, ...]
    unknown_columns: tuple[str, ...]
    error: str | None = None
    """Why the whole file was refused."""


class Importer:
    """Imports files for tenants."""

    def __init__(self, leads: Leads, tables: Tables, table: str, objects: Objects) -> None:
        """`table` is the one of entities and their timelines."""
        self._leads = leads
        self._tables = tables
        self._table = table
        self._objects = objects

    def run(self, tenant: str, upload: Upload, out_of_time: Callable[[], bool]) -> Report | None:
        """Imports a file, or goes on with it; None if that was done before.

        Raises:
            OutOfTimeError: not all of it was done.
        """
        entity = EntityRef("import", upload.import_id)
        key = {"pk": partition(tenant, entity), "sk": STATE}
        if self._tables.get(self._table, key) is not None:
            return None
        report = self._import(tenant, upload, out_of_time)
        self._objects.write(upload.bucket, upload.report_key, _document(report))
        event = Event("import.completed", _data(report, upload), {"actor": _subject(upload)})
        state = {"file": upload.file, "created": report.created, "refused": report.refused}
        try:
            commit(self._tables, self._table, Change(tenant, entity, 0, state, (event,)))
        except VersionConflictError:
            return None  # another delivery of the same upload was faster
        return report

    def _import(self, tenant: str, upload: Upload, out_of_time: Callable[[], bool]) -> Report:
        try:
            content = self._objects.read(upload.bucket, upload.key, upload.version, MAX_BYTES)
            table = read(content)
        except (TooLargeError, UnreadableFileError) as error:
            return _report(upload, (), (), 0, str(error))
        created = 0
        for row in table.rows:
            if isinstance(row, Row):
                if out_of_time():
                    raise OutOfTimeError(f"{created} leads stand; the rest comes next")
                self._create(tenant, upload, row)
                created += 1
        problems = tuple(row for row in table.rows if isinstance(row, Problem))
        return _report(upload, problems, table.unknown_columns, created)

    def _create(self, tenant: str, upload: Upload, row: Row) -> None:
        subject = _subject(upload)
        key = f"{upload.import_id}#{row.number}"
        attempt = Attempt(subject, key, row.lead.model_dump_json(), _KEPT)
        # Not a member: nobody owns what came in a file.
        who = Principal(tenant, subject, "sales_rep", "key", frozenset({Right.LEADS_ADD}))
        caller = Caller(who, upload.event_id, attempt=attempt)
        try:
            self._leads.create(caller, row.lead)
        except AlreadyAnsweredError:
            return  # by an earlier delivery


def _subject(upload: Upload) -> str:
    return f"import:{upload.folder}"


def _report(
    upload: Upload,
    problems: tuple[Problem, ...],
    unknown: tuple[str, ...],
    created: int,
    error: str | None = None,
) -> Report:
    return Report(
        upload.import_id, upload.folder, upload.file, created, len(problems), problems, unknown,
        error,
    )  # fmt: skip


def _document(report: Report) -> str:
    return json.dumps(asdict(report), indent=2, ensure_ascii=False) + "\n"


def _data(report: Report, upload: Upload) -> dict[str, Any]:
    data: dict[str, Any] = asdict(report)
    data["problems"] = data["problems"][:TOLD_PROBLEMS]
    data["unknown_columns"] = data["unknown_columns"][:TOLD_PROBLEMS]
    return {**data, "report": upload.report_key}
