"""The one envelope: whatever happens is an `Event`; on the wire it is a CloudEvent 1.0."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

from shared.platform.clock import iso, utc_now
from shared.platform.ids import new_id

_PART_FIELD: Final = 1_000
_PART: Final = 20_000
"""Bytes of a field, and of all of them, that stay in an event whose data is kept elsewhere."""

_STRICT = ConfigDict(extra="forbid", str_max_length=200_000)


@dataclass(frozen=True, slots=True, config=_STRICT)
class EntityRef:
    """The entity an event is about; its events carry one sequence."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"

    @classmethod
    def parse(cls, subject: str) -> EntityRef:
        """The inverse of `str`; raises ValueError for anything else."""
        kind, slash, entity_id = subject.partition("/")
        if not (kind and slash and entity_id):
            raise ValueError(f"subject {subject!r}: write it as kind/id, e.g. lead/0190…")
        return cls(kind, entity_id)


@dataclass(frozen=True, slots=True, config=_STRICT)
class Sealed:
    """What is personal in an event, encrypted; see `shared.events.sealing`."""

    key: str
    """The id of the tenant's data key."""
    fields: tuple[str, ...]
    box: str
    """Base64."""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Event:
    """Something that happened, never changed afterwards.

    `Event("deal.won", {"deal_id": "…"})` is enough; the outbox fills in tenant and sequence.
    """

    event_type: str
    data: Mapping[str, Any]
    metadata: Mapping[str, Any] = Field(default_factory=dict)
    id: str = Field(default_factory=new_id)
    """Ours, and the one consumers deduplicate by: a replay on the bus makes new ids of its own."""
    version: int = 1
    source: str = "millrace.crm"
    tenant: str | None = None
    time: AwareDatetime = Field(default_factory=utc_now)
    entity: EntityRef | None = None
    sequence: int | None = None
    """Counts the events of one entity from 1, without gaps."""
    correlation_id: str | None = None
    """The same for everything that one cause set in motion."""
    causation_id: str | None = None
    """The event or request that led to this one."""
    topics: tuple[str, ...] = ()
    dataref: str | None = None
    """Where the data is if it was too large for the bus; see `shared.events.claims`."""

    sealed: Sealed | None = None
    """Its personal fields as the bus carries them."""

    @property
    def timestamp(self) -> datetime:
        """When it happened."""
        return self.time

    def to_dict(self) -> dict[str, Any]:
        """The short form that in-process subscribers and pushes to browsers use."""
        return {
            "id": self.id,
            "event_type": self.event_type,
            "data": dict(self.data),
            "metadata": dict(self.metadata),
            "timestamp": iso(self.time),
        }

    def wire(self) -> dict[str, Any]:
        """The CloudEvent; what is not known is absent."""
        wire = {
            "specversion": "1.0",
            "id": self.id,
            "type": self.event_type,
            "source": self.source,
            "time": iso(self.time),
            "datacontenttype": "application/json",
            "dataschema": f"{self.event_type}.v{self.version}",
            "subject": str(self.entity) if self.entity else None,
            "tenant": self.tenant,
            "sequence": self.sequence,
            "correlationid": self.correlation_id,
            "causationid": self.causation_id,
            "topics": list(self.topics),
            "metadata": dict(self.metadata),
            "data": self._carried(),
            "dataref": self.dataref,
            "sealed": _sealed(self.sealed) if self.sealed else None,
        }
        return {name: value for name, value in wire.items() if value is not None}

    def _carried(self) -> dict[str, Any]:
        """The data that goes with the event: small, and without what is sealed."""
        data = dict(self.data) if self.dataref is None else part(self.data)
        for name in self.sealed.fields if self.sealed else ():
            data.pop(name, None)
        return data

    def plain(self) -> dict[str, Any]:
        """The CloudEvent of an opened event, with all its data: not for the bus."""
        return replace(self, sealed=None, dataref=None).wire()

    def to_wire(self) -> str:
        """The CloudEvent as JSON, as it stands in the outbox and in an EventBridge detail."""
        return json.dumps(self.wire(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _sealed(sealed: Sealed) -> dict[str, Any]:
    return {"key": sealed.key, "fields": list(sealed.fields), "box": sealed.box}


def part(data: Mapping[str, Any]) -> dict[str, Any]:
    """The small fields of data: what rules and filters see of an event whose data is elsewhere."""
    found: dict[str, Any] = {}
    left = _PART
    for name, value in data.items():
        size = len(json.dumps({name: value}, ensure_ascii=False, allow_nan=False).encode())
        if size <= min(_PART_FIELD, left):
            found[name] = value
            left -= size
    return found


class UnfitEventError(ValueError):
    """An event that may not be published as it is; no retry mends it."""


class NotAnEventError(ValueError):
    """What came over the wire is no event; the message names the attribute and the mend."""


_EVENT = TypeAdapter(Event)


def from_wire(detail: str | Mapping[str, Any]) -> Event:
    """The event of a CloudEvent.

    Raises:
        NotAnEventError: not JSON, an attribute is missing or of the wrong type.
    """
    try:
        wire = json.loads(detail) if isinstance(detail, str) else detail
        schema = str(wire["dataschema"])
        subject = wire.get("subject")
        return _EVENT.validate_python(
            {
                "event_type": wire["type"],
                "data": wire.get("data", {}) if "dataref" in wire else wire["data"],
                "metadata": wire.get("metadata", {}),
                "id": wire["id"],
                "version": int(schema.rpartition(".v")[2]),
                "source": wire["source"],
                "tenant": wire.get("tenant"),
                "time": wire["time"],
                "entity": EntityRef.parse(subject) if subject else None,
                "sequence": wire.get("sequence"),
                "correlation_id": wire.get("correlationid"),
                "causation_id": wire.get("causationid"),
                "topics": tuple(wire.get("topics", ())),
                "dataref": wire.get("dataref"),
                "sealed": wire.get("sealed"),
            }
        )
    except KeyError as error:
        raise NotAnEventError(
            f"attribute {error.args[0]!r} is missing; send a CloudEvent"
        ) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise NotAnEventError(f"not a CloudEvent of ours: {error}") from None
