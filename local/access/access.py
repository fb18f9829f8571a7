"""The judge: who calls, what their role and the resource's own policy say, what was refused."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from local.access.calls import Need, arn
from local.access.conditions import Values
from local.access.statements import (
    Effect,
    Grant,
    Principal,
    Statement,
    decide,
    grants,
    grants_of,
    read,
)
from local.blueprint import ACCOUNT

ROOT: Final = Principal("AWS", f"arn:aws:iam::{ACCOUNT}:root")
WITH_POLICIES: Final = frozenset({"events", "lambda", "s3", "sqs"})
"""Services whose resources have policies of their own."""

_FUNCTIONS: Final = "lambda.amazonaws.com"
_KEPT: Final = 1_000
Documents = Callable[[str], Iterable[str]]
"""The policy documents of a role (by ARN) or of a resource (by ARN), as JSON."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that a role may not do and tried."""

    role: str
    """The role's name, as `infra/` gives it."""
    action: str
    resource: str
    explicit: bool = False
    """Whether a statement denies it, instead of none allowing it."""

    def __str__(self) -> str:
        why = "a policy denies it" if self.explicit else "allow it in infra/ if it must"
        return f"{self.role} may not {self.action} on {self.resource}; {why}"


class RefusedError(Exception):
    """A call that is not allowed; the message is AWS's own."""

    def __init__(self, refusal: Refusal, caller: str) -> None:
        why = (
            f"with an explicit deny in a policy about {refusal.action}"
            if refusal.explicit
            else f"because no identity-based policy allows the {refusal.action} action"
        )
        super().__init__(
            f"User: {caller} is not authorized to perform: {refusal.action} "
            f"on resource: {refusal.resource} {why}"
        )
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Session:
    """Credentials that somebody assumed a role with."""

    role: str
    """The role's ARN."""
    session: str
    policy: str | None = None
    """What the session may do at most, of what the role may."""

    @property
    def arn(self) -> str:
        """What AWS calls its owner."""
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/{_name(self.role)}/{self.session}"


class Access:
    """Judges calls by the policies as they stand at that moment."""

    def __init__(
        self,
        of_role: Documents,
        of_resource: Documents,
        report: Callable[[Refusal], None] = lambda refusal: None,
        assumed: Callable[[str], Session | None] = lambda key: None,
    ) -> None:
        """`assumed` gives the session of an access key that STS gave out."""
        self.refused: list[Refusal] = []
        """What roles were refused, the latest thousand: a platform in order refuses nothing."""
        self._used: dict[str, dict[Grant, set[Grant]]] = {}
        self._of_role = of_role
        self._of_resource = of_resource
        self._report = report
        self._assumed = assumed
        self._callers: dict[str, Session] = {}
        self._lock = threading.Lock()

    def credentials(self, role: str, session: str) -> Mapping[str, str]:
        """Credentials of a role for one of its users, as the environment of a function has them."""
        digest = hashlib.sha256(f"{role} {session}".encode()).digest()
        # moto reads an access key only if it looks like one.
        key = "ASIA" + base64.b32encode(digest).decode()[:16]
        with self._lock:
            self._callers[key] = Session(role, session)
        return {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_SESSION_TOKEN": "local",
        }

    def knows(self, access_key: str) -> bool:
        """Whether a key was given to a role's user."""
        return self._session(access_key) is not None

    def _session(self, access_key: str) -> Session | None:
        return self._callers.get(access_key) or self._assumed(access_key)

    def check(self, access_key: str, service: str, wanted: Callable[[], Iterable[Need]]) -> None:
        """Passes what the owner of a key may do; a key that nobody was given is the account's.

        Args:
            wanted: what a call of the service asks for; read only if somebody may object.

        Raises:
            RefusedError: the first thing that is not allowed.
        """
        caller = self._session(access_key)
        if caller is not None:
            source = self._source(caller)
            for need in wanted():
                asked = replace(need, context={**source, **need.context})
                self._check_role(caller.role, caller.arn, asked, caller.policy)
        elif service in WITH_POLICIES:
            for need in wanted():
                self._check_root(need)

    def require(self, role: str, action: str, resource: str, *, service: str) -> None:
        """Passes what a service of AWS may do in the name of a role.

        Raises:
            RefusedError: the role lacks it.
        """
        self._check_role(role, f"{role} (used by {service})", Need(action, resource))

    def admits(self, service: str, action: str, resource: str, source: str) -> bool:
        """Whether a resource's own policy lets a service in, in the name of a source (its ARN)."""
        context = _context(None, {"aws:SourceArn": (source,), "aws:SourceAccount": (ACCOUNT,)})
        principal = Principal("Service", service)
        rules = _statements(self._of_resource(resource))
        return decide(rules, principal, action, resource, context) == "Allow"

    def unused(self, role: str) -> list[Grant]:
        """What a role's own policies grant and nobody needed since the start."""
        used = {grant for found in self._used.get(role, {}).values() for grant in found}
        return sorted(set(grants(_statements(self._of_role(role)))) - used)

    def _note_use(self, role: str, need: Need) -> None:
        noted = self._used.setdefault(role, {})
        asked = (need.action, need.resource)
        if asked not in noted and len(noted) < _KEPT:
            noted[asked] = set(grants_of(_statements(self._of_role(role)), *asked))

    def _source(self, caller: Session) -> Mapping[str, Values]:
        """The function whose code calls, where a role is of a function."""
        if _FUNCTIONS not in "".join(self._of_resource(caller.role)):
            return {}
        return {"lambda:SourceFunctionArn": (arn("lambda", f"function:{caller.session}"),)}

    def _check_root(self, need: Need) -> None:
        """The account's owner may do everything but what a resource's own policy denies."""
        context = _context(ROOT.name, need.context)
        rules = _statements(self._of_resource(need.resource))
        if decide(rules, ROOT, need.action, need.resource, context) == "Deny":
            refusal = Refusal("root", need.action, need.resource, explicit=True)
            raise RefusedError(refusal, ROOT.name)

    def _check_role(self, role: str, caller: str, need: Need, at_most: str | None = None) -> None:
        context = _context(role, need.context)
        principal = Principal("AWS", role)

        def said(documents: Iterable[str]) -> Effect | None:
            rules = _statements(documents)
            return decide(rules, principal, need.action, need.resource, context)

        own, resource = said(self._of_role(role)), said(self._of_resource(need.resource))
        verdicts = [own, resource]
        allowed = "Allow" in verdicts
        if need.action == "sts:AssumeRole":
            allowed = resource == "Allow"  # the role itself says whom it trusts
        if at_most is not None:
            verdicts.append(limit := said([at_most]))
            allowed = allowed and limit == "Allow"
        if allowed and "Deny" not in verdicts:
            self._note_use(role, need)
            return
        refusal = Refusal(_name(role), need.action, need.resource, explicit="Deny" in verdicts)
        with self._lock:
            self.refused.append(refusal)
            del self.refused[:-_KEPT]
        self._report(refusal)
        raise RefusedError(refusal, caller)


def _statements(documents: Iterable[str]) -> list[Statement]:
    return [statement for document in documents for statement in read(document)]


def _context(principal: str | None, more: Mapping[str, Values]) -> Mapping[str, Values]:
    who = (
        {"aws:PrincipalArn": (principal,), "aws:PrincipalAccount": (ACCOUNT,)} if principal else {}
    )
    # The laptop has no certificate; what would be encrypted on AWS counts as such.
    return {"aws:SecureTransport": ("true",), **who, **more}


def _name(role: str) -> str:
    return role.rpartition("/")[2]
