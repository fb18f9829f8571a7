"""Mail becomes a lead, a bounce ends the sending, an alarm is told of: on the running platform."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.mailbox import OPERATORS
from tests.e2e.conftest import mails_to
from tests.e2e.outside import (
    BOUNCES,
    alarm,
    given_up,
    leads_of,
    mail_address,
    types,
    write,
)

pytestmark = pytest.mark.xdist_group("faults")

ROOT = Path(__file__).parents[2]
ANN = "ann@x.example"


def test_a_mail_becomes_one_lead_and_the_next_one_a_line_in_its_timeline(running, tmp_path):
    running.platform.ready.wait(30)
    to = mail_address(running)
    first = {"sender": f"Ann Lee <{ANN}>", "subject": "A project", "text": "We need help."}
    write(running, tmp_path, to, **first, times=2)
    (lead,) = running.eventually(lambda: leads_of(running, ANN))
    assert (lead["name"], lead["source"]) == ("Ann Lee", "Email Campaign")
    assert lead["notes"] == "A project\n\nWe need help."
    assert running.eventually(lambda: running.completed(lead["id"]), seconds=90)
    again = {**first, "text": "Friday?\n\nOn Monday We wrote:\n> hello", "message_id": "<2@x>"}
    write(running, tmp_path, to, **again, times=2)
    write(running, tmp_path, to, sender="spam@x.example", message_id="<3@x>", spam=True)
    write(running, tmp_path, to, sender="last@x.example", message_id="<4@x>")
    running.eventually(lambda: leads_of(running, "last@x.example"))
    running.eventually(lambda: "lead.mail_received" in types(running, lead["id"]))
    assert types(running, lead["id"]).count("lead.mail_received") == 1
    (noted,) = [e for e in running.events(lead["id"]) if e["type"] == "lead.mail_received"]
    assert noted["data"]["text"] == "Friday?"
    assert len(leads_of(running, ANN)) == 1
    assert leads_of(running, "spam@x.example") == []
    assert running.get(f"/leads/{lead['id']}/rebuilt/")["differences"] == []


def test_a_key_that_is_nobodys_goes_to_quarantine(running, tmp_path):
    to = mail_address(running)
    nobodys = re.sub(r"mrpub_[0-9a-f]+", f"mrpub_{'0' * 32}", to)
    write(running, tmp_path, nobodys, sender="eve@x.example")
    running.eventually(lambda: "inbound_mail" in given_up(running))
    assert leads_of(running, "eve@x.example") == []


def test_a_bounce_ends_the_sending_until_it_is_lifted(running):
    lead = running.create(name="Bo", email=BOUNCES, value=1)
    running.eventually(lambda: "lead.mail_returned" in types(running, lead["id"]), seconds=60)
    sent = len(mails_to(BOUNCES))
    assert sent == 1
    where = f"/suppressions/{BOUNCES}/"
    told = running.get(where)
    assert (told["reason"], told["detail"]) == ("bounced", "smtp; 550 5.1.1 user unknown")
    asked = "/events/?type=contact.bounced&personal=true"
    bounced = running.eventually(lambda: running.get(asked)["events"])
    assert bounced[0]["data"]["email"] == BOUNCES
    second = running.create(name="Bo again", email=BOUNCES.upper(), value=1)
    assert running.eventually(lambda: running.completed(second["id"]), seconds=60)
    assert "no mail goes to" in str(running.get(f"/leads/{second['id']}/")["pipelines"])
    assert len(mails_to(BOUNCES)) == len(mails_to(BOUNCES.upper())) + sent == sent
    assert running.http.delete(f"{running.url}{where}", timeout=30).status_code == 204
    assert running.http.get(f"{running.url}{where}", timeout=30).status_code == 404
    actions = [entry["action"] for entry in running.get("/auth/audit/")["entries"]]
    assert "suppression.lifted" in actions


def test_an_alarm_is_told_once_for_each_change(running):
    alarm(running, "ALARM", "OK", "2026-01-15T10:29:59.000+0000", times=3)
    alarm(running, "ALARM", "ALARM", "2026-01-15T10:30:59.000+0000")
    alarm(running, "OK", "ALARM", "2026-01-15T10:31:59.000+0000")
    running.eventually(lambda: len(mails_to(OPERATORS)) >= 2, seconds=60)
    subjects = sorted(mail.subject.rpartition(" ")[2] for mail in mails_to(OPERATORS))
    assert subjects == ["ALARM", "over"]


def test_the_commands_of_the_docs(running, tmp_path):
    text = (ROOT / "docs" / "mail.md").read_text()
    shown = re.search(r"^```eml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1]
    (tmp_path / "mail.eml").write_text(shown)
    commands = re.search(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1]
    script = commands.replace("http://localhost:8000", running.url).replace(
        ".venv/bin/millrace", f"{Path(sys.executable).parent}/millrace"
    )
    done = subprocess.run(
        ["bash", "-ec", script], cwd=tmp_path, capture_output=True, text=True, check=False,
        timeout=120, env={**os.environ, "MILLRACE_AWS_URL": running.platform.aws_url},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert running.eventually(lambda: leads_of(running, "jane@example.com"))
