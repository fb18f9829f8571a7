"""Who a user is: which tenant they belong to, and with which role. Our own row, never a claim."""

from __future__ import annotations

from shared.identity import rows
from shared.identity.errors import DeniedError
from shared.identity.principal import NotAPrincipalError, Principal
from shared.identity.tokens import Bearer
from shared.platform.tables import Tables


class Members:
    """The members of all tenants, by subject."""

    def __init__(self, tables: Tables, table: str) -> None:
        self._tables = tables
        self._table = table

    def principal(self, bearer: Bearer) -> Principal:
        """The principal a user is.

        Raises:
            DeniedError: the user is a member of no tenant, or ended all sessions since.
        """
        item = self._tables.get(self._table, rows.membership(bearer.subject))
        if item is None:
            raise DeniedError(f"{bearer.subject} is a member of no tenant")
        if bearer.issued_at < item.get("valid_from", 0):
            raise DeniedError(f"{bearer.subject} ended the session that this token is of")
        try:
            # A row never makes a user a key.
            parts = {name: item.get(name) for name in ("tenant", "role")}
            return Principal.from_context({**parts, "subject": bearer.subject})
        except NotAPrincipalError as error:
            raise DeniedError(str(error)) from None
