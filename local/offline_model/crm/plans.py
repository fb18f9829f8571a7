"""Plans: the calls that a command makes one after the other, and what is said in the end.

A plan is a generator: it yields a call, is sent the result, and returns the answer. The server
keeps nothing between two requests: it runs the plan from its beginning over the results that the
messages hold.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from local.offline_model.crm.heard import Result

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """A call of a tool; an argument of None is not given."""

    tool: str
    arguments: Mapping[str, Any]


Steps = Generator[Step, Result, T]
Plan = Steps[str]


class ToldError(Exception):
    """A plan ends early; the message is the answer."""


def step(tool: str, **arguments: Any) -> Steps[Result]:
    """One call whose failure ends the plan with the tool's own words."""
    result = yield Step(tool, arguments)
    if not result.success:
        raise ToldError(result.message or "That did not work, and the CRM did not say why.")
    return result
