"""From an event type to the pipeline that it starts, in this process (seed 000).

`EventDispatcher.dispatch` knows the pipelines of the folders and those made by `create_pipeline`;
a `Dispatcher` knows what it is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from shared.pipelines.definition import Policy
from shared.pipelines.mapping import check_mappings, chosen, mappings, started_by
from shared.pipelines.programs import Program, Registry, Routes, Step, create_program


class Dispatcher:
    """Runs the pipeline of an event type and waits for the result.

    Args:
        mapped: event types to pipelines, beside those that the pipelines start on themselves.

    Raises:
        PipelineDefinitionError: the mapping names a pipeline that is not registered.
    """

    def __init__(self, registry: Registry, mapped: Mapping[str, str] | None = None) -> None:
        check_mappings(mapped or {}, registry.shapes())
        self._registry = registry
        self._mapped = dict(mapped or {})

    def mappings(self) -> Mapping[str, str]:
        """Event types to pipelines, as `dispatch` takes them."""
        return {**mappings(self._registry.shapes()), **self._mapped}

    def dispatch(
        self,
        event_type: str,
        data: Mapping[str, Any] | None = None,
        *,
        pipeline: str | None = None,
        **how: Any,
    ) -> dict[str, Any]:
        """The data after the pipeline; after a failure with `error`, `failed_node` and `status`.

        Raises:
            UnknownEventTypeError: the type starts no pipeline.
            AmbiguousEventError: it starts several, and `pipeline` names none of them.
            PipelineNotFoundError: no pipeline has that name.
        """
        program = self._registry.get(pipeline or self._chosen(event_type))
        enriched = {**(data or {}), "event_metadata": {"event_type": event_type}}
        return program.process(enriched, event_type=event_type, **how)

    def _chosen(self, event_type: str) -> str:
        if event_type in self._mapped:
            return self._mapped[event_type]
        return chosen(event_type, started_by(self._registry.shapes()))


@lru_cache(maxsize=1)
def registry() -> Registry:
    """The pipelines of this process: those of the folders, and what `create_pipeline` made."""
    return Registry.of_folders()


def create_pipeline(
    name: str,
    *steps: Step,
    starts_on: tuple[str, ...] = (),
    routers: Mapping[Step, Routes] | None = None,
    policies: Mapping[str, Policy] | None = None,
) -> Program:
    """A pipeline of functions, known to this process by its name from now on.

    Raises:
        PipelineDefinitionError: it cannot be built, or its name is taken.
    """
    made = create_program(name, *steps, starts_on=starts_on, routers=routers, policies=policies)
    return registry().register(made)


class EventDispatcher:
    """The dispatcher of this process, as seed 000 calls it."""

    @staticmethod
    def dispatch(
        event_type: str, data: Mapping[str, Any] | None = None, *, pipeline: str | None = None
    ) -> dict[str, Any]:
        """See `Dispatcher.dispatch`."""
        return Dispatcher(registry()).dispatch(event_type, data, pipeline=pipeline)


class _Mappings(Mapping[str, str]):
    """Reads what there is at that moment, so that importing the name costs nothing."""

    def __getitem__(self, event_type: str) -> str:
        return mappings(registry().shapes())[event_type]

    def __iter__(self) -> Iterator[str]:
        return iter(mappings(registry().shapes()))

    def __len__(self) -> int:
        return len(mappings(registry().shapes()))

    def __repr__(self) -> str:
        return repr(dict(self))


EVENT_PIPELINE_MAPPINGS: Mapping[str, str] = _Mappings()
