"""Drops, once in a while, the state machines of versions that nobody runs any more."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from pydantic import Field

from shared.graph import NodeRegistry
from shared.platform.blobs import S3Blobs
from shared.platform.dynamo import DynamoTables
from shared.platform.log import logger
from shared.platform.settings import FunctionSettings
from shared.platform.step_functions import MachinePlace, StepFunctionsFlowMachines
from shared.workflows.graphs import Graphs
from shared.workflows.machines import GRACE, MachineCollector
from shared.workflows.workflows import Places, Workflows

_RESERVE: Final = 20.0
log = logger("collector")


class CollectorSettings(FunctionSettings):
    """Settings of the collector of machines."""

    crm_table: str = Field(description="Table of entities, their timelines and the outbox.")
    workflows_table: str = Field(description="Table of published versions of flows.")


@lru_cache(maxsize=1)
def collector() -> MachineCollector:
    """The collector of this process."""
    told = CollectorSettings()  # the environment gives them
    tables = DynamoTables()
    graphs = Graphs(tables, told.workflows_table, S3Blobs(""))
    places = Places(tables, told.crm_table, told.workflows_table, graphs, NodeRegistry())
    machines = StepFunctionsFlowMachines(tables, MachinePlace("", "", told.workflows_table))
    return MachineCollector(machines, Workflows(places).get)


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Looks at all machines, as far as the time goes; `{"grace": 0}` at the youngest too."""
    left = float(context.get_remaining_time_in_millis()) / 1000
    grace = timedelta(seconds=event["grace"]) if "grace" in event else GRACE
    done = collector().collect(left - _RESERVE, grace)
    if done.dropped or done.unfinished:
        log.info("collected", seen=done.seen, dropped=done.dropped, unfinished=done.unfinished)
    return {"seen": done.seen, "dropped": done.dropped}
