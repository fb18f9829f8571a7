"""The kinds of function: each has a lock file of its own and only the sources that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

_CHAT: Final = (
    "submit", "status", "clear", "conversations", "sweeper", "conversation_settings", "settings",
    "wiring",
)  # fmt: skip
_CHAT_ANSWER: Final = ("answer", "answer_settings", "assisting", "conversation_settings")

SOURCES: Final[dict[str, tuple[str, ...]]] = {
    "crm": ("functions/crm", "functions/web"),
    "node": ("functions/pipeline_nodes",),
    "events": ("functions/events", "functions/pipeline_nodes/starter.py"),
    "authorizer": ("functions/identity/authorizer.py",),
    "identity": ("functions/identity", "functions/web"),
    "workflows": ("functions/workflow_loops", "functions/web"),
    "runner": tuple(
        f"functions/workflow_loops/{name}.py"
        for name in (
            "runner",
            "runner_settings",
            "tenant_runs",
            "ports",
            "connection_ports",
            "agent_ports",
        )
    ),
    "python_tool": ("functions/python_tool",),
    "webhooks": ("functions/webhooks",),
    "chat": (
        "functions/chat/routes",
        *(f"functions/chat/{name}.py" for name in _CHAT),
        *(f"functions/web/{name}.py" for name in ("bare", "rules", "settings")),
    ),
    "chat_answer": (
        *(f"functions/chat/{name}.py" for name in _CHAT_ANSWER),
        "functions/web/settings.py",
    ),
}
"""Which functions each kind serves; a handler belongs to the kind that names it closest."""

_GRAPHS: Final = (
    "agents", "connections", "crm", "events", "graph", "identity", "llm", "nodes", "platform",
    "tools", "workflows",
)  # fmt: skip

SHARED: Final[dict[str, tuple[str, ...]]] = {
    "crm": ("consumers", "crm", "events", "identity", "pipelines", "platform", "webhooks"),
    "node": ("events", "pipelines", "platform"),
    "events": (
        "consumers",
        "crm",
        "events",
        "identity",
        "outside",
        "pipelines",
        "platform",
        "webhooks",
    ),
    "authorizer": ("events", "identity", "platform"),
    "identity": ("events", "identity", "platform"),
    "workflows": _GRAPHS,
    "runner": _GRAPHS,
    "python_tool": (),
    "webhooks": ("events", "identity", "platform", "webhooks"),
    "chat": ("assistant/conversations", "assistant/pending.py", "events", "identity", "platform"),
    "chat_answer": (*_GRAPHS, "assistant"),
}
"""Which packages of `shared/` each kind needs."""

LEFT_OUT: Final = frozenset(
    Path("shared/pipelines", f"{name}.py")
    for name in ("api", "bounded", "dispatcher", "flow", "inline", "programs", "tasks")
)
"""What runs a pipeline in one process: no function does, and it would bring the whole of graph."""


class NoKindError(ValueError):
    """A handler that no kind of asset holds."""


def kind_of(handler: str) -> str:
    """The kind whose asset holds a handler such as `functions.crm.handler.handler`.

    Raises:
        NoKindError: no kind serves its folder.
    """
    path = handler.rpartition(".")[0].replace(".", "/")
    fits = [
        (len(source), kind)
        for kind, sources in SOURCES.items()
        for source in sources
        if f"{path}/".startswith(source.removesuffix(".py") + "/")
    ]
    if not fits:
        raise NoKindError(f"{handler} is in no asset; add it to SOURCES in infra/assets/kinds.py")
    return max(fits)[1]


def lock_file(kind: str) -> Path:
    """The hash-pinned dependencies of a kind, relative to the root."""
    return Path("requirements") / f"{kind}.lock"


def sources(kind: str, root: Path = ROOT) -> list[Path]:
    """Every file of ours in the asset, relative to the root and in order."""
    folders = [*SOURCES[kind], *(f"shared/{package}" for package in SHARED[kind])]
    found = {file for folder in folders for file in _files(root / folder)}
    packages = {parent for file in found for parent in file.parents if parent.is_relative_to(root)}
    found |= {init for package in packages if (init := package / "__init__.py").is_file()}
    held = {file.relative_to(root) for file in found} - LEFT_OUT
    return sorted(held, key=Path.as_posix)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    else:
        yield from (file for file in path.rglob("*") if file.suffix in (".py", ".json"))
