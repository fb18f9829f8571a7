"""Members: to which tenant a user belongs, and with which role. Our own row, never a claim."""

from __future__ import annotations

from shared.identity.principal import NotAPrincipalError, Principal
from shared.identity.tokens import DeniedError
from shared.platform.tables import Tables


class Members:
    """The members of all tenants, by subject."""

    def __init__(self, tables: Tables, table: str) -> None:
        self._tables = tables
        self._table = table

    def principal(self, subject: str) -> Principal:
        """The principal a user is.

        Raises:
            DeniedError: the user is a member of no tenant.
        """
        item = self._tables.get(self._table, {"pk": f"user#{subject}", "sk": "membership"})
        if item is None:
            raise DeniedError(f"{subject} is a member of no tenant")
        try:
            return Principal.from_context({**item, "subject": subject})
        except NotAPrincipalError as error:
            raise DeniedError(str(error)) from None
