"""What policies say: wildcards, denials, conditions, principals."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.access.conditions import UnknownConditionError, hold, pattern
from local.access.statements import Principal, decide, grants_of, read

ROLE = Principal("AWS", "arn:aws:iam::123456789012:role/R")
BUS = Principal("Service", "events.amazonaws.com")


def verdict(*statements, principal=ROLE, action="sqs:SendMessage", resource="arn:q", **context):
    return decide(
        read(json.dumps({"Statement": list(statements)})), principal, action, resource, context
    )


def allow(**more):
    return {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:q", **more}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (allow(), "Allow"),
        (allow(Action="sqs:*"), "Allow"),
        (allow(Action="SQS:sendmessage"), "Allow"),
        (allow(Action=["sqs:DeleteMessage"]), None),
        (allow(Resource="arn:*"), "Allow"),
        (allow(Resource="arn:Q"), None),
        (allow(Resource="arn:?"), "Allow"),
        ({"Effect": "Allow", "NotAction": "sqs:SendMessage", "Resource": "*"}, None),
        ({"Effect": "Allow", "NotAction": "sqs:Purge*", "Resource": "*"}, "Allow"),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:q"}, None),
    ],
)
def test_one_statement(statement, said):
    assert verdict(statement) == said


def test_a_denial_beats_every_allowance():
    assert verdict(allow(), {**allow(), "Effect": "Deny"}, allow()) == "Deny"


@pytest.mark.parametrize(
    ("principal", "who", "said"),
    [
        ("*", ROLE, "Allow"),
        ({"AWS": ROLE.name}, ROLE, "Allow"),
        ({"AWS": "arn:aws:iam::123456789012:role/S"}, ROLE, None),
        ({"AWS": "*"}, BUS, None),
        ({"Service": "events.amazonaws.com"}, BUS, "Allow"),
        ({"Service": "events.amazonaws.com"}, ROLE, None),
        # It is the account's to say which of its roles.
        ({"AWS": "arn:aws:iam::123456789012:root"}, ROLE, None),
        ({"AWS": "123456789012"}, ROLE, None),
    ],
)
def test_whom_a_resource_lets_in(principal, who, said):
    assert verdict(allow(Principal=principal), principal=who) == said


def test_a_denial_of_the_account_meets_its_roles():
    everyone = {**allow(Principal={"AWS": "123456789012"}), "Effect": "Deny"}
    assert verdict(everyone) == "Deny"


@pytest.mark.parametrize(
    ("condition", "value", "true"),
    [
        ({"StringEquals": {"events:source": "a"}}, ("a",), True),
        ({"StringEquals": {"events:source": ["b", "a"]}}, ("a",), True),
        ({"StringEquals": {"EVENTS:Source": "a"}}, ("a",), True),
        ({"StringEquals": {"events:source": "a"}}, None, False),
        ({"StringEqualsIfExists": {"events:source": "a"}}, None, True),
        ({"StringNotEquals": {"events:source": "a"}}, None, True),
        ({"StringNotEquals": {"events:source": ["a", "b"]}}, ("b",), False),
        ({"StringEqualsIgnoreCase": {"events:source": "A"}}, ("a",), True),
        ({"StringLike": {"events:source": "mill*"}}, ("millrace.crm",), True),
        ({"StringNotLike": {"events:source": "mill*"}}, ("millrace.crm",), False),
        ({"ArnLike": {"aws:SourceArn": "arn:*:rule/x"}}, ("arn:aws:events:e:1:rule/x",), True),
        ({"Bool": {"aws:SecureTransport": False}}, ("true",), False),
        ({"Null": {"events:source": "true"}}, None, True),
        ({"Null": {"events:source": "false"}}, None, False),
        ({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "t#*"}}, ("t#1", "t#2"), True),
        ({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "t#*"}}, ("t#1", "u#2"), False),
        ({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "t#*"}}, None, True),
        ({"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "t#*"}}, ("t#1", "u#2"), True),
    ],
)
def test_conditions(condition, value, true):
    (key,) = next(iter(condition.values()))
    assert hold(condition, {} if value is None else {key: value}) is true


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ({"NumericLessThan": {"events:source": "1"}}, "NumericLessThan"),
        ({"StringEquals": {"aws:CurrentTime": "1"}}, "aws:CurrentTime"),
    ],
)
def test_what_cannot_be_judged_is_an_error(condition, named):
    with pytest.raises(UnknownConditionError, match=named):
        read(json.dumps({"Statement": allow(Condition=condition)}))


@given(st.text("ab:*?", max_size=6), st.text("ab:", max_size=8))
def test_wildcards_are_those_of_a_shell(wanted, value):
    assert bool(pattern(wanted).fullmatch(value)) is fnmatchcase(value, wanted)


def test_the_grants_that_a_request_stands_on():
    statements = read(json.dumps({"Statement": allow(Action=["sqs:*", "sns:*"])}))
    assert list(grants_of(statements, "sqs:SendMessage", "arn:q")) == [("sqs:*", "arn:q")]
