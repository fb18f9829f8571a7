"""The durable engine while it runs: what a task of a compiled flow does.

A task knows which execution, node and item it is for, and nothing else. It reads what stands in the
record, lets `settle` decide, runs the node with the inline engine's own parts, writes the record,
and answers with a route. A task that is started twice finds its entry and does nothing.
"""

from shared.graph.durable.answering import NotWaitingError, give_answer
from shared.graph.durable.blobs import Blobs
from shared.graph.durable.header import Header
from shared.graph.durable.messages import Answered, Request, RunContinues, RunFailed, RunOver
from shared.graph.durable.node_runner import Flows, NodeRunner
from shared.graph.durable.record_store import RecordStore
from shared.graph.durable.starting import at_start, start_run, whole_flow
from shared.graph.durable.tables_store import Closing, TablesRecordStore

__all__ = [
    "Answered",
    "Blobs",
    "Closing",
    "Flows",
    "Header",
    "NodeRunner",
    "NotWaitingError",
    "RecordStore",
    "Request",
    "RunContinues",
    "RunFailed",
    "RunOver",
    "TablesRecordStore",
    "at_start",
    "give_answer",
    "start_run",
    "whole_flow",
]
