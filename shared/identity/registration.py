"""How somebody gets an account: by founding a tenant. Invitations are the other way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.identity import rows
from shared.identity.directory import Directory, Member
from shared.identity.errors import TakenError
from shared.identity.places import Places
from shared.identity.tenants import Tenants
from shared.platform.ids import new_id
from shared.platform.tables import Absent, Put, TransactionRefusedError, Write
from shared.platform.user_pool import SignInRefusedError, UserExistsError, UserPool

_USERNAME: Final = "username"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wants an account."""

    email: str
    password: str
    name: str
    username: str | None = None


class Registration:
    """Founds tenants."""

    def __init__(
        self, places: Places, pool: UserPool, tenants: Tenants, directory: Directory
    ) -> None:
        self._at = places
        self._pool = pool
        self._tenants = tenants
        self._directory = directory

    def found(self, person: Person, tenant_name: str) -> Member:
        """A new tenant, whose admin the person is.

        Raises:
            TakenError: the address or the username is taken.
            WeakPasswordError: the pool's policy refuses the password.
        """
        if person.username and self._email_of(person.username):
            raise TakenError("this username is taken")
        member = self._directory.member(
            account(self._pool, person.email, person.password), person.email, person.name, "admin"
        )
        tenant = new_id()
        also: list[Write] = [self._tenants.founded(tenant, tenant_name)]
        if person.username:
            row = {**rows.username(person.username), "email": person.email}
            also.append(Put(self._at.identity, row, Absent(), label=_USERNAME))
        try:
            self._directory.join(tenant, tenant_name, member, member.user_id, also)
        except TransactionRefusedError as refused:
            if _USERNAME in refused.labels:
                raise TakenError("this username is taken") from None
            raise
        return member

    def email_of(self, name: str) -> str:
        """The address that a name to sign in with stands for; an address is its own."""
        return name if "@" in name else self._email_of(name) or name

    def _email_of(self, username: str) -> str | None:
        item = self._at.tables.get(self._at.identity, rows.username(username))
        return str(item["email"]) if item else None


def account(pool: UserPool, email: str, password: str) -> str:
    """The subject of a new account, or of one that the password proves to be theirs.

    The second is who was a member elsewhere, or whose registration broke off half way.

    Raises:
        TakenError: it is somebody else's.
        WeakPasswordError: the pool's policy refuses the password.
    """
    try:
        return pool.create(email, password)
    except UserExistsError:
        try:
            pool.sign_in(email, password)
        except SignInRefusedError:
            raise TakenError("this address is taken") from None
        subject = pool.find(email)
        if subject is None:
            raise TakenError("this address is taken") from None
        return subject
