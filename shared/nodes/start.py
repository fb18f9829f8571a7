"""Where a flow begins."""

from __future__ import annotations

from shared.graph import BlockingNode, Data, NoConfig, NodeContext
from shared.nodes.example import Example


class StartNode(BlockingNode[NoConfig]):
    """Hands the run's input on as it is."""

    type = "start"
    label = "Start"
    description = "Where the flow begins; hands its input on"
    result = {"…": "Nothing is added"}
    example = Example({}, {"name": "Ada"}, {"name": "Ada"})

    def execute(self, config: NoConfig, data: Data, context: NodeContext) -> None:
        """Adds nothing."""
