"""What is asked and answered in development mode."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from functions.workflow_loops.catalogue_views import Asked
from functions.workflow_loops.orchestrator_views import Text
from shared.workflows.development.bench import SECONDS

Object = Annotated[dict[str, Any], Field(max_length=1_000)]
Session = Annotated[str, Field(max_length=100)]
Seconds = Annotated[float, Field(gt=0, le=300, allow_inf_nan=False)]
"""Whatever is asked for, nobody waits longer than an answer over HTTP may take."""


class NodeRun(Asked):
    """Which node is run, with which form and input."""

    node_id: Text
    form_values: Object | None = None
    input_data: Object | None = None
    session_id: Session | None = None
    timeout: Seconds = SECONDS


class IterationRun(Asked):
    """Which loop's body is run for which of its items; without one, for the next."""

    node_id: Text
    form_values: Object | None = None
    input_data: Object | None = None
    iteration_index: Annotated[int | None, Field(ge=-1_000_000, le=1_000_000)] = None
    session_id: Session | None = None
    timeout: Seconds = SECONDS


class NamedNode(Asked):
    """Which node."""

    node_id: Text


class PathRun(Asked):
    """Up to which node, or the whole draft; with which forms and which input."""

    until: Text | None = None
    form_values: Annotated[dict[str, Object], Field(max_length=1_000)] = {}
    input: Object | None = None
    reuse: bool = True
    timeout: Seconds = SECONDS


class TypeRun(Asked):
    """A node type that is run alone."""

    input_data: Object = {}
    form_data: Object = {}
    session_id: Session | None = None
    timeout: Seconds = SECONDS


class SessionNamed(Asked):
    """Which session."""

    session_id: Annotated[str, Field(min_length=1, max_length=100)]


class PinBody(Asked):
    """What a node shall give instead of being run, and by which output it leaves."""

    value: Any = None
    route: Annotated[str | None, Field(max_length=100)] = None
