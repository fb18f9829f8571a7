"""Alarms of the deployment: its operators hear of each change once."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from shared.events.quarantine import Quarantine
from shared.outside.alarms import Alarms
from shared.outside.deliveries import Receiver, by_one
from shared.platform.counters import DynamoCounters
from shared.platform.dynamo import DynamoTables
from shared.platform.mail import Mail
from shared.platform.queues import SqsQueues
from shared.platform.settings import FunctionSettings


class AlarmNoticesSettings(FunctionSettings):
    """Settings of the function that hears of alarms."""

    inbox_table: str = Field(description="Table of what expires: leases of mails, and counts.")
    quarantine_table: str = Field(description="Table of quarantined events.")
    queue_url: str = Field(description="The queue whose messages it takes.")
    mail_from: str = Field(description="The verified address that mails come from.")
    operators_mail: str = Field("", description="Who operates this deployment; empty: log only.")


@lru_cache(maxsize=1)
def receiver() -> Receiver:
    """The receiver of this process."""
    told, tables = AlarmNoticesSettings(), DynamoTables()  # the environment gives them

    def mail() -> Mail:
        from shared.platform.aws import client
        from shared.platform.mail import SesMail

        return SesMail(tables, told.inbox_table, told.mail_from, client("sesv2").send_email)

    alarms = Alarms(mail, told.operators_mail, DynamoCounters(), told.inbox_table)
    quarantine = Quarantine(tables, told.quarantine_table)
    return Receiver("alarm_notices", alarms.handle, quarantine, SqsQueues(), told.queue_url)


handler = by_one(receiver)
