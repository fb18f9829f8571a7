"""Where a flow begins."""

from __future__ import annotations

from shared.graph import BlockingNode, Data, NoConfig, NodeContext


class StartNode(BlockingNode[NoConfig]):
    """Hands the run's input on as it is."""

    type = "start"
    label = "Start"
    description = "Where the flow begins; hands its input on"

    def execute(self, config: NoConfig, data: Data, context: NodeContext) -> None:
        """Adds nothing."""
