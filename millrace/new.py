"""`millrace new`: the files that something new begins with."""

from __future__ import annotations

import json
import keyword
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from millrace import node_scaffold, scaffold, tool_scaffold
from millrace.failing import CommandError, MisuseError
from millrace.options import ROOT, AsJson, Root
from millrace.output import document, line

app = typer.Typer(help="Write the files that something new begins with.")

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
_TAKEN: Final = frozenset({"pipeline", "node", "handler", "context", "data"})
"""What a node's module or its folder means something else by."""


@app.callback()
def new() -> None:
    """Write the files that something new begins with."""


@app.command()
def pipeline(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the folder, e.g. refunds.")],
    on: Annotated[
        list[str] | None,
        typer.Option("--on", metavar="EVENT_TYPE", help="What starts it; repeatable."),
    ] = None,
    node: Annotated[
        list[str] | None,
        typer.Option("--node", metavar="NAME", help="A step, in their order; repeatable."),
    ] = None,
    root: Root = ROOT,
    as_json: AsJson = False,
) -> None:
    """Write a pipeline that runs, with a test."""
    types, nodes = on or ["lead.status_changed"], node or ["handle"]
    _check_names(name, nodes)
    sample = _sample(types)
    wanted = scaffold.files(name, types, nodes)
    _write(root, name, wanted)
    start = f"millrace events put {types[0]} --data {shlex.quote(json.dumps(sample))}"
    if as_json:
        written = [str(path) for path in wanted]
        named = {"pipeline": scaffold.pipeline_name(name), "nodes": nodes, "starts_on": types}
        document({**named, "files": written, "next": ["make run", start]})
        return
    line(f"{scaffold.pipeline_name(name)}: {', '.join(nodes)}; started by {', '.join(types)}\n")
    for path in wanted:
        line(f"  {path}")
    line(f"\nNext: `make run`, and from a second terminal\n\n  .venv/bin/{start}")


@app.command()
def node(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of its module, e.g. to_slack.")],
    family: Annotated[
        str, typer.Option(metavar="FOLDER", help="Of shared/nodes/; nothing is shared/nodes/.")
    ] = "",
    kind: Annotated[str, typer.Option(help=" or ".join(node_scaffold.KINDS))] = "blocking",
    root: Root = ROOT,
    as_json: AsJson = False,
) -> None:
    """Write a node type that runs, with a test."""
    name = name.replace("-", "_")
    _check_node(name, kind)
    folder = node_scaffold.NODES / family
    if (family and not _NAME.fullmatch(family)) or not (root / folder / "__init__.py").is_file():
        raise CommandError(f"{root / folder} is no folder of node types; see `ls shared/nodes`")
    wanted = node_scaffold.files(name, family, kind)
    for taken in wanted:
        if (root / taken).exists() or (root / taken).with_suffix("").is_dir():
            raise CommandError(f"{taken} exists; choose another name, or remove it first")
    _write_files(root, wanted)
    paths = [str(path) for path in wanted]
    following = [f".venv/bin/pytest -q {paths[1]}", "make generate"]
    if as_json:
        document({"type": name.replace("_", "-"), "files": paths, "next": following})
        return
    line(f"{name.replace('_', '-')}: a {kind} node\n")
    for path in paths:
        line(f"  {path}")
    line(f"\nNext: `{following[0]}`; `{following[1]}` writes it into docs/nodes.md")


@app.command()
def tool(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As models call it, e.g. weather.")],
    root: Root = ROOT,
    as_json: AsJson = False,
) -> None:
    """Write a tool of agents that runs, with a test."""
    name = name.replace("-", "_")
    _check_word(name, "tool")
    if not (root / tool_scaffold.TOOLS / "__init__.py").is_file():
        raise CommandError(f"{root} is no checkout of Millrace; name one with --root")
    wanted = tool_scaffold.files(name)
    for taken in wanted:
        if (root / taken).exists():
            raise CommandError(f"{taken} exists; choose another name, or remove it first")
    _write_files(root, wanted)
    paths = [str(path) for path in wanted]
    following = [f".venv/bin/pytest -q {paths[1]}"]
    if as_json:
        document({"tool": name, "files": paths, "next": following})
        return
    line(f"{name}: a tool of agents\n")
    for path in paths:
        line(f"  {path}")
    line(f"\nNext: `{following[0]}`; an agent may call it once its list of tools names it")


def _check_node(name: str, kind: str) -> None:
    _check_word(name, "node type")
    if kind not in node_scaffold.KINDS:
        raise MisuseError(f"--kind {kind}: write {' or '.join(node_scaffold.KINDS)}")


def _check_word(name: str, what: str) -> None:
    if not _NAME.fullmatch(name) or "__" in name or name.endswith("_"):
        raise MisuseError(
            f"{name!r} is no usable name of a {what}; use lower-case words divided by - or _, "
            "at most 30 characters, a letter first"
        )
    if keyword.iskeyword(name):
        raise MisuseError(f"{name!r} means something else in Python; choose another")


def _check_names(pipeline_name: str, nodes: Sequence[str]) -> None:
    for kind, name in (("pipeline", pipeline_name), *(("node", node) for node in nodes)):
        if not _NAME.fullmatch(name):
            raise MisuseError(
                f"{name!r} is no usable name of a {kind}; use lower-case letters, digits and "
                "underscores, at most 30, a letter first"
            )
        if keyword.iskeyword(name) or (kind == "node" and name in _TAKEN):
            raise MisuseError(f"{name!r} means something else in Python or here; choose another")
    if twice := sorted({node for node in nodes if nodes.count(node) > 1}):
        raise MisuseError(f"--node {', '.join(twice)} stands there twice; name each node once")


def _sample(types: Sequence[str]) -> dict[str, object]:
    """Data that starts the pipeline, from the catalogue."""
    from shared.events.catalog import lookup
    from shared.events.catalog.registry import UnknownEventTypeError

    try:
        found = [lookup(name) for name in types]
    except UnknownEventTypeError as error:
        raise CommandError(
            f"--on: {error}; a new type is a model in shared/events/catalog/"
        ) from None
    return dict(found[0].sample)


def _write(root: Path, name: str, wanted: dict[Path, str]) -> None:
    folder = scaffold.PIPELINES / name
    if not (root / scaffold.PIPELINES).is_dir():
        raise CommandError(f"{root} is no checkout of Millrace; name one with --root")
    for taken in (folder, folder.with_suffix(".py"), scaffold.test_path(name)):
        if (root / taken).exists():
            raise CommandError(f"{taken} exists; choose another name, or remove it first")
    try:
        (root / folder).mkdir()
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be written ({error.strerror})") from None
    _write_files(root, wanted)


def _write_files(root: Path, wanted: dict[Path, str]) -> None:
    try:
        for path, content in wanted.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be written ({error.strerror})") from None
