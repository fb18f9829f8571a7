"""Each rule on the default bus matches the sample of what it waits for, and no near miss."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from moto.events.models import EventPattern

from local.seams import event_patterns
from tests.infra.blueprint import of_type
from tools.aws_samples import BUCKET

ROOT = Path(__file__).parents[2]
RULES = {name: rule for name, rule in of_type("Events::Rule").items() if "EventBusName" not in rule}
SAMPLES = {path.stem: json.loads(path.read_text()) for path in (ROOT / "events/aws").glob("*.json")}
WAITS_FOR = {
    "EndedMachineRule": "states_execution_failed",
    "LeadImportRule": "s3_object_created",
}
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
    assert set(SAMPLES) == set(WAITS_FOR.values())


@pytest.mark.parametrize("name", RULES)
def test_a_rule_matches_its_sample(name):
    assert pattern_of(RULES[name]).matches_event(SAMPLES[WAITS_FOR[name]])


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
