"""The items most like a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import AliasChoices, Field

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import NodeConfig
from shared.nodes.data.paths import ABSENT, list_at, read
from shared.nodes.data.scores import Method, similarity
from shared.nodes.example import Example


class RankConfig(NodeConfig):
    """What is looked for, and where."""

    query: Any = Field(description="A text or list of numbers")
    items: Any = Field(
        validation_alias=AliasChoices("items", "records"),
        description="The place of a list of objects, or a template of one",
    )
    content_key: str = Field(description="The place inside each item that is compared")
    method: Method = "cosine"
    limit: int = Field(0, ge=0, description="How many are kept; 0 is all")
    at_least: float = Field(0, ge=-1, le=1, description="The smallest score that is kept")


class RankBySimilarityNode(BlockingNode[RankConfig]):
    """Items of one score keep their order; an item without the content has the score 0."""

    type = "rank-by-similarity"
    aliases = ("batch-cosine-similarity-scorer",)
    Config = RankConfig
    label = "Rank by similarity"
    description = "Sorts a list by how alike each item is to a text"
    result = {"rank_by_similarity": "The items with similarity_score from 0 to 1, best first"}
    example = Example(
        {"query": "red shoes", "items": "products", "content_key": "name", "limit": 1},
        {"products": [{"name": "blue hat"}, {"name": "shoes, red"}]},
        {
            "rank_by_similarity": [{"name": "shoes, red", "similarity_score": 1}],
        },
    )

    def execute(self, config: RankConfig, data: Data, context: NodeContext) -> list[Any]:
        """Scores all, sorts, cuts."""
        found = []
        for index, item in enumerate(list_at(data, config.items)):
            if not isinstance(item, Mapping):
                raise ValueError(f"item {index}: {item!r:.80} is no object")
            content = read(item, config.content_key)
            empty = content is ABSENT or content is None
            score = 0.0 if empty else similarity(config.query, content, config.method)
            found.append({**item, "similarity_score": score})
        kept = [item for item in found if item["similarity_score"] >= config.at_least]
        kept.sort(key=lambda item: -item["similarity_score"])
        return kept[: config.limit or None]
