"""SES's mailbox simulator: what is sent to its addresses comes back, as it does on AWS.

`bounce@simulator.amazonses.com` bounces and `complaint@…` complains, with any `+label`. moto sends
to everybody and hears from nobody. SES tells the default bus, with the tags of the mail.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from typing import Any, Final

from moto.events.models import events_backends
from moto.sesv2.responses import SESV2Response

from local.access.calls import CONFIGURATION_SET
from local.blueprint import ACCOUNT, REGION
from local.seams.replacing import replace

_log = logging.getLogger(__name__)
_SIMULATOR: Final = "@simulator.amazonses.com"
_stock_send: Final = SESV2Response.send_email


def _send_email(self: Any) -> str:
    answer = _stock_send(self)
    asked = json.loads(self.body)
    for address in asked.get("Destination", {}).get("ToAddresses", []):
        name = address.lower().removesuffix(_SIMULATOR).partition("+")[0]
        if address.lower().endswith(_SIMULATOR) and name in ("bounce", "complaint"):
            _tell(_event(name, address, json.loads(answer)["MessageId"], asked))
    return answer


def _tell(event: dict[str, Any]) -> None:
    try:
        told: Any = event
        rules = events_backends[ACCOUNT][REGION].event_buses["default"].rules
        for rule in list(rules.values()):
            rule.send_to_targets(told)
    except Exception as error:  # the mail is sent, whoever hears of it
        _log.warning("%s was not told: %r", event["detail-type"], error)


def _event(name: str, address: str, message_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    tags = {tag["Name"]: [tag["Value"]] for tag in asked.get("EmailTags", [])}
    sender = asked.get("FromEmailAddress", "")
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Email Bounced" if name == "bounce" else "Email Complaint Received",
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": time.time(),
        "region": REGION,
        "resources": [f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{CONFIGURATION_SET}"],
        "detail": {
            "eventType": name.capitalize(),
            name: _said(name, address),
            "mail": {
                "messageId": message_id,
                "source": sender,
                "destination": [address],
                "tags": {"ses:configuration-set": [CONFIGURATION_SET], **tags},
            },
        },
    }


def _said(name: str, address: str) -> dict[str, Any]:
    feedback = {"feedbackId": str(uuid.uuid4())}
    if name == "complaint":
        about = {"complaintFeedbackType": "abuse"}
        return {**feedback, **about, "complainedRecipients": [{"emailAddress": address}]}
    code = "smtp; 550 5.1.1 user unknown"
    failed = {"emailAddress": address, "action": "failed", "status": "5.1.1"}
    return {
        **feedback,
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{**failed, "diagnosticCode": code}],
    }


def install() -> None:
    """Lets the simulator answer."""
    replace(SESV2Response, send_email=_send_email)
