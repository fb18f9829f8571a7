"""How alike two values are, under the orchestrator's name."""

from __future__ import annotations

from shared.nodes.data.similarity import SimilarityNode
from shared.nodes.example import Example


class CosineSimilarityNode(SimilarityNode):
    """As `similarity`, which has other methods as well."""

    type = "cosine-similarity"
    label = "Cosine similarity"
    description = "Says how alike two texts or lists of numbers are"
    result = {"cosine_similarity": "From 0, nothing in common, to 1, the same; -1 for opposites"}
    example = Example(
        {"data_1": "{{ data.a }}", "data_2": [1, 1]}, {"a": [1, 0]}, {"cosine_similarity": 0.7071}
    )
