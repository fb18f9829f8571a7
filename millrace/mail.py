"""`millrace mail`: a mail comes in on this laptop, as one does by SES on AWS."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from millrace.aws import Aws, reached
from millrace.failing import CommandError, MisuseError
from millrace.options import LOCAL_AWS, AsJson, AwsUrl
from millrace.output import result

_MOST_BYTES: Final = 40_000_000
"""SES takes no more."""


def mail(
    file: Annotated[Path, typer.Argument(help="The mail as it is sent: headers and body.")],
    to: Annotated[
        list[str], typer.Option(metavar="ADDRESS", help="Who the envelope names; repeatable.")
    ],
    sender: Annotated[
        str | None, typer.Option(help="Whom the envelope names; else the mail's From.")
    ] = None,
    spam: Annotated[bool, typer.Option("--spam", help="SES takes it for spam.")] = False,
    as_json: AsJson = False,
    aws_url: AwsUrl = LOCAL_AWS,
) -> None:
    """Hand a mail to the laptop's SES, which acts on its receipt rules; on AWS, send it."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise MisuseError(f"{file} cannot be read: {error.strerror}") from None
    if len(raw) > _MOST_BYTES:
        raise CommandError(f"{file} is larger than the {_MOST_BYTES:,} bytes that SES takes")
    with reached(aws_url) as aws:
        if not aws.on_laptop:
            raise MisuseError("AWS receives mail by SMTP alone; send it to the address")
        message_id = _received(aws, raw, to, sender, spam=spam)
    said = {"id": message_id, "to": to, "bytes": len(raw)}
    result(said, f"{message_id}  received for {', '.join(to)}", as_json=as_json)


def _received(aws: Aws, raw: bytes, to: list[str], sender: str | None, *, spam: bool) -> str:
    rules = aws.client("ses").describe_active_receipt_rule_set().get("Rules", [])
    for rule in rules:
        matched = [one for one in to if _matches(rule.get("Recipients", []), one)]
        for action in rule["Actions"] if matched and rule.get("Enabled") else ():
            if "S3Action" in action:
                return _kept(aws, action["S3Action"], raw, matched, sender, spam=spam)
    raise CommandError(
        f"no receipt rule is for {', '.join(to)}; an address of a public key for mail is "
        "`address` in the answer of POST /auth/public-keys/"
    )


def _matches(recipients: list[str], address: str) -> bool:
    """A rule names addresses or domains; one without any is for all."""
    domain = address.rpartition("@")[2].lower()
    return not recipients or bool({address.lower(), domain} & set(recipients))


def _kept(
    aws: Aws, action: Any, raw: bytes, to: list[str], sender: str | None, *, spam: bool
) -> str:
    message_id = uuid.uuid4().hex
    where = {"Bucket": action["BucketName"]}
    key = f"{action.get('ObjectKeyPrefix') or ''}{message_id}"
    aws.client("s3").put_object(**where, Key=key, Body=raw)
    mail = message_from_bytes(raw[:100_000])
    told = {
        "notificationType": "Received",
        "mail": {
            "timestamp": datetime.now(UTC).isoformat(),
            "source": parseaddr(str(mail.get("From", "")))[1] if sender is None else sender,
            "messageId": message_id,
            "destination": to,
        },
        "receipt": {
            "timestamp": datetime.now(UTC).isoformat(),
            "recipients": to,
            "spamVerdict": {"status": "FAIL" if spam else "PASS"},
            **{f"{one}Verdict": {"status": "PASS"} for one in ("virus", "spf", "dkim", "dmarc")},
            "action": {
                "type": "S3", "topicArn": action["TopicArn"], "objectKey": key,
                "bucketName": action["BucketName"],
            },
        },
    }  # fmt: skip
    aws.client("sns").publish(TopicArn=action["TopicArn"], Message=json.dumps(told))
    return message_id
