"""Mail that comes in and back, and alarms, on the running platform."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from millrace.main import app
from tests.e2e.walking_triggers import given_up_and_redriven
from tools.aws_samples import SAMPLES

BOUNCES = "bounce@simulator.amazonses.com"


def mail_address(running, **fields: Any) -> str:
    """An address whose mail becomes leads of the demo tenant."""
    body = {"name": "Inbox", "purpose": "mail", **fields}
    answer = running.http.post(f"{running.url}/auth/public-keys/", json=body, timeout=30)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["address"])


def write(running, folder: Path, to: str, *, sender: str, subject: str = "Hello",
          text: str = "Hi", message_id: str = "<1@x.example>", times: int = 1,
          spam: bool = False) -> None:  # fmt: skip
    """A mail comes in, by the command of the documentation."""
    file = folder / "mail.eml"
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: {message_id}"]
    file.write_text("\r\n".join([*lines, "", text]))
    asked = ["mail", str(file), "--to", to, "--aws-url", running.platform.aws_url]
    for _ in range(times):
        done = CliRunner().invoke(app, [*asked, "--spam"] if spam else asked)
        assert done.exit_code == 0, done.output


def leads_of(running, email: str) -> list[dict[str, Any]]:
    """The leads on the board with an address."""
    columns = running.get("/leads/").values()
    return [lead for column in columns for lead in column if lead["email"] == email]


def types(running, lead_id: str) -> list[str]:
    return [event["type"] for event in running.events(lead_id)]


def alarm(running, state: str, before: str, at: str, times: int = 1) -> None:
    """CloudWatch's event, as its rule puts it into the queue."""
    event = json.loads(json.dumps(SAMPLES["cloudwatch_alarm_state_change"]))
    event["detail"]["state"] |= {"value": state, "timestamp": at}
    event["detail"]["previousState"]["value"] = before
    for _ in range(times):
        into(running, "AlarmNoticesQueue", json.dumps(event))


def into(running, queue: str, body: str) -> None:
    """A message into a queue."""
    sqs = running.aws("sqs")
    url = sqs.get_queue_url(QueueName=running.platform.deployment.name(queue))["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=body)


def given_up(running) -> set[str]:
    """Which consumers have something in the platform's own quarantine."""
    answer = running.aws("dynamodb").query(
        TableName=running.platform.table("QuarantineTable"),
        KeyConditionExpression="pk = :none",
        ExpressionAttributeValues={":none": {"S": "-"}},
    )
    return {item["consumer"]["S"] for item in answer["Items"]}


def use_all(running, folder: Path) -> None:
    """Each way once, to its end and to its quarantine."""
    to = mail_address(running)
    write(running, folder, to, sender="Walk <walk@x.example>")
    (lead,) = running.eventually(lambda: leads_of(running, "walk@x.example"))
    write(running, folder, to, sender="Walk <walk@x.example>", message_id="<2@x.example>")
    running.eventually(lambda: "lead.mail_received" in types(running, lead["id"]))
    back = running.create(name="Gone", email=f"{BOUNCES}", value=1)
    running.eventually(lambda: "lead.mail_returned" in types(running, back["id"]), seconds=60)
    where = f"{running.url}/suppressions/{BOUNCES}/"
    assert running.http.delete(where, timeout=30).status_code == 204
    alarm(running, "ALARM", "OK", "2026-01-15T10:29:59.000+0000")
    for queue in ("MailInputInboundMailQueue", "ReturnedMailQueue", "AlarmNoticesQueue"):
        into(running, queue, "no notice")
    consumers = {"inbound_mail", "returned_mail", "alarm_notices"}
    running.eventually(lambda: consumers <= given_up(running), seconds=60)
    write(running, folder, to, sender="nobody", message_id="<3@x.example>")
    given_up_and_redriven(running, "inbound_mail")
    returned_by_a_stranger(running)
    given_up_and_redriven(running, "returned_mail")
    slow = mail_address(running, per_minute=1)
    for number in (4, 5):
        write(running, folder, slow, sender="Slow <slow@x.example>", message_id=f"<{number}@x>")


def returned_by_a_stranger(running) -> None:
    """A notice about a mail of ours, and about an address that it was not sent to."""
    pages = running.aws("dynamodb").get_paginator("scan").paginate(
        TableName=running.platform.table("InboxTable"), FilterExpression="contains(pk, :s)",
        ExpressionAttributeValues={":s": {"S": "demo#sent#"}},
    )  # fmt: skip
    sent = next(item["pk"]["S"] for page in pages for item in page["Items"])
    event = json.loads(json.dumps(SAMPLES["ses_email_bounced"]))
    event["detail"]["mail"]["tags"]["reference"] = [sent.rpartition("#")[2]]
    into(running, "ReturnedMailQueue", json.dumps(event))
