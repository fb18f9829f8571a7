"""A welcome by e-mail, once per event: who joins again is welcomed again."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from pydantic import BaseModel, Field

from functions.pipeline_nodes.user.facts import NewUser
from shared.pipelines.node import Context, node
from shared.platform.mail import Mail, MailSuppressedError, Message
from shared.platform.settings import FunctionSettings


class WelcomeSettings(FunctionSettings):
    """Settings of this node."""

    mail_from: str = Field(description="The verified address that mails come from.")
    inbox_table: str = Field(description="Table of what expires: sessions and reset tokens too.")
    crm_table: str = Field(description="Table of addresses that take no more mail.")


class Welcomed(BaseModel):
    """What this node adds; false where the address takes no more mail."""

    welcome_email_sent: bool = True


@lru_cache(maxsize=1)
def mail() -> Mail:
    """The mail of this process; AWS is only reached for when a welcome goes out."""
    from shared.platform.aws import client
    from shared.platform.dynamo import DynamoTables
    from shared.platform.mail import SesMail
    from shared.platform.suppressions import suppressed_in

    told, tables = WelcomeSettings(), DynamoTables()  # the environment gives them
    deliver, none_to = client("sesv2").send_email, suppressed_in(tables, told.crm_table)
    return SesMail(tables, told.inbox_table, told.mail_from, deliver, suppressed=none_to)


def greet(user: NewUser, context: Context, post: Callable[[], Mail]) -> Welcomed:
    """Sends the welcome through what `post` opens; a second try finds it sent."""
    body = (
        f"Dear {user.name},\n\nyou are a member of {user.tenant_name} now, as {user.role}.\n\n"
        "Sign in with this address and your password.\n"
    )
    message = Message(user.email, f"Welcome to {user.tenant_name}", body)
    try:
        post().send(context.tenant, f"welcome/{context.execution_id}", message)
    except MailSuppressedError:
        return Welcomed(welcome_email_sent=False)
    return Welcomed()


@node(ports={"mail": mail})
def welcome(user: NewUser, context: Context) -> Welcomed:
    """Adds `welcome_email_sent`."""
    return greet(user, context, context.ports["mail"])


handler = welcome.handler
