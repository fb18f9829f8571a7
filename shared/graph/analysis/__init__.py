"""What a production graph consists of: loops, each begun by a producer, and queues between them."""

from shared.graph.analysis.flow_analyzer import FlowAnalyzer, ProductionLoop
from shared.graph.analysis.queue_mapper import QueueMap, QueueMapper

__all__ = ["FlowAnalyzer", "ProductionLoop", "QueueMap", "QueueMapper"]
