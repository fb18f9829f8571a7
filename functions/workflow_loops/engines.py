"""What runs workflows on AWS."""

from __future__ import annotations

from dataclasses import dataclass

from functions.workflow_loops.settings import settings
from shared.platform.dynamo import DynamoTables
from shared.platform.flow_machines import FlowMachines, FlowRuns
from shared.workflows.executions.publishers import IdentityPublishers, Publishers


@dataclass(frozen=True, slots=True)
class Engines:
    """What runs workflows, and who may still have published them."""

    machines: FlowMachines
    runs: FlowRuns
    publishers: Publishers


def aws_engines() -> Engines:
    """The engines of this process."""
    publishers = IdentityPublishers(DynamoTables(), settings().identity_table)
    return Engines(_machines(), _runs(), publishers)


def _machines() -> FlowMachines:
    raise LookupError("no adapter makes state machines yet; give `engines` one")


def _runs() -> FlowRuns:
    raise LookupError("no adapter calls the node runner yet; give `engines` one")
