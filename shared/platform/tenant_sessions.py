"""Credentials that reach one tenant's rows and no others, whoever's code uses them.

What runs users' graphs must not rely on its own carefulness: it calls DynamoDB under a session
whose policy names the tenant (`dynamodb:LeadingKeys`), so that AWS refuses every other key.
"""

from __future__ import annotations

import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.platform.aws import client, dynamodb_as

_SECONDS: Final = 900
"""How long a session lasts: the shortest that STS gives."""
_RESERVE: Final = 120
"""A session is renewed this long before its end: longer than any step takes."""
_KEPT: Final = 200
_UNSAFE: Final = re.compile(r"[^\w+=,.@-]")


@dataclass(frozen=True, slots=True)
class TenantCredentials:
    """What a client of AWS is made with."""

    key: str
    secret: str
    token: str
    until: float


class TenantSessions:
    """Sessions of one role, a tenant each; kept and renewed.

    `TenantSessions(role, tables).of("acme")` gives credentials for the tables' rows of acme.
    """

    def __init__(
        self,
        role: str,
        tables: Sequence[str],
        actions: Sequence[str],
        clock: Callable[[], float] = time.time,
        sts: Callable[[], Any] = lambda: client("sts"),
    ) -> None:
        """`role` and `tables` are ARNs; `actions` are those that need a key, never a scan."""
        self._role = role
        self._tables = list(tables)
        self._actions = list(actions)
        self._clock = clock
        self._sts = sts
        self._kept: OrderedDict[str, TenantCredentials] = OrderedDict()

    def dynamodb(self, tenant: str) -> Any:
        """A client that reaches one tenant's rows."""
        given = self.of(tenant)
        return dynamodb_as(given.key, given.secret, given.token)

    def of(self, tenant: str) -> TenantCredentials:
        """Credentials for one tenant's rows."""
        found = self._kept.get(tenant)
        if found is None or found.until - _RESERVE <= self._clock():
            found = self._assume(tenant)
            self._kept[tenant] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(tenant)
        return found

    def _assume(self, tenant: str) -> TenantCredentials:
        now = self._clock()
        given = self._sts().assume_role(
            RoleArn=self._role,
            RoleSessionName=f"tenant-{_UNSAFE.sub('-', tenant)}"[:64],
            DurationSeconds=_SECONDS,
            Policy=session_policy(tenant, self._tables, self._actions),
        )["Credentials"]
        return TenantCredentials(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], now + _SECONDS
        )


def session_policy(tenant: str, tables: Sequence[str], actions: Sequence[str]) -> str:
    """The policy of a session: keys that the tenant leads, and nothing else.

    `*` and `?` are patterns in IAM, so a tenant that has one in its id gets no session.

    Raises:
        ValueError: the id of the tenant could stand for another's.
    """
    if not tenant or set(tenant) & set("*?$#"):
        raise ValueError(f"{tenant!r} is no id of a tenant; ids have no *, ?, $ or #")
    led = {"dynamodb:LeadingKeys": [tenant, f"{tenant}#*"]}
    statement = {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": [*tables, *(f"{table}/index/*" for table in tables)],
        "Condition": {"ForAllValues:StringLike": led, "Null": {"dynamodb:LeadingKeys": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
