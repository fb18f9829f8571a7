"""Principals: what a role, a scope and ownership allow."""

from __future__ import annotations

import pytest

from shared.identity.principal import ForbiddenError, NotAPrincipalError, Principal
from shared.identity.rights import ALLOWED, MEANING, ROLES, Right


@pytest.mark.parametrize("missing", ["tenant", "subject", "role"])
def test_half_a_principal_is_none(missing):
    context = Principal("t", "s", "user").to_context()
    del context[missing]
    with pytest.raises(NotAPrincipalError):
        Principal.from_context(context)


def test_an_unknown_kind_is_none():
    with pytest.raises(NotAPrincipalError):
        Principal.from_context({**Principal("t", "s", "user").to_context(), "kind": "robot"})


def test_a_scope_that_is_no_more_allows_nothing():
    context = {"tenant": "t", "subject": "k", "role": "admin", "kind": "key"}
    who = Principal.from_context({**context, "scopes": "leads:view leads:fly"})
    assert who.rights == {Right.LEADS_VIEW}


def test_a_key_without_scopes_may_nothing():
    assert Principal("t", "k", "admin", "key").rights == frozenset()


def test_a_key_is_bound_by_the_role_too():
    who = Principal("t", "k", "user", "key", frozenset({Right.LEADS_VIEW, Right.LEADS_DELETE}))
    assert who.rights == {Right.LEADS_VIEW}


def test_roles_of_the_specification():
    """Admins may all; managers and sales reps all but delete; users only see."""
    leads = {right for right in Right if right.startswith("leads:")}
    assert {role: len(leads & ALLOWED[role]) for role in ROLES} == {
        "admin": 4, "manager": 3, "sales_rep": 3, "user": 1,
    }  # fmt: skip
    assert set(MEANING) == set(Right)


@pytest.mark.parametrize(
    ("role", "owner", "allowed"),
    [
        ("admin", "other", True),
        ("manager", "other", True),
        ("sales_rep", "other", False),
        ("sales_rep", "me", True),
        ("sales_rep", None, True),
        ("user", "me", False),
        ("user", None, False),
    ],
)
def test_changes_of_what_somebody_owns(role, owner, allowed):
    who = Principal("t", "me", role)
    if allowed:
        who.require_on(Right.LEADS_CHANGE, owner)
    else:
        with pytest.raises(ForbiddenError):
            who.require_on(Right.LEADS_CHANGE, owner)


def test_a_key_owns_nothing():
    scopes = frozenset({Right.LEADS_CHANGE})
    with pytest.raises(ForbiddenError, match="somebody else"):
        Principal("t", "k", "sales_rep", "key", scopes).require_on(Right.LEADS_CHANGE, "k")
