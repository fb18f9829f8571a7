"""The ports of nodes that stand on what a tenant has set up: connections, buckets, texts, …

```python
ports = {**other_ports, **tenant_ports(at, tenant, workflow_id)}
```
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.connections.connections import Connections, Places
from shared.connections.oauth2.access import Access
from shared.connections.sending import Sending, TenantConnections
from shared.events.chains import Origin
from shared.events.claims import Claims
from shared.identity import rows
from shared.identity.audit import Audit
from shared.nodes.files.tenant_buckets import BucketsOf, Opening, TenantBuckets
from shared.nodes.messages.member_notices import MemberNotices, NoticesOf
from shared.nodes.messages.opt_outs import OptOutList, TenantOptOuts
from shared.nodes.messages.tenant_mail import TenantMail
from shared.nodes.messages.tenant_texts import TenantTexts, TextsOf
from shared.nodes.outbox_events import OutboxEvents
from shared.nodes.ports import BUCKETS, CONNECTIONS, EVENTS, MAIL, NOTICES, STEPS, TEMPLATES
from shared.nodes.producers.stored_steps import StoredSteps
from shared.platform.clock import Clock, utc_now
from shared.platform.http import CheckedHttp, Egress, Http
from shared.platform.mail import Mail
from shared.platform.secrets import Secrets
from shared.platform.tables import Tables


@dataclass(frozen=True, slots=True)
class PortPlaces:
    """Where everything is that these ports read and write."""

    tables: Tables
    secrets: Secrets
    opening: Opening
    """`ForeignBuckets`, one per process."""
    mail: Callable[[], Mail]
    workflows: str
    """Names of tables, as are the next."""
    crm: str
    inbox: str
    audit: str
    identity: str
    prefix: str = "millrace"
    """The first part of the names of secrets."""
    private: bool = False
    """Whether tokens may be asked for at servers that are not on the internet."""
    clock: Clock = utc_now
    claims: Claims | None = None
    """Keeps data of events that is too large for the bus."""
    origin: Callable[[], Origin] = Origin
    """What the events of the run say of it."""


def tenant_ports(
    at: PortPlaces, tenant: str, workflow: str, http: Http | None = None
) -> dict[str, Any]:
    """The ports of one tenant, for runs of one workflow; `http` is for asking for tokens."""
    opt_outs = TenantOptOuts(OptOutList(at.tables, at.workflows, clock=at.clock), tenant)
    notices = MemberNotices(at.tables, at.workflows, at.clock)
    return {
        CONNECTIONS: _connections(at, tenant, http or CheckedHttp(Egress(private=at.private))),
        BUCKETS: BucketsOf(TenantBuckets(at.tables, at.workflows, at.opening), tenant),
        TEMPLATES: TextsOf(TenantTexts(at.tables, at.workflows), tenant),
        NOTICES: NoticesOf(notices, tenant, lambda member: _belongs(at, tenant, member)),
        STEPS: StoredSteps(at.tables, at.workflows, tenant, workflow),
        EVENTS: OutboxEvents(
            at.tables, at.crm, tenant, f"workflow/{workflow}", at.clock, at.origin, at.claims
        ),
        MAIL: TenantMail(_FirstUse(at.mail), tenant, opt_outs),
    }


def _connections(at: PortPlaces, tenant: str, http: Http) -> TenantConnections:
    places = Places(at.tables, at.secrets, at.workflows, at.inbox, at.prefix, at.private, at.clock)
    listed = Connections(places, Audit(at.tables, at.audit, at.clock), _Nobody())
    return TenantConnections(tenant, listed, Sending(places, Access(places, http)))


def _belongs(at: PortPlaces, tenant: str, member: str) -> bool:
    return at.tables.get(at.identity, {"pk": rows.members(tenant), "sk": member}) is not None


class _Nobody:
    """A run deletes no connection, so it asks nobody who uses one."""

    def of(self, tenant: str, connection_id: str) -> Sequence[str]:
        return ()


@dataclass(frozen=True, slots=True)
class _FirstUse:
    """Mail whose client is made by the first one that sends."""

    made: Callable[[], Mail]

    def send(self, tenant: str, key: str, message: Any) -> bool:
        return self.made().send(tenant, key, message)
