"""Each rule on the default bus matches the sample of what it waits for, and no near miss."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from moto.events.models import EventPattern

from local.seams import event_patterns
from shared.identity.public_keys import addressed_key
from shared.outside.alarms import transition
from shared.outside.feedback import feedback
from shared.outside.receipts import receipt
from tests.infra.blueprint import of_type
from tools.aws_samples import BUCKET

ROOT = Path(__file__).parents[2]
RULES = {name: rule for name, rule in of_type("Events::Rule").items() if "EventBusName" not in rule}
SAMPLES = {path.stem: json.loads(path.read_text()) for path in (ROOT / "events/aws").glob("*.json")}
WAITS_FOR = {
    "AlarmNoticesRule": ("cloudwatch_alarm_state_change",),
    "EndedMachineRule": ("states_execution_failed",),
    "LeadImportRule": ("s3_object_created",),
    "ReturnedMailRule": ("ses_email_bounced", "ses_email_complaint_received"),
}
BY_TOPIC = {"ses_mail_received"}
"""SES tells of a received mail over a topic, and no rule waits for it."""
NAMES = {
    "ImportBucket": BUCKET, "AWS::Partition": "aws", "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",
}  # fmt: skip


def pattern_of(rule):
    def named(value):
        if isinstance(value, dict):
            if set(value) == {"Ref"}:
                return NAMES[value["Ref"]]
            if set(value) == {"Fn::Join"}:
                between, parts = value["Fn::Join"]
                return between.join(named(part) for part in parts)
            return {key: named(part) for key, part in value.items()}
        return [named(part) for part in value] if isinstance(value, list) else value

    event_patterns.install()
    return EventPattern.load(json.dumps(named(rule["EventPattern"])))


def changed(sample, path, value):
    event = copy.deepcopy(sample)
    *above, last = path.split(".")
    part = event
    for name in above:
        part = part[name]
    part[last] = value
    return event


def test_every_rule_of_the_default_bus_has_its_sample_and_every_sample_its_rule():
    assert set(RULES) == set(WAITS_FOR)
    assert set(SAMPLES) == {one for each in WAITS_FOR.values() for one in each} | BY_TOPIC


@pytest.mark.parametrize("name", RULES)
def test_a_rule_matches_its_samples_and_no_other(name):
    pattern = pattern_of(RULES[name])
    assert {one for one in SAMPLES if pattern.matches_event(SAMPLES[one])} == set(WAITS_FOR[name])


@pytest.mark.parametrize(
    ("name", "sample", "path", "value"),
    [
        ("ReturnedMailRule", "ses_email_bounced", "source", "demo.ses"),
        ("ReturnedMailRule", "ses_email_bounced", "detail-type", "Email Delivery Delayed"),
        ("ReturnedMailRule", "ses_email_bounced", "detail.mail.tags", {}),
        ("ReturnedMailRule", "ses_email_bounced", "detail.mail.tags",
         {"ses:configuration-set": ["another"]}),
        ("AlarmNoticesRule", "cloudwatch_alarm_state_change", "detail-type",
         "CloudWatch Alarm Configuration Change"),
        ("AlarmNoticesRule", "cloudwatch_alarm_state_change", "detail.alarmName", "other-dev-x"),
        ("AlarmNoticesRule", "cloudwatch_alarm_state_change", "detail.alarmName",
         "millrace-prod-x"),
    ],
)  # fmt: skip
def test_mail_and_alarms_of_others_are_passed_by(name, sample, path, value):
    assert not pattern_of(RULES[name]).matches_event(changed(SAMPLES[sample], path, value))


def test_what_the_consumers_read_of_the_samples():
    bounced = feedback(json.dumps(SAMPLES["ses_email_bounced"]))
    assert (bounced.kind, bounced.tenant, bounced.addresses) == (
        "bounced", "demo", ("jane@example.com",))  # fmt: skip
    complained = feedback(json.dumps(SAMPLES["ses_email_complaint_received"]))
    assert (complained.kind, complained.detail) == ("complained", "abuse")
    assert transition(json.dumps(SAMPLES["cloudwatch_alarm_state_change"])).worth_telling
    received = receipt(json.dumps(SAMPLES["ses_mail_received"]))
    assert addressed_key(received.recipients[0], "mail.millrace.example")
    assert received.refused is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("source", "aws.s3control"),
        ("detail-type", "Object Tags Added"),
        ("detail-type", "Object Deleted"),
        ("detail.bucket.name", "another-bucket"),
        ("detail.object.key", "reports/demo/leads.csv.json"),
        ("detail.object", {}),
    ],
)
def test_the_import_matches_no_near_miss(path, value):
    rule, sample = RULES["LeadImportRule"], SAMPLES["s3_object_created"]
    assert not pattern_of(rule).matches_event(changed(sample, path, value))


@pytest.mark.parametrize("key", ["demo/reports/leads.csv", "reports.csv", "demo/Kunden März.csv"])
def test_the_import_matches_every_other_key(key):
    event = changed(SAMPLES["s3_object_created"], "detail.object.key", key)
    assert pattern_of(RULES["LeadImportRule"]).matches_event(event)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("source", "millrace.executions"),
        ("detail-type", "Step Functions Execution Redriven"),
        ("detail.status", "RUNNING"),
        ("detail.status", "SUCCEEDED"),
        ("detail.stateMachineArn", "arn:aws:states:us-east-1:123456789012:stateMachine:other-1"),
        ("detail.stateMachineArn", "arn:aws:states:us-east-1:1:stateMachine:millrace-flow-1"),
    ],
)
def test_the_end_of_another_machine_is_passed_by(path, value):
    rule, sample = RULES["EndedMachineRule"], SAMPLES["states_execution_failed"]
    assert not pattern_of(rule).matches_event(changed(sample, path, value))
