"""Notices inside the application."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import NodeConfig, Widget
from shared.nodes.example import Example
from shared.nodes.ports import NOTICES, Notices


class NotifyConfig(NodeConfig):
    """Whom, and of what."""

    members: tuple[str, ...] = Field(min_length=1, max_length=100, description="Their ids")
    title: str = Field(min_length=1, max_length=200)
    text: Annotated[str, Widget("textarea")] = Field("", max_length=5_000)
    link: str = Field(
        "", max_length=500, pattern=r"^(/[^/\\].*)?$", description="A page of the application"
    )


class NotifyNode(BlockingNode[NotifyConfig]):
    """Each member is told once, however often the node is tried."""

    type = "notify"
    Config = NotifyConfig
    label = "Notify"
    description = "Tells members of your tenant something"
    needs = frozenset({NOTICES})
    result = {"told": "The members who are told", "unknown": "Ids that are no members"}
    example = Example(
        {"members": ["u1", "u9"], "title": "{{ data.name }} answered", "link": "/leads/l1/"},
        {"name": "Ada"},
        {"notify": {"told": ["u1"], "unknown": ["u9"]}},
    )

    async def execute(
        self, config: NotifyConfig, data: Data, context: NodeContext
    ) -> dict[str, list[str]]:
        """Tells all of them."""
        port: Notices = context.ports[NOTICES]
        members = list(dict.fromkeys(config.members))
        key = context.idempotency_key()
        told = await port.tell(members, config.title, config.text, config.link, key)
        return {
            "told": [member for member in members if member in told],
            "unknown": [member for member in members if member not in told],
        }
