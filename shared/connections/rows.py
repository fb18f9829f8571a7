"""Where connections are kept: one partition of a tenant's, and names of secrets below the tenant's.

connection#{id}   what is said about it, and the name of its secret
grant#{id}        the name of the secret with its tokens, and who is renewing them
test#{id}         what came of the last test
state#{hash}      an authorization under way
"""

from __future__ import annotations

from typing import Final

from shared.connections.connection import Connection
from shared.connections.kinds import OAuth2
from shared.platform.ids import new_id
from shared.platform.tables import Item

CONNECTION: Final = "connection#"
GRANT: Final = "grant#"
TEST: Final = "test#"


def partition(tenant: str) -> str:
    """Where a tenant's connections are."""
    return f"{tenant}#connections"


def key(tenant: str, row: str, of: str) -> dict[str, str]:
    """The key of a row: `key("acme", GRANT, connection_id)`."""
    return {"pk": partition(tenant), "sk": f"{row}{of}"}


def secret_name(prefix: str, tenant: str, connection_id: str) -> str:
    """A new name for a secret of a connection."""
    if not tenant or set(tenant) & set("/*?#"):
        raise ValueError(f"{tenant!r} is no id of a tenant; ids have no /, *, ? or #")
    return f"{prefix}/{tenant}/connections/{connection_id}/{new_id()}"


def shown(item: Item, grant: Item | None, test: Item | None) -> Connection:
    """A connection of its rows."""
    known = {name: item[name] for name in Connection.model_fields if name in item}
    settings = item["settings"]
    status = "ready"
    if settings["kind"] == "oauth2" and settings["grant"] == OAuth2.model_fields["grant"].default:
        own = grant is not None and grant["epoch"] == item["epoch"]
        status = grant["status"] if grant and own else "unauthorized"
    return Connection.model_validate(
        {**known, "kind": settings["kind"], "status": status, "last_test": test}
    )
