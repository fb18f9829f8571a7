"""The tenant leads every key, and is an argument of whatever makes one: read from the sources.

A key is written where a dictionary has `pk` (or an index's `…_pk`), and where a query names its
partition. Its value must begin with the tenant, or be made by a function that is given the tenant
first, or stand in EXCEPTIONS with the reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "shared").rglob("*.py"), *(ROOT / "functions").rglob("*.py")])
TENANT = {"tenant", "tenant_id"}

EXCEPTIONS = {
    "shared/identity/rows.py": "a credential is looked up before anybody knows its tenant",
    "shared/identity/sessions.py": "a refresh token is looked up by its own id",
    "shared/identity/passwords.py": "a token that resets a password is looked up by its own id",
    "shared/events/arrivals.py": "an outside source is registered for a tenant",
    "shared/crm/imports/upload.py": "an import folder is registered for a tenant",
    "shared/workflows/webhooks/webhook.py": "a call is looked up by an id that cannot be guessed",
    "shared/platform/counters.py": "a counter's name is given; rate limits lead it by the tenant",
    "shared/platform/dynamo.py": "the port to tables: it passes keys on",
    "shared/platform/mail.py": "`send` leads the key of its lease by the tenant and hands it on",
}
NO_KEYS = {"session_policy"}
SHARDS = {"pending_pk", "due_pk"}
"""Indexes of the platform's own, read for all tenants at once: what is not relayed, what is due."""


def is_tenant(node: ast.expr) -> bool:
    named = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
    return named in TENANT


def leads(node: ast.expr) -> bool:
    """Whether an expression begins with the tenant, as far as can be seen."""
    if isinstance(node, ast.JoinedStr):
        first = node.values[0]
        return isinstance(first, ast.FormattedValue) and is_tenant(first.value)
    if isinstance(node, ast.Call):
        return bool(node.args) and (is_tenant(node.args[0]) or carries(node.args[0]))
    return is_tenant(node)


def carries(node: ast.expr) -> bool:
    """`event.tenant`, or an entry whose key is made of its own tenant."""
    return isinstance(node, ast.Attribute) and is_tenant(node)


def keys(tree: ast.AST) -> Iterator[tuple[int, str, ast.expr]]:
    """Every place where a key is written: line, attribute, value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for name, value in zip(node.keys, node.values, strict=True):
                if isinstance(name, ast.Constant) and str(name.value).endswith("pk"):
                    yield node.lineno, str(name.value), value
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
            name, value = node.elts
            if isinstance(name, ast.Constant) and str(name.value).endswith("pk"):
                yield node.lineno, str(name.value), value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            index = node.targets[0].slice
            if isinstance(index, ast.Constant) and str(index.value).endswith("pk"):
                yield node.lineno, str(index.value), node.value


def unled(source: str, path: str = "x.py") -> list[str]:
    """Keys that the tenant does not lead."""
    tree = ast.parse(source)
    return [
        f"{path}:{line}: {name} = {ast.unparse(value)}"
        for line, name, value in keys(tree)
        if name not in SHARDS and not leads(value)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_tenant_leads_every_key(path):
    name = path.relative_to(ROOT).as_posix()
    if name not in EXCEPTIONS:
        assert unled(path.read_text(), name) == []


def test_every_exception_is_needed():
    needless = [
        n for n in EXCEPTIONS if not (ROOT / n).exists() or not unled((ROOT / n).read_text())
    ]
    assert needless == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{"pk": f"{tenant}#lead"}', 0),
        ('{"pk": partition(event.tenant, ref)}', 0),
        ('Query(t, ("pk", _partition(tenant, name)))', 0),
        ('{"pk": f"lead#{lead_id}"}', 1),
        ('Query(t, ("pk", lead_id))', 1),
        ('item["board_pk"] = f"{status}#{tenant}"', 1),
        ('{"pk": key_of(lead)}', 1),
    ],
)
def test_the_check_itself(source, found):
    assert len(unled(source)) == found


def makers() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions that are given the tenant first and give a partition."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.args.args:
                first = node.args.args[0].arg
                said = ast.unparse(node.returns or ast.Constant(None))
                if first in TENANT and said == "str" and node.name not in NO_KEYS:
                    yield path.relative_to(ROOT).as_posix(), node


MAKERS = list(makers())


@pytest.mark.parametrize(("path", "node"), MAKERS, ids=[node.name for _, node in MAKERS])
def test_what_makes_a_key_of_the_tenant_begins_with_it(path, node):
    returned = [n.value for n in ast.walk(node) if isinstance(n, ast.Return) and n.value]
    assert returned, path
    assert all(leads(value) for value in returned), f"{path}: {node.name}"
