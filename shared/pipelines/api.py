"""The Python API of pipelines under the names of seed 000.

from shared.pipelines.api import EventDispatcher, create_pipeline, node

@node
def greet(data, context):
    return {**data, "greeting": f"Hello {data['name']}"}

create_pipeline("greetings", greet, starts_on=("somebody_came",))
EventDispatcher.dispatch("somebody_came", {"name": "Ann"})
"""

from shared.pipelines.definition import Pipeline, PipelineDefinitionError, Policy
from shared.pipelines.dispatcher import (
    EVENT_PIPELINE_MAPPINGS,
    Dispatcher,
    EventDispatcher,
    create_pipeline,
    registry,
)
from shared.pipelines.mapping import AmbiguousEventError
from shared.pipelines.node import Context, Node, NodeInputError, NodeResultError, node, router
from shared.pipelines.programs import PipelineNotFoundError, Program, Registry, create_program
from shared.pipelines.tasks import process_event_task

__all__ = [
    "EVENT_PIPELINE_MAPPINGS",
    "AmbiguousEventError",
    "Context",
    "Dispatcher",
    "EventDispatcher",
    "Node",
    "NodeInputError",
    "NodeResultError",
    "Pipeline",
    "PipelineDefinitionError",
    "PipelineNotFoundError",
    "Policy",
    "Program",
    "Registry",
    "create_pipeline",
    "create_program",
    "node",
    "process_event_task",
    "registry",
    "router",
]
