"""The inline engine: runs a flow in one process, parallel by default, by the rules of `settle`."""

from shared.graph.engine.flow_engine import FlowEngine
from shared.graph.engine.flow_runner import FlowRunner, run_production
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.engine.progress import Checkpoint, Listener, Progress
from shared.graph.engine.run import Run, RunFailedError

__all__ = [
    "Checkpoint",
    "FlowEngine",
    "FlowRunner",
    "Listener",
    "LoadedFlow",
    "Progress",
    "Run",
    "RunFailedError",
    "run_production",
]
