"""A pipeline as a value: nodes by name, in order, with the branches that routers choose.

A definition names its nodes and never imports them, so that whoever only wants to know the
shape (synthesis, documentation, the event rules) pays for no node's imports.
"""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
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


LONGEST_TRY_SECONDS: Final = 30
"""What one try of a node may take at most, and takes unless its policy says less."""
_MOST_TRIES: Final = 5


class PipelineDefinitionError(ValueError):
    """A pipeline that cannot be built; the message names the pipeline, the node and the mend."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How long one try of a node may take, and how often a failed one is tried again at once.

    Whole seconds, because both engines can keep those. Without a policy a node is tried once; its
    event is delivered again in any case.
    """

    attempts: int = 1
    """All tries, the first among them."""
    errors: tuple[str, ...] = ("*",)
    """Names of exceptions that are tried again, `Timeout` among them; `*` is every one."""
    interval: int = 1
    """Seconds before the second try; each pause is drawn between zero and its bound."""
    rate: float = 2.0
    """What each further pause is multiplied by."""
    maximum: int = 8
    """The longest pause in seconds."""
    timeout: int | None = None
    """Seconds one try may take; None is the platform's own."""

    def __post_init__(self) -> None:
        wrong = [
            said
            for holds, said in (
                (1 <= self.attempts <= _MOST_TRIES, f"attempts are 1 to {_MOST_TRIES}"),
                (bool(self.errors), 'errors name at least one, or "*"'),
                (1 <= self.interval < self.maximum, "interval is at least 1 and below maximum"),
                (self.rate >= 1, "rate is at least 1"),
                (
                    self.timeout is None or 1 <= self.timeout <= LONGEST_TRY_SECONDS,
                    f"timeout is 1 to {LONGEST_TRY_SECONDS} seconds",
                ),
            )
            if not holds
        ]
        if wrong:
            raise PipelineDefinitionError(f"Policy: {'; '.join(wrong)}")


ONCE: Final = Policy()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """An ordered chain of nodes; after a router, the nodes of the chosen branch come first.

    A router stands anywhere, in a branch of another one too.
    """

    name: str
    nodes: tuple[str, ...]
    starts_on: tuple[str, ...] = ()
    """Event types that start it; the names of older systems are allowed beside ours."""
    routers: Mapping[str, Branches] = field(default_factory=dict)
    needs: Mapping[str, tuple[Need, ...]] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
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
        return tuple(dict.fromkeys(_walk(self, self.nodes)))

    def policy(self, node: str) -> Policy:
        """How a node is tried."""
        return self.policies.get(node, ONCE)


def create_pipeline(
    name: str,
    *nodes: str,
    starts_on: tuple[str, ...] = (),
    routers: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    needs: Mapping[str, tuple[Need, ...]] | None = None,
    policies: Mapping[str, Policy] | None = None,
) -> Pipeline:
    """A pipeline; a router that neither `nodes` nor a branch places is put after the last of them.

    Raises:
        PipelineDefinitionError: a name is unusable, used twice, or unknown.
    """
    routes = {router: dict(branches) for router, branches in (routers or {}).items()}
    in_branches = {
        one for branches in routes.values() for branch in branches.values() for one in branch
    }
    placed = (*nodes, *(router for router in routes if router not in {*nodes, *in_branches}))
    return Pipeline(
        name, placed, starts_on, MappingProxyType(routes), dict(needs or {}), dict(policies or {})
    )


def load_definitions(root: Path) -> list[Pipeline]:
    """The pipelines of every folder below `functions/pipeline_nodes/`, in folder order.

    Raises:
        PipelineDefinitionError: files cannot be imported (it names them all), a `pipeline.py`
            defines no `pipeline`, or two share a name.
    """
    found: dict[str, Pipeline] = {}
    broken: list[str] = []
    for path in sorted((root / _PIPELINES).glob("[!_]*/pipeline.py")):
        try:
            pipeline = replace(_load(path), folder=path.parent.name)
        except PipelineDefinitionError:
            raise
        except Exception as error:  # whatever the file does, its name is what helps
            told = f"{path.relative_to(root).as_posix()}: {type(error).__name__}: {error}"
            broken.append(told)
            continue
        if pipeline.name in found:
            raise PipelineDefinitionError(
                f"{pipeline.name}: defined in the folders {found[pipeline.name].folder} and "
                f"{pipeline.folder}; give one of them another name"
            )
        found[pipeline.name] = pipeline
    if broken:
        raise PipelineDefinitionError(f"cannot be imported: {'; '.join(broken)}")
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


def _walk(pipeline: Pipeline, names: tuple[str, ...], above: tuple[str, ...] = ()) -> Iterator[str]:
    for name in names:
        if name in above:
            raise PipelineDefinitionError(
                f"{pipeline.name}: the router {name} stands in its own branch; a pipeline has no "
                "way back"
            )
        yield name
        for branch in pipeline.routers.get(name, {}).values():
            yield from _walk(pipeline, branch, (*above, name))


def _check(pipeline: Pipeline) -> None:
    if not pipeline.nodes:
        raise PipelineDefinitionError(f"{pipeline.name}: has no nodes; name at least one")
    standing = {pipeline.name, *_walk(pipeline, pipeline.nodes)}
    for name in sorted(standing | pipeline.routers.keys()):
        if not _NODE_NAME.fullmatch(name):
            raise PipelineDefinitionError(
                f"{pipeline.name}: {name!r} is no usable name; "
                "use lower-case letters, digits and underscores"
            )
    _check_places(pipeline)
    known = set(pipeline.all_nodes())
    for what, named in (
        ("needs", pipeline.needs), ("policies", pipeline.policies), ("routes", pipeline.routers)
    ):  # fmt: skip
        if unknown := set(named) - known:
            raise PipelineDefinitionError(
                f"{pipeline.name}: {what} of unknown nodes {sorted(unknown)}; place them or leave "
                "them away"
            )


def _check_places(pipeline: Pipeline) -> None:
    branched = {
        node
        for branches in pipeline.routers.values()
        for branch in branches.values()
        for node in branch
    }
    counts = Counter(pipeline.nodes)
    twice = {name for name, times in counts.items() if times > 1} | (counts.keys() & branched)
    if twice:
        raise PipelineDefinitionError(f"{pipeline.name}: {sorted(twice)} stand there twice")
