"""The durable engine while it runs: what a task of a compiled flow does.

A task knows which execution, node and item it is for, and nothing else. It reads what stands in the
record, lets `settle` decide, runs the node with the inline engine's own parts, writes the record,
and answers with a route. A task that is started twice finds its entry and does nothing.
"""

from shared.graph.durable.answering import NotWaitingError, give_answer
from shared.graph.durable.blobs import Blobs
from shared.graph.durable.header import Header
from shared.graph.durable.messages import Answered, Request, RunContinues, RunFailed
from shared.graph.durable.node_runner import Flows, NodeRunner
from shared.graph.durable.record_store import RecordStore
from shared.graph.durable.starting import start_run
from shared.graph.durable.tables_store import TablesRecordStore

__all__ = [
    "Answered",
    "Blobs",
    "Flows",
    "Header",
    "NodeRunner",
    "NotWaitingError",
    "RecordStore",
    "Request",
    "RunContinues",
    "RunFailed",
    "TablesRecordStore",
    "give_answer",
    "start_run",
]
