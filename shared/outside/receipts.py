"""SES's notice of a mail that it received: who it was for, where it lies, what SES thinks of it.

The recipients are those of the envelope, and the verdicts are SES's own: both stand in the notice,
and nothing that a sender writes into the mail can change them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.outside.deliveries import RefusedError

MOST_RECIPIENTS: Final = 100
"""SES takes no more at once."""
_FORGED: Final = frozenset({"reject", "quarantine"})


@dataclass(frozen=True, slots=True)
class Receipt:
    """One mail, in its bucket."""

    id: str
    """SES's own, not the sender's."""
    bucket: str
    key: str
    recipients: tuple[str, ...]
    """In lower case, each once."""
    returned: bool
    """Whether its envelope has no sender, as of mail servers' own reports."""
    refused: str | None
    """Why SES's verdict forbids it, or None."""


def receipt(body: str) -> Receipt:
    """The notice in a message.

    Raises:
        RefusedError: it is something else.
    """
    try:
        told = json.loads(body)
        mail, said = told["mail"], told["receipt"]
        action = said["action"]
        found = Receipt(
            id=str(mail["messageId"]),
            bucket=str(action["bucketName"]),
            key=str(action["objectKey"]),
            recipients=tuple(dict.fromkeys(str(one).lower() for one in said["recipients"])),
            returned=str(mail.get("source", "")).strip("<> ") == "",
            refused=_verdict(said),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(f"not SES's notice of a mail in a bucket: {error!r}") from None
    if told.get("notificationType") != "Received" or action.get("type") != "S3":
        raise RefusedError("not SES's notice of a mail in a bucket; mend the receipt rule")
    if len(found.recipients) > MOST_RECIPIENTS:
        raise RefusedError(f"more than {MOST_RECIPIENTS} recipients; SES takes no more at once")
    return found


def _verdict(said: Mapping[str, Any]) -> str | None:
    if _status(said, "virusVerdict") == "FAIL":
        return "it holds a virus"
    if _status(said, "spamVerdict") == "FAIL":
        return "it is spam"
    if _status(said, "dmarcVerdict") == "FAIL" and str(said.get("dmarcPolicy")).lower() in _FORGED:
        return "its sender's domain says that it is forged"
    return None


def _status(said: Mapping[str, Any], name: str) -> str:
    return str(said.get(name, {}).get("status", ""))
