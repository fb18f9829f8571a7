"""The inline engine: runs a flow in one process, parallel by default, by the rules of `settle`."""

from shared.graph.engine.flow_engine import FlowEngine, Run
from shared.graph.engine.flow_runner import FlowRunner, run_production
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.engine.progress import Checkpoint, Listener, Progress

__all__ = [
    "Checkpoint",
    "FlowEngine",
    "FlowRunner",
    "Listener",
    "LoadedFlow",
    "Progress",
    "Run",
    "run_production",
]
