"""One delivery of an upload: import it, or let it come again, or put it into quarantine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from shared.crm.imports.importing import Importer, OutOfTimeError
from shared.crm.imports.upload import FolderTenant, NotAnUploadError, Upload, uploaded
from shared.events.quarantine import NO_TENANT, Quarantine, Quarantined, entry_id
from shared.platform.backoff import delay_after
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.queues import Queues

Outcome = Literal["imported", "repeated", "ignored", "again", "quarantined"]

CONSUMER: Final = "lead_import"
_FIRST_DELAY: Final = 1.0
_LONGEST_DELAY: Final = 60.0


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the queue handed it over."""

    id: str
    body: str
    receipt: str
    attempt: int
    """Which delivery this is, from 1."""


@dataclass(frozen=True, slots=True)
class ImportReceiver:
    """Takes deliveries of uploads."""

    importer: Importer
    tenant_of: FolderTenant
    quarantine: Quarantine
    queues: Queues
    queue_url: str
    clock: Clock = utc_now

    def receive(self, message: Message, out_of_time: Callable[[], bool]) -> tuple[Outcome, str]:
        """Handles one delivery; says what became of it, and why or how much."""
        try:
            upload = uploaded(message.body)
        except NotAnUploadError as error:
            return self._give_up(message, message.id, str(error))
        if upload.key.endswith("/"):
            return "ignored", "a folder was made"
        tenant = self.tenant_of(upload.folder)
        if tenant is None:
            return self._give_up(message, upload.event_id, _unregistered(upload))
        try:
            report = self.importer.run(tenant, upload, out_of_time)
        except OutOfTimeError as error:
            return self._again(message, str(error))
        except Exception as error:  # whatever it was: the rows that stand are known next time
            return self._again(message, f"{type(error).__name__}: {error}")
        if report is None:
            return "repeated", "it was imported before"
        return "imported", report.error or f"{report.created} created, {report.refused} refused"

    def _again(self, message: Message, why: str) -> tuple[Outcome, str]:
        wait = delay_after(message.attempt, _FIRST_DELAY, _LONGEST_DELAY)
        self.queues.delay(self.queue_url, message.receipt, max(1, round(wait)))
        return "again", why

    def _give_up(self, message: Message, event_id: str, why: str) -> tuple[Outcome, str]:
        entry = Quarantined(
            id=entry_id(event_id, CONSUMER),
            tenant=NO_TENANT,
            event_id=event_id,
            event_type="Object Created",
            consumer=CONSUMER,
            node=None,
            error=why[:2_000],
            attempts=message.attempt,
            at=iso(self.clock()),
            queue_url=self.queue_url,
            body=message.body,
        )
        self.quarantine.add(entry)
        return "quarantined", why


def _unregistered(upload: Upload) -> str:
    if not upload.folder:
        return f"{upload.key} lies in no folder; put it into the import folder of a tenant"
    return f"the folder {upload.folder} is not registered; register it for a tenant"
