"""Times of a clock."""

from __future__ import annotations

import re
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from shared.graph import EXECUTION_COMPLETED, Data, Form, NodeContext, NodeResult, ProducerNode
from shared.nodes.config import NodeConfig
from shared.nodes.example import Example
from shared.nodes.ports import ARRIVALS, Arrivals

_RATE: Final = re.compile(
    r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d{1,4}) (minutes|hours|days))\)"
)
_AT: Final = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
_CRON: Final = re.compile(r"cron\(([0-9A-Z*,/?#L-]+( [0-9A-Z*,/?#LW-]+){5})\)")
_NAMES: Final = "minutes, hours, day of month, month, day of week and year"


class ScheduleConfig(NodeConfig):
    """When."""

    expression: str = Field(
        description="rate(5 minutes), cron(0 9 ? * MON-FRI *) or at(2030-01-31T09:00:00)"
    )
    timezone: str = Field("UTC", description="In which cron and at are read: Europe/Berlin")

    @field_validator("expression")
    @classmethod
    def _readable(cls, text: str) -> str:
        if found := _CRON.fullmatch(text):
            fields = found[1].split()
            if (fields[2] == "?") == (fields[4] == "?"):
                raise ValueError("write ? as day of month or as day of week, and not as both")
        elif not (_RATE.fullmatch(text) or _AT.fullmatch(text)):
            raise ValueError(
                f"write rate(5 minutes), at(2030-01-31T09:00:00) or cron() of {_NAMES}"
            )
        return text

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"there is no time zone {name!r}; Europe/Berlin is one") from None
        return name


class ScheduleNode(ProducerNode[ScheduleConfig]):
    """One time is one iteration; an api flow takes the time that it was started at."""

    type = "schedule"
    aliases = ("timer",)
    Config = ScheduleConfig
    label = "Schedule"
    description = "Starts an iteration at the times of a schedule"
    needs = frozenset({ARRIVALS})
    result = {"scheduled_at": "RFC 3339: the time it was due; null if it was started by hand"}
    example = Example(
        {"expression": "cron(0 9 ? * MON-FRI *)", "timezone": "Europe/Berlin"},
        {"scheduled_at": "2026-03-02T08:00:00Z"},
        {"schedule": {"scheduled_at": "2026-03-02T08:00:00Z"}},
    )

    async def execute(self, config: ScheduleConfig, data: Data, context: NodeContext) -> Any:
        """Waits for the next time, or tells the one that it is."""
        port: Arrivals | None = context.ports.get(ARRIVALS)
        if port is None:
            rest = {name: value for name, value in data.items() if name != "scheduled_at"}
            made = {**rest, "schedule": {"scheduled_at": data.get("scheduled_at")}}
            return NodeResult(made, form=Form.REPLACE)
        found = await port.take(context.node_id, config.model_dump())
        return EXECUTION_COMPLETED if found is None else {"scheduled_at": found["scheduled_at"]}
