"""What goes wrong in graphs and runs, as values and as exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

MAX_MESSAGE: Final = 4_000


class GraphError(ValueError):
    """A graph that cannot be planned or run; the message names what and the mend."""


class NodeFailedError(Exception):
    """Raised by a node that names its error's type itself, for retry policies to match."""

    def __init__(self, error_type: str, message: str) -> None:
        """Takes the type and one sentence."""
        super().__init__(message)
        self.error_type = error_type


class ResultError(ValueError):
    """A node's result that is no JSON, or too large."""


@dataclass(frozen=True, slots=True)
class NodeError:
    """Why a node failed: this is data, it stands in the record and on the error output."""

    type: str
    message: str
    node: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it stands under `error` in an item."""
        return {"type": self.type, "message": self.message, "node": self.node}

    @classmethod
    def of(cls, error: BaseException, node: str) -> NodeError:
        """From whatever a node raised."""
        kind = str(getattr(error, "error_type", None) or type(error).__name__)
        try:
            message = str(error)
        except Exception:  # an exception of a node's own may be broken as well
            message = ""
        return cls(kind, _whole(message or kind), node)


def _whole(message: str) -> str:
    """A message that every store takes: of bounded length, without halves of characters."""
    cut = message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}…"
    return cut.encode("utf-8", "replace").decode()
