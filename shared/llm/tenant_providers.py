"""The providers of a tenant: their settings in a table, their keys among the secrets.

A key is written under a new name before the row that names it, and the old one removed after: at no
moment does a row lack its key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr

from shared.llm.errors import LLMProviderError
from shared.llm.messages import UserMessage
from shared.llm.openai_model import OpenAIModel
from shared.llm.patience import Patience
from shared.llm.port import Request
from shared.llm.prices import Price
from shared.llm.provider import Provider, ProviderFields, check, check_key, endpoint_of
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

_ROW: Final = "provider#"
_WRITE: Final = "provider"
_MOST: Final = 50
_NO_KEY: Final = "none"
"""What is sent to a custom provider that wants no key: the client must send something."""
_TRIED_WITH: Final = Request([UserMessage(text="Answer with the word ok.")], max_output_tokens=16)


class ProviderNotFoundError(Exception):
    """The tenant has no such provider."""


class ProviderChangedError(Exception):
    """The provider is not at the version that the caller named; nothing was changed."""


class TooManyProvidersError(Exception):
    """The tenant has as many providers as it may have."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a test call: a kind of error and a sentence about it, or neither."""

    works: bool
    kind: str | None = None
    message: str = "the provider answered"


class TenantProviders:
    """Providers of all tenants, one tenant at a time."""

    def __init__(
        self,
        tables: Tables,
        secrets: Secrets,
        table: str,
        prefix: str,
        *,
        private_addresses: bool = False,
        patience: Patience | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """`prefix` begins the names of secrets; `patience` is that of test calls."""
        self._tables = tables
        self._secrets = secrets
        self._table = table
        self._prefix = prefix
        self._private = private_addresses
        self._patience = patience or Patience(attempts=1, timeout=20.0)
        self._clock = clock

    def list(self, tenant: str) -> Sequence[Provider]:
        """All providers, the oldest first."""
        asked = Query(self._table, ("pk", partition(tenant)), prefix=_ROW, limit=_MOST)
        return [_shown(item) for item in self._tables.query(asked).items]

    def get(self, tenant: str, provider_id: str) -> Provider:
        """One provider; raises ProviderNotFoundError."""
        return _shown(self._item(tenant, provider_id))

    def create(
        self,
        tenant: str,
        fields: ProviderFields,
        key: SecretStr | None,
        also: Sequence[Write] = (),
    ) -> Provider:
        """Adds a provider.

        Args:
            also: what is written in the same transaction, e.g. an entry of the audit.

        Raises:
            InvalidProviderError: a field cannot be so.
            TooManyProvidersError: there is no room.
        """
        check(fields, private_addresses=self._private)
        check_key(fields, key)
        if len(self.list(tenant)) >= _MOST:
            raise TooManyProvidersError(f"a tenant has at most {_MOST} providers; delete one")
        made, now = new_id(), iso(self._clock())
        about = {"id": made, "version": 1, "created_at": now, "updated_at": now}
        item = {**_key(tenant, made), **_kept(fields), **about}
        self._write(tenant, item, key, Absent(), also)
        return _shown(item)

    def update(
        self,
        tenant: str,
        provider_id: str,
        fields: ProviderFields,
        key: SecretStr | None = None,
        *,
        version: int,
        also: Sequence[Write] = (),
    ) -> Provider:
        """Changes a provider; without a key it keeps the one it has.

        Where requests go to can only be changed with the key at hand: else whoever may change it
        could have the key sent to himself.

        Raises:
            ProviderNotFoundError, ProviderChangedError, InvalidProviderError.
        """
        before = self._item(tenant, provider_id)
        check(fields, private_addresses=self._private)
        moved = (fields.kind, fields.base_url) != (before["kind"], before.get("base_url"))
        if key is not None or moved:
            check_key(fields, key)
        about = {name: before[name] for name in ("id", "created_at")}
        about |= {"updated_at": iso(self._clock()), "version": version + 1}
        item = {**_key(tenant, provider_id), **_kept(fields), **about}
        old = before.get("secret")
        if old and key is None and not moved:
            item["secret"] = old
        self._write(tenant, item, key, FieldIs("version", version), also)
        if old and item.get("secret") != old:
            self._secrets.remove(old)
        return _shown(item)

    def delete(self, tenant: str, provider_id: str, also: Sequence[Write] = ()) -> None:
        """Removes a provider and its key; raises ProviderNotFoundError, ProviderChangedError."""
        before = self._item(tenant, provider_id)
        same = FieldIs("version", before["version"])
        self._transact([Delete(self._table, _key(tenant, provider_id), same, _WRITE), *also])
        if "secret" in before:
            self._secrets.remove(before["secret"])

    def key(self, tenant: str, provider_id: str) -> SecretStr:
        """The key of a provider; raises ProviderNotFoundError, SecretGoneError."""
        name = self._item(tenant, provider_id).get("secret")
        return SecretStr(self._secrets.read(name) if name else _NO_KEY)

    def test(self, tenant: str, provider_id: str, model: str | None = None) -> Tried:
        """Asks a provider for one word; raises ProviderNotFoundError, SecretGoneError."""
        provider = self.get(tenant, provider_id)
        return self.try_out(provider, self.key(tenant, provider_id), model)

    def try_out(
        self, fields: ProviderFields, key: SecretStr | None, model: str | None = None
    ) -> Tried:
        """The same with a provider that is not kept yet; raises InvalidProviderError."""
        check(fields, private_addresses=self._private)
        check_key(fields, key)
        endpoint = endpoint_of(fields, key or SecretStr(_NO_KEY), confined=not self._private)
        try:
            OpenAIModel(endpoint, model or fields.default_model, self._patience).answer(_TRIED_WITH)
        except LLMProviderError as error:
            return Tried(False, error.kind, str(error))
        return Tried(True)

    def _item(self, tenant: str, provider_id: str) -> Item:
        item = self._tables.get(self._table, _key(tenant, provider_id))
        if item is None:
            raise ProviderNotFoundError(f"there is no provider {provider_id}; list them")
        return item

    def _write(
        self,
        tenant: str,
        item: Item,
        key: SecretStr | None,
        when: Absent | FieldIs,
        also: Sequence[Write],
    ) -> None:
        secret = f"{self._prefix}/{_safe(tenant)}/llm/{item['id']}/{new_id()}"
        if key is not None and key.get_secret_value():
            self._secrets.create(secret, key.get_secret_value())
            item["secret"] = secret
        try:
            self._transact([Put(self._table, item, when, _WRITE), *also])
        except (ProviderChangedError, TransactionRefusedError, TablesBusyError):
            if item.get("secret") == secret:  # after any other error the row may be there
                self._secrets.remove(secret)
            raise

    def _transact(self, writes: Sequence[Write]) -> None:
        try:
            self._tables.transact(writes)
        except TransactionRefusedError as error:
            if _WRITE not in error.labels:
                raise
            raise ProviderChangedError(
                "somebody changed the provider meanwhile; read it and decide again"
            ) from None


def partition(tenant: str) -> str:
    """Where a tenant's settings of language models are."""
    return f"{tenant}#llm"


def _key(tenant: str, provider_id: str) -> dict[str, str]:
    return {"pk": partition(tenant), "sk": f"{_ROW}{provider_id}"}


def _safe(tenant: str) -> str:
    """A tenant as a part of a secret's name, in which a slash or a pattern would be another's."""
    if not tenant or set(tenant) & set("/*?#"):
        raise ValueError(f"{tenant!r} is no id of a tenant; ids have no /, *, ? or #")
    return tenant


def _kept(fields: ProviderFields) -> dict[str, Any]:
    return {k: v for k, v in fields.model_dump(mode="json").items() if k in _FIELDS}


_FIELDS: Final = set(ProviderFields.model_fields)


def _shown(item: Item) -> Provider:
    known = {name: item[name] for name in Provider.model_fields if name in item}
    known["prices"] = {name: Price.model_validate(p) for name, p in item["prices"].items()}
    return Provider.model_validate({**known, "has_key": "secret" in item})
