"""One graph, two engines: what flows are, what decides about them, and what runs them.

`docs/graph.md` explains it. Everything that other packages use is named here.
"""

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
    "BlockingNode",
    "ConditionalNode",
    "Data",
    "DeclaredInput",
    "Edge",
    "Entry",
    "ExecutionCompleted",
    "FlowGraph",
    "FlowSettings",
    "Form",
    "GraphError",
    "ItemEntry",
    "Kind",
    "LoopNode",
    "LoopPolicy",
    "NoConfig",
    "Node",
    "NodeContext",
    "NodeError",
    "NodeFailedError",
    "NodeRegistry",
    "NodeResult",
    "NonBlockingNode",
    "Pool",
    "ProducerNode",
    "Record",
    "ResultError",
    "RetryPolicy",
    "Status",
    "Waiting",
    "handle_name",
]
