"""An answer by e-mail, once per lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, Field

from functions.pipeline_nodes.lead.facts import JudgedLead
from shared.pipelines.node import Context, node
from shared.platform.mail import Mail, MailSuppressedError, Message
from shared.platform.settings import FunctionSettings


class RespondSettings(FunctionSettings):
    """Settings of this node."""

    mail_from: str = Field(description="The verified address that answers come from.")
    inbox_table: str = Field(description="Table of the leases that make an answer go out once.")
    crm_table: str = Field(description="Table of addresses that take no more mail.")


class Email(BaseModel):
    """An e-mail and whether it went out now or for an earlier event of this lead."""

    to: str
    subject: str
    body: str
    sent_at: str
    status: Literal["sent", "sent_before"]


class Responded(BaseModel):
    """What this branch adds; the status is error where nothing can be sent, with the reason."""

    email_sent: Email | None = None
    follow_up: date | None = None
    status: Literal["completed", "error"]
    reason: str | None = None


@lru_cache(maxsize=1)
def mail() -> Mail:
    """The mail of this process; AWS is only reached for when an answer goes out."""
    from shared.platform.aws import client
    from shared.platform.dynamo import DynamoTables
    from shared.platform.mail import SesMail
    from shared.platform.suppressions import suppressed_in

    told, tables = RespondSettings(), DynamoTables()  # the environment gives them
    deliver, none_to = client("sesv2").send_email, suppressed_in(tables, told.crm_table)
    return SesMail(tables, told.inbox_table, told.mail_from, deliver, suppressed=none_to)


def answer(lead: JudgedLead, context: Context, post: Callable[[], Mail]) -> Responded:
    """Sends the answer through what `post` opens, and says what was done."""
    if not lead.email:
        return Responded(status="error", reason="the lead has no e-mail address")
    subject = f"Thank you for your interest, {lead.name}"
    body = _text(lead)
    key = f"{context.entity or context.execution_id}/answer"
    message = Message(lead.email, subject, body, about=context.entity)
    try:
        sent = post().send(context.tenant, key, message)
    except MailSuppressedError as refused:
        return Responded(status="error", reason=str(refused))
    email = Email(
        to=lead.email,
        subject=subject,
        body=body,
        sent_at=context.time,
        status="sent" if sent else "sent_before",
    )
    follow_up = (datetime.fromisoformat(context.time) + timedelta(days=2)).date()
    return Responded(email_sent=email, follow_up=follow_up, status="completed")


@node(ports={"mail": mail})
def respond(lead: JudgedLead, context: Context) -> Responded:
    """Adds `email_sent` and a follow-up two days later."""
    return answer(lead, context, context.ports["mail"])


def _text(lead: JudgedLead) -> str:
    about = f" about {lead.company}" if lead.company else ""
    return (
        f"Dear {lead.name},\n\n"
        f"thank you for getting in touch{about}. We have read what you wrote and will come back "
        "to you within two working days.\n\nKind regards\nThe sales team\n"
    )


handler = respond.handler
