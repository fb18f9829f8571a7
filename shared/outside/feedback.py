"""What SES says of a mail that we sent: it came back, or its reader complained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.outside.deliveries import RefusedError
from shared.platform.sent_mails import REFERENCE, TENANT

Kind = Literal["bounced", "complained", "soft"]
_LISTS: Final = {"bounce": "bouncedRecipients", "complaint": "complainedRecipients"}
_DETAIL: Final = 300


@dataclass(frozen=True, slots=True)
class Feedback:
    """One notice about one mail."""

    id: str
    """SES's own: the same in every delivery of the notice."""
    kind: Kind | None
    """None is nothing to act on."""
    tenant: str
    reference: str
    """The tags of the mail; a registered row has to say the same."""
    addresses: tuple[str, ...]
    """Whose copy it is about, in lower case."""
    detail: str


def feedback(body: str) -> Feedback:
    """The notice in a message.

    Raises:
        RefusedError: it is something else, or about a mail without our tags.
    """
    try:
        event = json.loads(body)
        source, detail = event["source"], event["detail"]
        name = str(detail["eventType"]).lower()
        said = detail[name] if name in _LISTS else {}
        tags = detail["mail"].get("tags", {})
        found = Feedback(
            id=str(said.get("feedbackId") or event["id"]),
            kind=_kind(name, said),
            tenant=str(tags.get(TENANT, [""])[0]),
            reference=str(tags.get(REFERENCE, [""])[0]),
            addresses=_addresses(said.get(_LISTS.get(name, ""), [])),
            detail=_detail(name, said),
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise RefusedError(f"not SES's event of a mail that was sent: {error!r}") from None
    if source != "aws.ses":
        raise RefusedError(f"{source} is not SES; mend the rule's pattern")
    if found.kind and not (found.tenant and found.reference):
        raise RefusedError("the mail has none of our tags; it was not sent by Millrace")
    return found


def _kind(name: str, said: Mapping[str, Any]) -> Kind | None:
    if name == "complaint":
        # Some readers say by the same way that a mail is no spam after all.
        return None if said.get("complaintFeedbackType") == "not-spam" else "complained"
    if name == "bounce":
        return "bounced" if said.get("bounceType") == "Permanent" else "soft"
    return None


def _addresses(told: list[Mapping[str, Any]]) -> tuple[str, ...]:
    named = (str(one["emailAddress"]).strip().lower() for one in told)
    # SES writes an address as the mail had it, which may be with a name.
    return tuple(dict.fromkeys(one.rpartition("<")[2].rstrip(">") for one in named))


def _detail(name: str, said: Mapping[str, Any]) -> str:
    if name == "complaint":
        return str(said.get("complaintFeedbackType") or "")[:_DETAIL]
    codes = [str(one.get("diagnosticCode", "")) for one in said.get("bouncedRecipients", [])]
    shown = " ".join((codes[0] if codes else "").split())
    return (shown or str(said.get("bounceSubType") or ""))[:_DETAIL]
