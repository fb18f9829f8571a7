"""Mail that came back: its address takes no more of that tenant."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from shared.crm.leads import Leads
from shared.events.quarantine import Quarantine
from shared.outside.deliveries import Receiver, by_one
from shared.outside.returned import Returned
from shared.platform.dynamo import DynamoTables
from shared.platform.queues import SqsQueues
from shared.platform.settings import FunctionSettings


class ReturnedMailSettings(FunctionSettings):
    """Settings of the function that hears of bounces and complaints."""

    crm_table: str = Field(description="Table of suppressed addresses, leads and the outbox.")
    inbox_table: str = Field(description="Table of mails that were sent, and of keys.")
    quarantine_table: str = Field(description="Table of quarantined events.")
    queue_url: str = Field(description="The queue whose messages it takes.")


@lru_cache(maxsize=1)
def receiver() -> Receiver:
    """The receiver of this process."""
    told, tables = ReturnedMailSettings(), DynamoTables()  # the environment gives them
    leads = Leads(tables, told.crm_table, told.inbox_table)
    returned = Returned(tables, told.crm_table, told.inbox_table, leads)
    quarantine = Quarantine(tables, told.quarantine_table)
    return Receiver("returned_mail", returned.handle, quarantine, SqsQueues(), told.queue_url)


handler = by_one(receiver)
