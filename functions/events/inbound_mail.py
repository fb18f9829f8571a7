"""Mail that was received becomes leads."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from shared.crm.leads import Leads
from shared.events.quarantine import Quarantine
from shared.identity.public_keys import PublicKeys
from shared.identity.rate_limits import RateLimits
from shared.outside.deliveries import Receiver, by_one
from shared.outside.incoming import Incoming
from shared.platform.counters import DynamoCounters
from shared.platform.dynamo import DynamoTables
from shared.platform.objects import beginning
from shared.platform.queues import SqsQueues
from shared.platform.settings import FunctionSettings


class InboundMailSettings(FunctionSettings):
    """Settings of the function that reads mail."""

    crm_table: str = Field(description="Table of leads, their timelines and the outbox.")
    inbox_table: str = Field(description="Table of inbox and idempotency keys, and of rates.")
    identity_table: str = Field(description="Table of members, keys and registrations.")
    quarantine_table: str = Field(description="Table of quarantined events.")
    queue_url: str = Field(description="The queue whose messages it takes.")
    mail_domain: str = Field(description="Where mail that becomes leads is received.")
    mail_from: str = Field(description="The address that our own mails come from.")


@lru_cache(maxsize=1)
def receiver() -> Receiver:
    """The receiver of this process."""
    told, tables = InboundMailSettings(), DynamoTables()  # the environment gives them
    incoming = Incoming(
        leads=Leads(tables, told.crm_table, told.inbox_table),
        tables=tables,
        table=told.crm_table,
        keys=PublicKeys(tables, told.identity_table),
        rates=RateLimits(DynamoCounters(), told.inbox_table),
        beginning=beginning,
        domain=told.mail_domain,
        own=frozenset({told.mail_from.lower()}),
    )
    quarantine = Quarantine(tables, told.quarantine_table)
    return Receiver("inbound_mail", incoming.handle, quarantine, SqsQueues(), told.queue_url)


handler = by_one(receiver)
