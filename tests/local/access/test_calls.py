"""What a call asks for."""

from __future__ import annotations

import pytest

from local.access.calls import needs

ACCOUNT = "us-east-1:123456789012"
TABLE = f"arn:aws:dynamodb:{ACCOUNT}:table/T"


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (("dynamodb", "GetItem", {"TableName": "T"}), [("dynamodb:GetItem", TABLE)]),
        (
            ("dynamodb", "Query", {"TableName": "T", "IndexName": "i"}),
            [("dynamodb:Query", f"{TABLE}/index/i")],
        ),
        (
            (
                "dynamodb",
                "TransactWriteItems",
                {
                    "TransactItems": [
                        {"Put": {"TableName": "T"}},
                        {"ConditionCheck": {"TableName": "T"}},
                    ]
                },
            ),
            [("dynamodb:PutItem", TABLE), ("dynamodb:ConditionCheckItem", TABLE)],
        ),
        (
            ("dynamodb", "BatchGetItem", {"RequestItems": {"T": {}, TABLE: {}}}),
            [("dynamodb:BatchGetItem", TABLE)] * 2,
        ),
        (
            ("sqs", "SendMessageBatch", {"QueueUrl": "http://x/1/q"}),
            [("sqs:SendMessage", f"arn:aws:sqs:{ACCOUNT}:q")],
        ),
        (
            ("states", "StartSyncExecution", {"stateMachineArn": "arn:m"}),
            [("states:StartSyncExecution", "arn:m")],
        ),
        (
            ("ses", "SendEmail", {"FromEmailAddress": "A <a@b.example>"}),
            [("ses:SendEmail", f"arn:aws:ses:{ACCOUNT}:identity/a@b.example"),
             ("ses:SendEmail", f"arn:aws:ses:{ACCOUNT}:configuration-set/millrace-mail")],
        ),
        (
            ("lambda", "Invoke", {"FunctionName": "f", "Qualifier": "live"}),
            [("lambda:InvokeFunction", f"arn:aws:lambda:{ACCOUNT}:function:f:live")],
        ),
        (("s3", "GetObject", {"Bucket": "b", "Key": "k"}), [("s3:GetObject", "arn:aws:s3:::b/k")]),
        (("iam", "ListRoles", {}), [("iam:ListRoles", "*")]),
        (("secretsmanager", "GetSecretValue", {"SecretId": "arn:s"}),
         [("secretsmanager:GetSecretValue", "arn:s")]),
    ],
)  # fmt: skip
def test_needs(call, wanted):
    assert [(need.action, need.resource) for need in needs(*call)] == wanted


def test_an_event_is_put_on_its_bus_from_its_source():
    entries = [{"EventBusName": "b", "Source": "s", "DetailType": "t"}, {"Source": "u"}]
    first, second = needs("events", "PutEvents", {"Entries": entries})
    assert first.resource == f"arn:aws:events:{ACCOUNT}:event-bus/b"
    assert first.context == {"events:source": ("s",), "events:detail-type": ("t",)}
    assert second.resource.endswith("event-bus/default")
