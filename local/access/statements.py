"""Statements of policies, and what a set of them says about a request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from local.access.conditions import Values, check, hold, pattern

Effect = Literal["Allow", "Deny"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks."""

    kind: Literal["AWS", "Service"]
    name: str
    """The ARN of a role or of the account's root, or the name of a service of AWS."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; lists stay lists of patterns."""

    effect: Effect
    actions: Values
    resources: Values
    conditions: Mapping[str, Mapping[str, Any]]
    principals: Mapping[str, Values] | None
    """None in a policy of an identity, which is about its owner."""
    not_actions: bool = False
    not_resources: bool = False

    def covers(
        self, principal: Principal, action: str, resource: str, context: Mapping[str, Values]
    ) -> bool:
        """Whether the statement is about this request."""
        action = action.lower()
        return (
            self._is_about(principal)
            and _any(self.actions, action, lower=True) != self.not_actions
            and _any(self.resources, resource) != self.not_resources
            and hold(self.conditions, context)
        )

    def _is_about(self, principal: Principal) -> bool:
        if self.principals is None:
            return True
        named = self.principals.get(principal.kind, ())
        if "*" in named or principal.name in named:
            return True
        if principal.kind == "Service" or self.effect == "Allow":
            return False  # to allow an account leaves it to the account whom it allows
        account = principal.name.split(":")[4]
        return account in named or f"arn:aws:iam::{account}:root" in named


Grant = tuple[str, str]
"""An action and a resource of a statement that allows, both as patterns."""


def grants(statements: Iterable[Statement]) -> Iterator[Grant]:
    """Everything that statements allow."""
    for statement in statements:
        if statement.effect == "Allow":
            for action in statement.actions:
                for resource in statement.resources:
                    yield action, resource


def grants_of(statements: Iterable[Statement], action: str, resource: str) -> Iterator[Grant]:
    """The grants that an allowed request stands on."""
    for grant in grants(statements):
        if _any(grant[:1], action.lower(), lower=True) and _any(grant[1:], resource):
            yield grant


def decide(
    statements: Iterable[Statement],
    principal: Principal,
    action: str,
    resource: str,
    context: Mapping[str, Values],
) -> Effect | None:
    """What statements say: a deny beats every allow; None when none is about the request."""
    found: Effect | None = None
    for statement in statements:
        if statement.covers(principal, action, resource, context):
            if statement.effect == "Deny":
                return "Deny"
            found = "Allow"
    return found


@lru_cache(maxsize=1024)
def read(document: str) -> tuple[Statement, ...]:
    """The statements of a policy document.

    Raises:
        UnknownConditionError: a condition that the laptop cannot judge.
    """
    body = json.loads(document)
    given = body.get("Statement", body)
    return tuple(_statement(one) for one in (given if isinstance(given, list) else [given]))


def _statement(body: Mapping[str, Any]) -> Statement:
    conditions = body.get("Condition", {})
    check(conditions)
    principal = body.get("Principal")
    if isinstance(principal, str):
        principal = {"AWS": principal, "Service": principal}
    return Statement(
        effect=body["Effect"],
        actions=_listed(body.get("Action", body.get("NotAction", ()))),
        resources=_listed(body.get("Resource", body.get("NotResource", "*"))),
        conditions=conditions,
        principals=principal and {kind: _listed(names) for kind, names in principal.items()},
        not_actions="NotAction" in body,
        not_resources="NotResource" in body,
    )


def _listed(value: Any) -> Values:
    return (value,) if isinstance(value, str) else tuple(value)


def _any(patterns: Values, text: str, *, lower: bool = False) -> bool:
    return any(pattern(one.lower() if lower else one).fullmatch(text) for one in patterns)
