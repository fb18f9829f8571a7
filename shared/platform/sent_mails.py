"""What was sent, by a reference that SES hands back with a bounce: whose mail it was, and to whom.

SES tells tenant and reference as tags. The tags prove nothing by themselves: only a row that was
written before the mail was sent says that this tenant sent it, and to which address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.platform.tables import Put, Tables

TENANT: Final = "tenant"
REFERENCE: Final = "reference"
"""The names of the two tags."""


@dataclass(frozen=True, slots=True)
class SentMail:
    """One mail to one address."""

    tenant: str
    reference: str
    address: str
    """In lower case."""
    about: str | None = None
    """The entity that it was about, as `lead#ID`."""


def sent_row(table: str, sent: SentMail, expires_at: int) -> Put:
    """Registers a mail."""
    item = {"pk": _key(sent.tenant, sent.reference), "address": sent.address}
    if sent.about:
        item["about"] = sent.about
    return Put(table, {**item, "expires_at": expires_at}, label="sent")


def sent_mail(tables: Tables, table: str, tenant: str, reference: str) -> SentMail | None:
    """The mail that a tenant sent under a reference, or None."""
    item = tables.get(table, {"pk": _key(tenant, reference)})
    return SentMail(tenant, reference, item["address"], item.get("about")) if item else None


def _key(tenant: str, reference: str) -> str:
    return f"{tenant}#sent#{reference}"
