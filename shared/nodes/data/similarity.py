"""How alike two values are."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, Field

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import NodeConfig
from shared.nodes.data.scores import Method, similarity
from shared.nodes.example import Example


class SimilarityConfig(NodeConfig):
    """What is compared, and how."""

    data_1: Any = Field(
        validation_alias=AliasChoices("data_1", "text_1"), description="A text or list of numbers"
    )
    data_2: Any = Field(
        validation_alias=AliasChoices("data_2", "text_2"), description="What it is compared with"
    )
    method: Method = Field(
        "cosine",
        description="cosine of word counts or of numbers; ratio, partial, words and jaro_winkler "
        "of characters",
    )


class SimilarityNode(BlockingNode[SimilarityConfig]):
    """A score from 0 to 1, to four decimals."""

    type = "similarity"
    Config = SimilarityConfig
    label = "Similarity"
    description = "Says how alike two texts or lists of numbers are"
    result = {"similarity": "From 0, nothing in common, to 1, the same; -1 for opposite numbers"}
    example = Example(
        {"data_1": "{{ data.name }}", "data_2": "Acme Corporation", "method": "words"},
        {"name": "corporation ACME"},
        {"similarity": 1},
    )

    def execute(self, config: SimilarityConfig, data: Data, context: NodeContext) -> float:
        """Compares."""
        return similarity(config.data_1, config.data_2, config.method)
