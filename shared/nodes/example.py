"""An example of a node type: it is shown in the catalogue, and run by a test on both engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """With this configuration, this data gives this."""

    config: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None
    """What a run of this node alone adds to the data, or makes of it."""
