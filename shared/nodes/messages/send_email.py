"""E-mail."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from shared.graph import BlockingNode, Data, NodeContext, NodeFailedError
from shared.nodes.config import Choice, Choices, NodeConfig, Ports, Values, Widget
from shared.nodes.example import Example
from shared.nodes.ports import MAIL, TEMPLATES, Mailer, Template, Templates
from shared.platform.mail import MailSuppressedError

_ADDRESS: Final = re.compile(r"[^@\s,;<>\"\x00-\x1f]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


async def template_names(values: Values, ports: Ports) -> list[Choice]:
    """The texts of the tenant."""
    port: Templates = ports[TEMPLATES]
    return [Choice(name) for name in await port.names()]


def _addresses(raw: Any) -> Any:
    """A list, or a text with commas."""
    return (
        [part.strip() for part in raw.split(",") if part.strip()] if isinstance(raw, str) else raw
    )


class SendEmailConfig(NodeConfig):
    """To whom, and what."""

    to: Annotated[tuple[str, ...], BeforeValidator(_addresses)] = Field(
        min_length=1, max_length=50, description="Addresses; each gets a mail of its own"
    )
    template: Annotated[str, Choices(template_names)] = Field(
        "", description="The name of a text of yours, instead of subject and body"
    )
    subject: str = Field("", max_length=998)
    body: Annotated[str, Widget("textarea")] = Field("", max_length=100_000)
    values: dict[str, Any] = Field({}, description="What the template reads as data.values")
    topic: str = Field(
        "general", pattern=r"^[a-z0-9-]{1,40}$", description="What a recipient may want no mail of"
    )

    @field_validator("to")
    @classmethod
    def _addressed(cls, to: tuple[str, ...]) -> tuple[str, ...]:
        for address in to:
            if "{{" not in address and not _ADDRESS.fullmatch(address):
                raise ValueError(f"{address!r:.80} is no address")
        return to

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if "\n" in self.subject or "\r" in self.subject:
            raise ValueError("subject: it is one line")
        if bool(self.template) == bool(self.subject and self.body):
            raise ValueError("write either a subject and a body, or the name of a template")
        return self


class SendEmailNode(BlockingNode[SendEmailConfig]):
    """Each recipient gets it once, however often the node is tried, unless they opted out."""

    type = "send-email"
    Config = SendEmailConfig
    label = "Send e-mail"
    description = "Sends e-mail, from a template or as written"
    needs = frozenset({MAIL, TEMPLATES})
    result = {
        "sent": "Addresses that have it",
        "opted_out": "Addresses that want none",
        "suppressed": "Addresses that mail came back from, or whose owner complained",
    }
    example = Example(
        {"to": ["{{ data.email }}", "no@example.com"], "template": "welcome"},
        {"email": "ada@example.com", "name": "Ada"},
        {
            "send_email": {
                "sent": ["ada@example.com"], "opted_out": ["no@example.com"], "suppressed": [],
            }
        },
    )  # fmt: skip

    async def execute(
        self, config: SendEmailConfig, data: Data, context: NodeContext
    ) -> dict[str, list[str]]:
        """Sends one after another; a repeated address counts once.

        Who asked for a single mail that cannot be sent hears so as a failure.
        """
        port: Mailer = context.ports[MAIL]
        text = await self._text(config, data, context)
        told: dict[str, list[str]] = {"sent": [], "opted_out": [], "suppressed": []}
        refused: MailSuppressedError | None = None
        for address in dict.fromkeys(config.to):
            key = f"{context.idempotency_key()}/{address.lower()}"
            try:
                sent = await port.send(address, text.subject, text.body, config.topic, key)
            except MailSuppressedError as why:
                refused = why
                told["suppressed"].append(address)
                continue
            told["sent" if sent else "opted_out"].append(address)
        if refused and not (told["sent"] or told["opted_out"]):
            raise NodeFailedError("MailSuppressed", str(refused))
        return told

    async def _text(self, config: SendEmailConfig, data: Data, context: NodeContext) -> Template:
        if not config.template:
            return Template(config.subject, config.body)
        from shared.graph.expressions import render

        port: Templates = context.ports[TEMPLATES]
        found = await port.get(config.template)
        if found is None:
            there = ", ".join(await port.names()) or "none"
            raise NodeFailedError(
                "NoTemplate", f"no template {config.template!r}; there are {there}"
            )
        names = context.names({**data, "values": config.values})
        subject = " ".join(str(render(found.subject, names)).split())
        return Template(subject, str(render(found.body, names)))
