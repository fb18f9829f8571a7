"""A pipeline as a value: nodes by name, in order, with the branches that routers choose.

A definition names its nodes and never imports them, so that whoever only wants to know the
shape (synthesis, documentation, the event rules) pays for no node's imports.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

Need = Literal["mail"]
"""What a node may touch outside its own input; the infrastructure grants exactly this."""

Branches = Mapping[str, tuple[str, ...]]

_NODE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PIPELINES: Final = Path("functions") / "pipeline_nodes"


class PipelineDefinitionError(ValueError):
    """A pipeline that cannot be built; the message names the pipeline, the node and the mend."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """An ordered chain of nodes; after a router, the nodes of the chosen branch come first."""

    name: str
    nodes: tuple[str, ...]
    starts_on: tuple[str, ...] = ()
    """Event types that start it; the names of older systems are allowed beside ours."""
    routers: Mapping[str, Branches] = field(default_factory=dict)
    needs: Mapping[str, tuple[Need, ...]] = field(default_factory=dict)
    folder: str = ""
    """The folder below `functions/pipeline_nodes/`; set when the folder is loaded."""

    def __post_init__(self) -> None:
        _check(self)

    def add(self, node: str, routes: Mapping[str, tuple[str, ...]] | None = None) -> Pipeline:
        """This pipeline with one more node at its end; with `routes` the node is a router."""
        routers = {**self.routers, node: dict(routes)} if routes else self.routers
        return replace(self, nodes=(*self.nodes, node), routers=routers)

    def all_nodes(self) -> tuple[str, ...]:
        """Every node once: the main chain, each router followed by its branches."""
        return tuple(dict.fromkeys(_walk(self)))


def create_pipeline(
    name: str,
    *nodes: str,
    starts_on: tuple[str, ...] = (),
    routers: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    needs: Mapping[str, tuple[Need, ...]] | None = None,
) -> Pipeline:
    """A pipeline; a router that `nodes` does not place is put after the last of them.

    Raises:
        PipelineDefinitionError: a name is unusable, used twice, or unknown.
    """
    routes = {router: dict(branches) for router, branches in (routers or {}).items()}
    placed = (*nodes, *(router for router in routes if router not in nodes))
    return Pipeline(name, placed, starts_on, MappingProxyType(routes), dict(needs or {}))


def load_definitions(root: Path) -> list[Pipeline]:
    """The pipelines of every folder below `functions/pipeline_nodes/`, in folder order.

    Raises:
        PipelineDefinitionError: a `pipeline.py` defines no `pipeline`, or two share a name.
    """
    found: dict[str, Pipeline] = {}
    for path in sorted((root / _PIPELINES).glob("[!_]*/pipeline.py")):
        pipeline = replace(_load(path), folder=path.parent.name)
        if pipeline.name in found:
            raise PipelineDefinitionError(
                f"{pipeline.name}: defined in the folders {found[pipeline.name].folder} and "
                f"{pipeline.folder}; give one of them another name"
            )
        found[pipeline.name] = pipeline
    return list(found.values())


def _load(path: Path) -> Pipeline:
    spec = importlib.util.spec_from_file_location(f"pipeline_definition_{path.parent.name}", path)
    if spec is None or spec.loader is None:  # pragma: no cover - importlib always knows .py files
        raise PipelineDefinitionError(f"{path}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pipeline = getattr(module, "pipeline", None)
    if not isinstance(pipeline, Pipeline):
        raise PipelineDefinitionError(
            f"{path.parent.name}/pipeline.py: no `pipeline`; add `pipeline = create_pipeline(...)`"
        )
    return pipeline


def _walk(pipeline: Pipeline) -> Iterator[str]:
    for name in pipeline.nodes:
        yield name
        for branch in pipeline.routers.get(name, {}).values():
            yield from branch


def _check(pipeline: Pipeline) -> None:
    if not pipeline.nodes:
        raise PipelineDefinitionError(f"{pipeline.name}: has no nodes; name at least one")
    for name in (pipeline.name, *_walk(pipeline)):
        if not _NODE_NAME.fullmatch(name):
            raise PipelineDefinitionError(
                f"{pipeline.name}: {name!r} is no usable name; "
                "use lower-case letters, digits and underscores"
            )
    main = pipeline.nodes
    branched = {node for name in pipeline.routers for b in _branches(pipeline, name) for node in b}
    twice = {name for name in main if main.count(name) > 1} | (set(main) & branched)
    if twice:
        raise PipelineDefinitionError(f"{pipeline.name}: {sorted(twice)} stand there twice")
    unknown = set(pipeline.needs) - set(pipeline.all_nodes())
    if unknown:
        raise PipelineDefinitionError(f"{pipeline.name}: needs of unknown nodes {sorted(unknown)}")


def _branches(pipeline: Pipeline, router: str) -> Iterator[tuple[str, ...]]:
    if router not in pipeline.nodes:
        raise PipelineDefinitionError(
            f"{pipeline.name}: the router {router} is not among its nodes"
        )
    yield from pipeline.routers[router].values()
