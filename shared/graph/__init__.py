"""One graph, two engines: what flows are, what decides about them, and what runs them.

`docs/graph.md` explains it. Everything that other packages use is named here; engine, validation
and the like are imported by their first use, so that a node's function pays for none of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from shared.graph.errors import GraphError, NodeError, NodeFailedError, ResultError
from shared.graph.kinds import BODY, DEFAULT, ERROR, Kind, Pool, handle_name
from shared.graph.model import DeclaredInput, Edge, FlowGraph, FlowSettings, Node
from shared.graph.node import (
    EXECUTION_COMPLETED,
    BaseNode,
    BlockingNode,
    ConditionalNode,
    Data,
    ExecutionCompleted,
    Form,
    LoopNode,
    LoopPolicy,
    NoConfig,
    NodeContext,
    NodeResult,
    NonBlockingNode,
    ProducerNode,
    Waiting,
)
from shared.graph.record import SETTLED, Entry, ItemEntry, Record, Status
from shared.graph.registry import NodeRegistry
from shared.graph.retry import ANY_ERROR, NO_RETRY, TIMEOUT, RetryPolicy

if TYPE_CHECKING:
    from shared.graph.analysis import FlowAnalyzer, ProductionLoop, QueueMap, QueueMapper
    from shared.graph.builder import FlowBuilder, flow, step
    from shared.graph.engine import (
        Checkpoint,
        FlowEngine,
        FlowRunner,
        Listener,
        LoadedFlow,
        Progress,
        Run,
        RunFailedError,
        run_production,
    )
    from shared.graph.loaders import json_schema, load_flow
    from shared.graph.plan import Plan, make_plan
    from shared.graph.pools import PoolExecutor
    from shared.graph.settle import Settlement
    from shared.graph.validation import Bill, NodeValidator, Problem, Report, validate

__all__ = [
    "ANY_ERROR",
    "BODY",
    "DEFAULT",
    "ERROR",
    "EXECUTION_COMPLETED",
    "NO_RETRY",
    "SETTLED",
    "TIMEOUT",
    "BaseNode",
    "Bill",
    "BlockingNode",
    "Checkpoint",
    "ConditionalNode",
    "Data",
    "DeclaredInput",
    "Edge",
    "Entry",
    "ExecutionCompleted",
    "FlowAnalyzer",
    "FlowBuilder",
    "FlowEngine",
    "FlowGraph",
    "FlowRunner",
    "FlowSettings",
    "Form",
    "GraphError",
    "ItemEntry",
    "Kind",
    "Listener",
    "LoadedFlow",
    "LoopNode",
    "LoopPolicy",
    "NoConfig",
    "Node",
    "NodeContext",
    "NodeError",
    "NodeFailedError",
    "NodeRegistry",
    "NodeResult",
    "NodeValidator",
    "NonBlockingNode",
    "Plan",
    "Pool",
    "PoolExecutor",
    "Problem",
    "ProducerNode",
    "ProductionLoop",
    "Progress",
    "QueueMap",
    "QueueMapper",
    "Record",
    "Report",
    "ResultError",
    "RetryPolicy",
    "Run",
    "RunFailedError",
    "Settlement",
    "Status",
    "Waiting",
    "flow",
    "handle_name",
    "json_schema",
    "load_flow",
    "make_plan",
    "run_production",
    "step",
    "validate",
]

_LATER: Final = {
    "FlowAnalyzer": "shared.graph.analysis",
    "ProductionLoop": "shared.graph.analysis",
    "QueueMap": "shared.graph.analysis",
    "QueueMapper": "shared.graph.analysis",
    "FlowBuilder": "shared.graph.builder",
    "flow": "shared.graph.builder",
    "step": "shared.graph.builder",
    "Checkpoint": "shared.graph.engine",
    "FlowEngine": "shared.graph.engine",
    "FlowRunner": "shared.graph.engine",
    "Listener": "shared.graph.engine",
    "LoadedFlow": "shared.graph.engine",
    "Progress": "shared.graph.engine",
    "Run": "shared.graph.engine",
    "RunFailedError": "shared.graph.engine",
    "run_production": "shared.graph.engine",
    "json_schema": "shared.graph.loaders",
    "load_flow": "shared.graph.loaders",
    "Plan": "shared.graph.plan",
    "make_plan": "shared.graph.plan",
    "PoolExecutor": "shared.graph.pools",
    "Settlement": "shared.graph.settle",
    "Bill": "shared.graph.validation",
    "NodeValidator": "shared.graph.validation",
    "Problem": "shared.graph.validation",
    "Report": "shared.graph.validation",
    "validate": "shared.graph.validation",
}


def __getattr__(name: str) -> Any:
    """Imports what is named above when it is first asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name]), name)
