"""Pipelines whose nodes are at hand in this process, and the registry that knows them by name.

@node
def weigh(data, context):
    return {**data, "weight": 2}

create_pipeline("parcels", weigh).process({})
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from shared.pipelines import definition
from shared.pipelines.definition import Pipeline, PipelineDefinitionError, Policy, load_definitions
from shared.pipelines.inline import run_inline
from shared.pipelines.node import Item, Node, as_node

Step = Any
"""A node, a plain function of data and context, or an object that has `process`."""
Routes = Mapping[str, Sequence[Step]]
ROOT: Final = Path(__file__).resolve().parents[2]


class PipelineNotFoundError(LookupError):
    """A name that no registered pipeline has; the message lists those that there are."""


class Program:
    """A pipeline that runs in this process; `add` puts a node at its end."""

    def __init__(self, shape: Pipeline, nodes: Mapping[str, Node] | None = None) -> None:
        self._shape = shape
        self._nodes = dict(nodes or {})

    @property
    def shape(self) -> Pipeline:
        """Its nodes by name, in order, with their branches."""
        return self._shape

    @property
    def name(self) -> str:
        """Its name."""
        return self._shape.name

    def node(self, name: str) -> Node:
        """One of its nodes.

        Raises:
            PipelineDefinitionError: the file of the node is missing or broken, or it has no such.
        """
        if name not in self._nodes:
            self._nodes[name] = load_node(self._shape, name)
        return self._nodes[name]

    def add(self, step: Step, routes: Routes | None = None) -> Program:
        """Itself, with one more node at its end; with `routes` the node is a router."""
        nodes = dict(self._nodes)
        name = _named(nodes, self.name, step, router=routes is not None)
        named = _routes(nodes, self.name, routes) if routes is not None else None
        self._shape, self._nodes = self._shape.add(name, named), nodes
        return self

    def run(self, data: Mapping[str, Any] | None = None, **how: Any) -> Item:
        """The item after its last node: data, trace, context; see `run_inline`."""
        return run_inline(self._shape, self.node, data or {}, **how)

    def process(self, data: Mapping[str, Any] | None = None, **how: Any) -> dict[str, Any]:
        """The data after its last node; after a failure with `error` and `failed_node`."""
        after: dict[str, Any] = self.run(data, **how)["data"]
        return after


class Registry:
    """Pipelines by name; no two have the same."""

    def __init__(self, programs: Sequence[Program] = ()) -> None:
        self._programs: dict[str, Program] = {}
        for program in programs:
            self.register(program)

    @classmethod
    def of_folders(cls, root: Path = ROOT) -> Registry:
        """Those of the folders below `functions/pipeline_nodes/`; nodes are imported when run."""
        return cls([Program(shape) for shape in load_definitions(root)])

    def register(self, program: Program) -> Program:
        """Takes a pipeline in.

        Raises:
            PipelineDefinitionError: its name is taken.
        """
        if program.name in self._programs:
            raise PipelineDefinitionError(
                f"{program.name}: a pipeline of this name is registered; give this one another"
            )
        self._programs[program.name] = program
        return program

    def get(self, name: str) -> Program:
        """One of them.

        Raises:
            PipelineNotFoundError: none has this name.
        """
        if name not in self._programs:
            known = ", ".join(sorted(self._programs)) or "none"
            raise PipelineNotFoundError(f"Pipeline '{name}' not found; registered are {known}")
        return self._programs[name]

    def shapes(self) -> list[Pipeline]:
        """What they look like, in the order of registration."""
        return [program.shape for program in self._programs.values()]


def create_program(
    name: str,
    *steps: Step,
    starts_on: tuple[str, ...] = (),
    routers: Mapping[Step, Routes] | None = None,
    policies: Mapping[str, Policy] | None = None,
) -> Program:
    """A pipeline of functions; a router is named by its node or by its name.

    Raises:
        PipelineDefinitionError: a name is unusable, used twice, or unknown.
    """
    nodes: dict[str, Node] = {}
    placed = {
        _named(nodes, name, router, router=True): routes
        for router, routes in (routers or {}).items()
    }
    chain = [_named(nodes, name, step) for step in steps]
    routed = {router: _routes(nodes, name, routes) for router, routes in placed.items()}
    made = definition.create_pipeline(
        name, *chain, starts_on=starts_on, routers=routed, policies=policies
    )
    return Program(made, nodes)


def load_node(pipeline: Pipeline, name: str) -> Node:
    """The node of a pipeline's folder; its module is imported by name.

    Raises:
        PipelineDefinitionError: the module cannot be imported, has no node of this name, or one
            that is no router where the pipeline has routes for it.
    """
    file = f"functions/pipeline_nodes/{pipeline.folder}/{name}.py"
    try:
        module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    except Exception as error:  # whatever the file does, its name is what helps
        raise PipelineDefinitionError(
            f"{file}: cannot be imported: {type(error).__name__}: {error}"
        ) from error
    found = next((v for v in vars(module).values() if isinstance(v, Node) and v.name == name), None)
    if found is None:
        raise PipelineDefinitionError(f"{file}: has no node named {name}; decorate it with @node")
    if (found.kind == "router") != (name in pipeline.routers):
        mend = "decorate it with @router" if found.kind == "node" else "give it routes"
        raise PipelineDefinitionError(f"{file}: {name} is a {found.kind} in a wrong place; {mend}")
    return found


def _named(nodes: dict[str, Node], pipeline: str, step: Step, *, router: bool = False) -> str:
    """The name of a step, which from now on means its node."""
    if isinstance(step, str):
        if step not in nodes:
            raise PipelineDefinitionError(
                f"{pipeline}: no node is named {step!r} here; give the node itself"
            )
        return step
    node = as_node(step)
    held = nodes.get(node.name)
    if held is not None and held.function is not node.function:
        raise PipelineDefinitionError(
            f"{pipeline}: two nodes are named {node.name}; name one otherwise: @node('…')"
        )
    if held is None or router:
        nodes[node.name] = node.as_router() if router else node
    return node.name


def _routes(nodes: dict[str, Node], pipeline: str, routes: Routes) -> dict[str, tuple[str, ...]]:
    return {
        route: tuple(_named(nodes, pipeline, step) for step in steps)
        for route, steps in routes.items()
    }
