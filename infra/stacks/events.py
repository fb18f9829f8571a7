"""The bus and the outbox's ways to it."""

from __future__ import annotations

from constructs import Construct

from infra.config import StageConfig
from infra.constructs.event_bus import event_bus, reserve_own_sources
from infra.constructs.outbox import Outbox
from infra.constructs.service_function import Deployment
from infra.stacks.data import DataStack
from infra.stacks.readable import ReadableStack


class EventsStack(ReadableStack):
    """How an event gets from its transaction to the bus."""

    def __init__(self, scope: Construct, name: str, config: StageConfig, data: DataStack) -> None:
        super().__init__(scope, name, description="Millrace: event bus, relay and sweeper")
        self.bus = event_bus(self)
        outbox = Outbox(self, "outbox", Deployment(config), data.data, self.bus)
        speakers = (outbox.relay, outbox.sweeper)
        reserve_own_sources(self, self.bus, [speaker.role.role_arn for speaker in speakers])
