"""The connections of tenants: what is said about them in a table, their credentials among secrets.

A credential is written under a new name before the row that names it, and the old one removed
after: at no moment does a row lack its credential.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from shared.connections import rows
from shared.connections.connection import Connection, ConnectionFields
from shared.connections.errors import (
    ConnectionChangedError,
    ConnectionInUseError,
    ConnectionNotFoundError,
    InvalidConnectionError,
    TooManyConnectionsError,
)
from shared.connections.kinds import KINDS, ConnectionKind, Kind
from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.ids import new_id
from shared.platform.secrets import Secrets
from shared.platform.tables import (
    Absent,
    Delete,
    FieldIs,
    Item,
    Put,
    Query,
    Tables,
    TablesBusyError,
    TransactionRefusedError,
    Write,
)

_MOST: Final = 200
_WRITE: Final = "connection"


@dataclass(frozen=True, slots=True)
class Places:
    """Where connections are kept."""

    tables: Tables
    secrets: Secrets
    table: str
    expiring: str
    """The table of what expires."""
    prefix: str = "millrace"
    """The first part of the names of secrets."""
    private: bool = False
    """Whether servers of one's own may be named, also unencrypted: for tests and the laptop."""
    clock: Clock = utc_now


class Uses(Protocol):
    """Knows who names a connection."""

    def of(self, tenant: str, connection_id: str) -> Sequence[str]:
        """The names of the workflows that do."""


class Connections:
    """What people do with connections; each change is written down in the audit."""

    def __init__(self, places: Places, audit: Audit, uses: Uses) -> None:
        self._at, self._audit, self._uses = places, audit, uses

    def list(self, tenant: str, kinds: Sequence[Kind] = ()) -> Sequence[Connection]:
        """All of them, or those of some kinds, the oldest first."""
        asked = Query(self._at.table, ("pk", rows.partition(tenant)), limit=5 * _MOST)
        found = {item["sk"]: item for item in self._at.tables.query(asked).items}
        made = [
            rows.shown(item, found.get(rows.GRANT + item["id"]), found.get(rows.TEST + item["id"]))
            for name, item in found.items()
            if name.startswith(rows.CONNECTION)
        ]
        return [one for one in made if not kinds or one.kind in kinds]

    def get(self, tenant: str, connection_id: str) -> Connection:
        """One of them; raises ConnectionNotFoundError."""
        item = read(self._at, tenant, connection_id)
        grant = self._at.tables.get(self._at.table, rows.key(tenant, rows.GRANT, connection_id))
        test = self._at.tables.get(self._at.table, rows.key(tenant, rows.TEST, connection_id))
        return rows.shown(item, grant, test)

    def create(self, who: Principal, fields: ConnectionFields) -> Connection:
        """Adds one.

        Raises:
            InvalidConnectionError: a field cannot be so, or the secret is missing.
            TooManyConnectionsError: there is no room.
        """
        fields.check(plain=self._at.private)
        _check_secret(fields.settings)
        if len(self.list(who.tenant)) >= _MOST:
            raise TooManyConnectionsError(f"a tenant has at most {_MOST}; delete one")
        made, now = new_id(), iso(self._at.clock())
        about = {"id": made, "created_by": who.subject, "created_at": now, "updated_at": now}
        item = {**self._item(who.tenant, fields, made), **about, "version": 1, "epoch": 1}
        self._write(who, item, fields, Absent(), "connection.created", [])
        return rows.shown(item, None, None)

    def update(
        self,
        who: Principal,
        connection_id: str,
        fields: ConnectionFields,
        version: int | None = None,
    ) -> Connection:
        """Changes one; a secret that is left out stays.

        Where a credential goes, and how, can only be changed with the credential at hand: else
        whoever may change it could have it sent to himself.

        Raises:
            ConnectionNotFoundError, ConnectionChangedError, InvalidConnectionError.
        """
        before = read(self._at, who.tenant, connection_id)
        if version not in (None, before["version"]):
            raise ConnectionChangedError(f"it is at version {before['version']}; read it again")
        fields.check(plain=self._at.private)
        moved = _moved(before, fields)
        if moved:
            _check_again(fields.settings, had="secret" in before)
        item = self._item(who.tenant, fields, connection_id)
        item |= {name: before[name] for name in ("id", "created_by", "created_at")}
        item |= {"version": before["version"] + 1, "updated_at": iso(self._at.clock())}
        item["epoch"] = item["version"] if moved else before["epoch"]
        if "secret" in before and not (moved or fields.settings.secrets()):
            item["secret"] = before["secret"]
        also = self._forgotten(who.tenant, connection_id) if moved else []
        same = FieldIs("version", before["version"])
        old = self._secret_names(who.tenant, connection_id, before)
        self._write(who, item, fields, same, "connection.changed", also)
        kept = {item.get("secret")} | (set() if moved else set(old[1:]))
        self._remove(name for name in old if name not in kept)
        return self.get(who.tenant, connection_id)

    def delete(self, who: Principal, connection_id: str, *, force: bool = False) -> None:
        """Removes one and its credential.

        Raises:
            ConnectionNotFoundError: there is none.
            ConnectionInUseError: workflows name it, and nobody said `force`.
        """
        before = read(self._at, who.tenant, connection_id)
        if not force and (names := self._uses.of(who.tenant, connection_id)):
            raise ConnectionInUseError(names)
        old = self._secret_names(who.tenant, connection_id, before)
        at = rows.key(who.tenant, rows.CONNECTION, connection_id)
        gone = Delete(self._at.table, at, FieldIs("version", before["version"]), _WRITE)
        said = self._audit.entry(
            who.tenant, who.subject, "connection.removed", connection_id, name=before["name"]
        )
        _transact(self._at, [gone, *self._forgotten(who.tenant, connection_id), said])
        self._remove(old)

    def _item(self, tenant: str, fields: ConnectionFields, connection_id: str) -> Item:
        return {
            **rows.key(tenant, rows.CONNECTION, connection_id),
            "name": fields.name,
            "hosts": list(fields.hosts),
            "settings": fields.settings.shown(),
            **({"test_url": fields.test_url} if fields.test_url else {}),
        }

    def _write(
        self,
        who: Principal,
        item: Item,
        fields: ConnectionFields,
        when: Absent | FieldIs,
        action: str,
        also: Sequence[Write],
    ) -> None:
        name = rows.secret_name(self._at.prefix, who.tenant, item["id"])
        given = fields.settings.secrets()
        if given:
            self._at.secrets.create(name, json.dumps(given))
            item["secret"] = name
        facts = {
            "name": fields.name,
            "kind": fields.settings.kind,
            "hosts": ", ".join(fields.hosts),
        }
        said = self._audit.entry(who.tenant, who.subject, action, item["id"], **facts)
        try:
            _transact(self._at, [Put(self._at.table, item, when, _WRITE), *also, said])
        except (ConnectionChangedError, TransactionRefusedError, TablesBusyError):
            if given:  # after any other error the row may be there
                self._at.secrets.remove(name)
            raise

    def _forgotten(self, tenant: str, connection_id: str) -> Sequence[Write]:
        keys = (rows.key(tenant, row, connection_id) for row in (rows.GRANT, rows.TEST))
        return [Delete(self._at.table, at, label="grant") for at in keys]

    def _secret_names(self, tenant: str, connection_id: str, item: Item) -> Sequence[str]:
        """Of the credential, then of its tokens."""
        grant = self._at.tables.get(self._at.table, rows.key(tenant, rows.GRANT, connection_id))
        return [row.get("secret", "") for row in (item, grant or {})]

    def _remove(self, names: Iterable[str]) -> None:
        for name in filter(None, names):
            self._at.secrets.remove(name)


def read(at: Places, tenant: str, connection_id: str) -> Item:
    """The row of a connection; raises ConnectionNotFoundError."""
    item = at.tables.get(at.table, rows.key(tenant, rows.CONNECTION, connection_id))
    if item is None:
        raise ConnectionNotFoundError(f"there is no connection {connection_id:.50}; list them")
    return item


def settings_of(at: Places, item: Item) -> ConnectionKind:
    """What was said about a connection, its secret included; raises SecretGoneError."""
    secret = json.loads(at.secrets.read(item["secret"])) if "secret" in item else {}
    return KINDS[item["settings"]["kind"]].model_validate({**item["settings"], **secret})


def _check_secret(settings: ConnectionKind) -> None:
    if settings.required and (missing := _missing(settings)):
        raise InvalidConnectionError(f"settings.{missing[0]}", "give it")


def _check_again(settings: ConnectionKind, *, had: bool) -> None:
    if had and (missing := _missing(settings)):
        mend = "give it again: where the credential goes, or how, was changed"
        raise InvalidConnectionError(f"settings.{missing[0]}", mend)


def _missing(settings: ConnectionKind) -> Sequence[str]:
    given = settings.secrets()
    return [name for name in settings.secret_fields if name not in given]


def _moved(before: Item, fields: ConnectionFields) -> bool:
    return before["settings"] != fields.settings.shown() or not set(fields.hosts) <= set(
        before["hosts"]
    )


def _transact(at: Places, writes: Sequence[Write]) -> None:
    try:
        at.tables.transact(writes)
    except TransactionRefusedError as error:
        if _WRITE not in error.labels:
            raise
        raise ConnectionChangedError(
            "somebody changed the connection meanwhile; read it and decide again"
        ) from None
