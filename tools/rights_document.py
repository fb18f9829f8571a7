"""docs/rights.md: what each role may do, and what each route needs, from the code that enforces."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI

from functions.web.access import Declared, declared
from shared.identity.rights import ALLOWED, MEANING, NEVER_IN_A_KEY, ROLES, Right


def document(apps: list[FastAPI]) -> str:
    """The page."""
    return "\n".join([*_roles(), *_routes(apps)]) + "\n"


def _roles() -> Iterator[str]:
    yield "# Rights"
    yield ""
    yield "Generated: `make generate`, from `shared/identity/rights.py` and the routes."
    yield ""
    yield f"| right | allows to | {' | '.join(ROLES)} | in a key |"
    yield f"|---|---|{'---|' * len(ROLES)}---|"
    for right in Right:
        held = " | ".join("yes" if right in ALLOWED[role] else "" for role in ROLES)
        in_a_key = "never" if right in NEVER_IN_A_KEY else "yes"
        yield f"| `{right}` | {MEANING[right]} | {held} | {in_a_key} |"
    yield ""
    yield "What a member owns is changed and removed by them, by managers and by admins; what"
    yield "nobody owns by whoever has the right. A key holds single rights, its scopes, and never"
    yield "more than whoever made it."


def _routes(apps: list[FastAPI]) -> Iterator[str]:
    yield ""
    yield "## Routes"
    yield ""
    yield "| route | needs |"
    yield "|---|---|"
    found = [route for app in apps for route in declared(app)]
    for one in sorted(found, key=lambda one: (one.path, one.method)):
        yield f"| `{one.method} {one.path}` | {_needs(one)} |"


def _needs(one: Declared) -> str:
    if one.needs.open:
        return "nothing: open to all"
    return ", ".join(f"`{right}`" for right in one.needs.rights) or "to be signed in"
