"""Which pipeline an event type starts: `EVENT_PIPELINE_MAPPINGS` of seed 000, read-only.

It follows from what each pipeline says that it starts on; the names of older systems are in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from shared.events.catalog import lookup
from shared.events.catalog.registry import UnknownEventTypeError
from shared.pipelines.definition import Pipeline, PipelineDefinitionError


class AmbiguousEventError(ValueError):
    """A type that starts several pipelines, where one must be meant; the message names them."""


def started_by(pipelines: Sequence[Pipeline]) -> Mapping[str, tuple[str, ...]]:
    """Event types, old names among them, to every pipeline that they start.

    Raises:
        PipelineDefinitionError: a pipeline of a folder starts on a type that nothing can publish.
    """
    for pipeline in pipelines:
        for event_type in pipeline.starts_on if pipeline.folder else ():
            try:  # what is deployed is started by the bus, which knows its types
                lookup(event_type)
            except UnknownEventTypeError as error:
                raise PipelineDefinitionError(f"{pipeline.name}: {error}") from None
    return started_by_types({pipeline.name: pipeline.starts_on for pipeline in pipelines})


def started_by_types(starts: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, ...]]:
    """The same of pipelines that only their names and their types are known of."""
    found: dict[str, list[str]] = defaultdict(list)
    for pipeline, types in starts.items():
        for name in dict.fromkeys(one for event_type in types for one in _names(event_type)):
            found[name].append(pipeline)
    return MappingProxyType({name: tuple(found[name]) for name in sorted(found)})


def mappings(pipelines: Sequence[Pipeline]) -> Mapping[str, str]:
    """`EVENT_PIPELINE_MAPPINGS`: each type that starts one pipeline, to that pipeline."""
    every = started_by(pipelines)
    return MappingProxyType({name: names[0] for name, names in every.items() if len(names) == 1})


def chosen(event_type: str, every: Mapping[str, tuple[str, ...]]) -> str:
    """The one pipeline that a type starts.

    Raises:
        UnknownEventTypeError: it starts none.
        AmbiguousEventError: it starts several.
    """
    found = every.get(event_type, ())
    if not found:
        raise unsupported(event_type, every)
    if len(found) > 1:
        raise AmbiguousEventError(
            f"{event_type} starts {' and '.join(found)}; name the one that is meant as `pipeline`"
        )
    return found[0]


def unsupported(event_type: str, every: Mapping[str, tuple[str, ...]]) -> UnknownEventTypeError:
    """The error about a type that starts nothing."""
    return UnknownEventTypeError(
        f"Unsupported event type: {event_type}; known are {', '.join(every)}"
    )


def check_mappings(mapped: Mapping[str, str], pipelines: Sequence[Pipeline]) -> None:
    """Holds a mapping written by hand against the pipelines that there are.

    Raises:
        PipelineDefinitionError: it names pipelines that are not registered; it names them all.
    """
    known = {pipeline.name for pipeline in pipelines}
    wrong = [f"{event!r} to {name!r}" for event, name in mapped.items() if name not in known]
    if wrong:
        raise PipelineDefinitionError(
            f"EVENT_PIPELINE_MAPPINGS maps {', '.join(wrong)}, registered under no such name; "
            f"registered are {', '.join(sorted(known)) or 'none'}"
        )


def _names(event_type: str) -> tuple[str, ...]:
    try:
        kind = lookup(event_type)
    except UnknownEventTypeError:
        return (event_type,)
    return (kind.name, *kind.aliases)
