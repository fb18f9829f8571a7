"""Where a path of a flow ends."""

from __future__ import annotations

from shared.graph import BlockingNode, Data, NoConfig, NodeContext
from shared.nodes.example import Example


class EndNode(BlockingNode[NoConfig]):
    """What arrives here is part of the run's result, as at every node without a follower."""

    type = "end"
    label = "End"
    description = "Where a path ends; what arrives is part of the result"
    result = {"…": "Nothing is added"}
    example = Example({}, {"name": "Ada"}, {"name": "Ada"})

    def execute(self, config: NoConfig, data: Data, context: NodeContext) -> None:
        """Adds nothing."""
