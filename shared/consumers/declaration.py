"""What a consumer says of itself, read from its file without importing it.

The CDK app, the documentation and the replay all read the same decorator, whose arguments are
literals; whoever only wants to know what there is pays for no consumer's imports.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args

Place = Literal["crm", "event_log", "projections", "webhooks", "workflows"]
"""A table that a consumer may use."""
Action = Literal["get", "query", "put", "add", "delete"]
"""What it may do there; the infrastructure grants exactly these."""
Needs = Mapping[Place, tuple[Action, ...]]
Outlet = Literal["triggered_runs"]
"""A queue that a consumer may send to."""

FOLDER: Final = Path("functions") / "events" / "consumers"
MODULE: Final = ".".join(FOLDER.parts)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


class ConsumerDeclarationError(ValueError):
    """A consumer that cannot be built; the message names its file and the mend."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One consumer: what it hears, and what it needs."""

    name: str
    topics: tuple[str, ...] = ()
    """Hears events on one of these; outside sources' events have no topics."""
    types: tuple[str, ...] = ()
    """Hears these types; with topics too, both must fit."""
    filter: Mapping[str, Any] = field(default_factory=dict)
    """An EventBridge pattern that the envelope must match, e.g. `{"data": {"status": ["won"]}}`."""
    ordered: bool = False
    """Handles the events of one entity one after the other, by their sequence."""
    outside: bool = False
    """Has effects outside of Millrace: takes a lease, and refuses replays unless told."""
    thin: bool = False
    """Sees events as they are on the bus: of one whose data is kept elsewhere, the small fields."""
    needs: Needs = field(default_factory=dict)
    repeatable: bool = False
    """Doing it twice is doing it once: what it writes is the same row again, what it sends is known
    where it goes. It has neither lease nor inbox key, which cost more than many an effect."""
    sends: tuple[Outlet, ...] = ()
    """Queues that it sends to."""
    about: str = ""
    """The first line of its docstring."""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def handler(self) -> str:
        """What Lambda calls."""
        return f"{MODULE}.{self.name}.handler"

    def pattern(self) -> dict[str, Any]:
        """The rule's pattern; a consumer that names nothing hears everything."""
        detail = {**({"topics": list(self.topics)} if self.topics else {}), **self.filter}
        found: dict[str, Any] = {"detail": detail} if detail else {}
        if self.types:
            found["detail-type"] = list(self.types)
        return found or {"source": [{"prefix": ""}]}


def load_declarations(root: Path) -> list[Declaration]:
    """The consumers of every file in `functions/events/consumers/`, by name.

    Raises:
        ConsumerDeclarationError: a file declares none, or one that cannot be built.
    """
    return [_load(path) for path in sorted((root / FOLDER).glob("[!_]*.py"))]


def _load(path: Path) -> Declaration:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = list(_decorated(tree))
    if len(found) != 1:
        raise ConsumerDeclarationError(
            f"{path.name}: {len(found)} functions under @consumer(...); write one to a file"
        )
    function, call = found[0]
    if function.name != path.stem:
        raise ConsumerDeclarationError(
            f"{path.name}: its consumer is called {function.name}; call it {path.stem}"
        )
    about = (ast.get_docstring(function) or "").partition("\n")[0]
    return Declaration(function.name, about=about, **_arguments(path, call))


def _decorated(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for call in function.decorator_list:
            named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            if named and call.func.id == "consumer":  # type: ignore[attr-defined]
                yield function, call  # type: ignore[misc]


def _arguments(path: Path, call: ast.Call) -> dict[str, Any]:
    known = [one.name for one in fields(Declaration)][1:-1]
    try:
        given = dict(zip(known, map(ast.literal_eval, call.args), strict=False))
        given |= {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    except ValueError:
        raise ConsumerDeclarationError(
            f"{path.name}:{call.lineno}: an argument of @consumer is no literal; write it out"
        ) from None
    if unknown := sorted(given.keys() - set(known)):
        raise ConsumerDeclarationError(f"{path.name}: @consumer knows no {', '.join(unknown)}")
    return given


def _check_filter(said: Declaration) -> None:
    from shared.events.patterns import InvalidPatternError, Pattern  # few consumers have one
    from shared.events.personal import sealed_fields_of

    try:
        Pattern(said.filter)
    except InvalidPatternError as error:
        raise ConsumerDeclarationError(f"{said.name}: filter: {error}") from None
    if hidden := sealed_fields_of(said.filter, said.types, said.topics):
        raise ConsumerDeclarationError(
            f"{said.name}: filter: {', '.join(hidden)}: personal, hence sealed on the bus where no "
            "rule can see it; look at it in the consumer"
        )


def _check(said: Declaration) -> None:
    if not _NAME.fullmatch(said.name):
        raise ConsumerDeclarationError(
            f"{said.name!r} is no usable name; use lower-case letters, digits and underscores"
        )
    for name in ("topics", "types"):
        value = getattr(said, name)
        if not isinstance(value, tuple):
            raise ConsumerDeclarationError(f'{said.name}: {name}={value!r}; write it as ("a", "b")')
    if said.filter:
        _check_filter(said)
    for place, actions in said.needs.items():
        wrong = ({place} - set(get_args(Place))) | (set(actions) - set(get_args(Action)))
        if wrong:
            raise ConsumerDeclarationError(
                f"{said.name}: needs {sorted(wrong)}; there are {', '.join(get_args(Place))} "
                f"with {', '.join(get_args(Action))}"
            )
