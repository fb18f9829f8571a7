"""The port to leads, on the CRM: what a node does, its flow's publisher must be allowed to do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.events.chains import Origin
from shared.graph import NodeFailedError

if TYPE_CHECKING:  # who draws flows needs no CRM
    from shared.crm.lead import Lead
    from shared.crm.leads import Caller, Leads
    from shared.identity.principal import Principal

M = TypeVar("M", bound=BaseModel)
Row = dict[str, Any]


class CrmLeads:
    """The port `Leads` for one principal."""

    def __init__(
        self, leads: Leads, principal: Principal, origin: Callable[[], Origin] = Origin
    ) -> None:
        """`origin` tells which run it is."""
        self._leads, self._principal, self._origin = leads, principal, origin

    async def get(self, lead_id: str) -> Row | None:
        """See `Leads.get`."""
        from shared.crm.errors import LeadNotFoundError

        self._may_view()
        try:
            return _row(await asyncio.to_thread(self._leads.get, self._principal.tenant, lead_id))
        except LeadNotFoundError:
            return None

    async def find(self, wanted: Mapping[str, Any], most: int) -> Sequence[Row]:
        """See `Leads.find`: column by column, page by page, until there are enough."""
        self._may_view()
        return await asyncio.to_thread(self._find, wanted, most)

    async def create(self, fields: Mapping[str, Any], idempotency_key: str) -> Row:
        """See `Leads.create`."""
        from shared.crm.lead import NewLead
        from shared.identity.rights import Right

        self._principal.require(Right.LEADS_ADD)
        new = _valid(NewLead, fields)
        caller = self._caller(idempotency_key, "create", fields)
        return await self._once(lambda: self._leads.create(caller, new))

    async def update(self, lead_id: str, fields: Mapping[str, Any], idempotency_key: str) -> Row:
        """See `Leads.update`."""
        from shared.crm.lead import LeadUpdate

        changes = _valid(LeadUpdate, fields)
        caller = self._caller(idempotency_key, f"update {lead_id}", fields)
        return await self._once(lambda: self._leads.update(caller, lead_id, changes))

    async def move(
        self, lead_id: str, status: str, position: int | None, idempotency_key: str
    ) -> Row:
        """See `Leads.move`."""
        from shared.crm.lead import StatusUpdate

        fields = {"status": status, "card_order": position}
        to = _valid(StatusUpdate, fields)
        caller = self._caller(idempotency_key, f"move {lead_id}", fields)
        return await self._once(lambda: self._leads.move(caller, lead_id, to))

    def _may_view(self) -> None:
        from shared.identity.rights import Right

        self._principal.require(Right.LEADS_VIEW)

    def _caller(self, key: str, what: str, fields: Mapping[str, Any]) -> Caller:
        from shared.crm.idempotency import Attempt
        from shared.crm.leads import Caller

        request = f"{what} {json.dumps(fields, sort_keys=True)}"
        attempt = Attempt(f"flow:{self._principal.subject}", key, request)
        return Caller(self._principal, key, attempt=attempt, origin=self._origin())

    async def _once(self, step: Callable[[], Lead]) -> Row:
        """What the step gives, or what it gave when this key came before."""
        from shared.crm.errors import AlreadyAnsweredError, LeadNotFoundError

        try:
            return _row(await asyncio.to_thread(step))
        except AlreadyAnsweredError as answered:
            return dict(json.loads(answered.body))
        except LeadNotFoundError as error:
            raise NodeFailedError("LeadNotFound", f"no lead {error}") from None

    def _find(self, wanted: Mapping[str, Any], most: int) -> list[Row]:
        from shared.crm.lead import STATUSES

        found: list[Row] = []
        for status in STATUSES:
            if wanted.get("status") not in (None, status):
                continue
            start: Mapping[str, Any] | None = None
            while len(found) < most:
                page = self._leads.board.column(self._principal.tenant, status, start=start)
                found += [_row(lead) for lead in page.cards if _fits(lead, wanted)]
                start = page.next_start
                if start is None:
                    break
        return found[:most]


def _row(lead: Lead) -> Row:
    return lead.model_dump(mode="json")


def _fits(lead: Lead, wanted: Mapping[str, Any]) -> bool:
    return all(
        str(getattr(lead, name) or "").casefold() == str(value).casefold()
        for name, value in wanted.items()
    )


def _valid(model: type[M], fields: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        told = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise NodeFailedError("LeadInvalid", "; ".join(told)) from None
