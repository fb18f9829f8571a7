"""Samples of what AWS's own services tell, as EventBridge delivers it, or SNS a received mail."""

from __future__ import annotations

import json
from typing import Any, Final

BUCKET: Final = "import-bucket"
_STATES: Final = "arn:aws:states:us-east-1:123456789012"
MACHINE: Final = "millrace-flow-1a2b3c4d-01935f3e7c1a-1"
EXECUTION: Final = "01935f3e-9a00-7c11-8f00-0a1b2c3d4e5f"
ALARM: Final = "millrace-dev-application-InboundMailDeadLettersNotEmpty-1A2B3C4D"
ADDRESS: Final = "leads+mrpub_0123456789abcdef0123456789abcdef@mail.millrace.example"
SENT_UNDER: Final = "millrace-mail"
SENT: Final = {
    "timestamp": "2026-01-15T10:29:58.000Z",
    "source": "no-reply@millrace.example",
    "sendingAccountId": "123456789012",
    "messageId": "0100019bf1c27d3e-8f4a5b6c-000000",
    "destination": ["jane@example.com"],
    "headersTruncated": False,
    "tags": {
        "ses:configuration-set": [SENT_UNDER],
        "tenant": ["demo"],
        "reference": ["01935f3e-9a00-7c11-8f00-0a1b2c3d4e5f"],
    },
}

SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "s3_object_created": {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "123456789012",
        "time": "2026-01-15T10:30:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:s3:::{BUCKET}"],
        "detail": {
            "version": "0",
            "bucket": {"name": BUCKET},
            "object": {
                "key": "demo/leads.csv",
                "size": 1024,
                "etag": "b1946ac92492d2347c6235b4d2611184",
                "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
                "sequencer": "00617F08299329D189",
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "source-ip-address": "192.0.2.1",
            "reason": "PutObject",
        },
    },
    "states_execution_failed": {
        "version": "0",
        "id": "315c1398-40ff-a850-213b-158f73e60175",
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": "123456789012",
        "time": "2026-01-15T10:30:00Z",
        "region": "us-east-1",
        "resources": [f"{_STATES}:execution:{MACHINE}:{EXECUTION}"],
        "detail": {
            "executionArn": f"{_STATES}:execution:{MACHINE}:{EXECUTION}",
            "stateMachineArn": f"{_STATES}:stateMachine:{MACHINE}",
            "name": EXECUTION,
            "status": "FAILED",
            "startDate": 1768473000000,
            "stopDate": 1768473001000,
            "input": json.dumps(
                {"tenant": "demo", "execution": EXECUTION, "path": "", "route": None}
            ),
            "inputDetails": {"included": True},
            "output": None,
            "outputDetails": None,
            "error": "States.Runtime",
            "cause": "the execution reached the maximum number of history events",
        },
    },
    "ses_email_bounced": {
        "version": "0",
        "id": "12a18625-3328-4a7f-9b1d-3a5b6c7d8e9f",
        "detail-type": "Email Bounced",
        "source": "aws.ses",
        "account": "123456789012",
        "time": "2026-01-15T10:30:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:ses:us-east-1:123456789012:configuration-set/{SENT_UNDER}"],
        "detail": {
            "eventType": "Bounce",
            "bounce": {
                "feedbackId": "0100019b-f1c2-7d3e-8f4a-5b6c7d8e9f0a-000000",
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [
                    {
                        "emailAddress": "jane@example.com",
                        "action": "failed",
                        "status": "5.1.1",
                        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                    }
                ],
                "timestamp": "2026-01-15T10:29:59.000Z",
                "reportingMTA": "dsn; a8-70.smtp-out.amazonses.com",
            },
            "mail": SENT,
        },
    },
    "ses_email_complaint_received": {
        "version": "0",
        "id": "4bd1a92e-0d1f-4c57-8a6b-7c8d9e0f1a2b",
        "detail-type": "Email Complaint Received",
        "source": "aws.ses",
        "account": "123456789012",
        "time": "2026-01-15T10:30:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:ses:us-east-1:123456789012:configuration-set/{SENT_UNDER}"],
        "detail": {
            "eventType": "Complaint",
            "complaint": {
                "feedbackId": "0100019b-f1c2-7d3e-8f4a-6c7d8e9f0a1b-000000",
                "complaintSubType": None,
                "complainedRecipients": [{"emailAddress": "jane@example.com"}],
                "timestamp": "2026-01-15T10:29:59.000Z",
                "complaintFeedbackType": "abuse",
            },
            "mail": SENT,
        },
    },
    "cloudwatch_alarm_state_change": {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "123456789012",
        "time": "2026-01-15T10:30:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{ALARM}"],
        "detail": {
            "alarmName": ALARM,
            "configuration": {"description": "", "metrics": []},
            "previousState": {
                "reason": "Threshold Crossed: no datapoints were received",
                "timestamp": "2026-01-15T10:20:00.000+0000",
                "value": "OK",
            },
            "state": {
                "reason": "Threshold Crossed: 1 datapoint was greater than the threshold (0.0).",
                "timestamp": "2026-01-15T10:29:59.000+0000",
                "value": "ALARM",
            },
        },
    },
    "ses_mail_received": {
        "notificationType": "Received",
        "mail": {
            "timestamp": "2026-01-15T10:30:00.000Z",
            "source": "jane@example.com",
            "messageId": "d6iitobk75ur44p8kdnnp7g2n800",
            "destination": [ADDRESS],
            "headersTruncated": False,
            "headers": [{"name": "From", "value": "Jane Doe <jane@example.com>"}],
            "commonHeaders": {
                "from": ["Jane Doe <jane@example.com>"],
                "to": [ADDRESS],
                "subject": "Our project",
                "messageId": "<1@mail.example.com>",
            },
        },
        "receipt": {
            "timestamp": "2026-01-15T10:30:00.000Z",
            "processingTimeMillis": 222,
            "recipients": [ADDRESS],
            "spamVerdict": {"status": "PASS"},
            "virusVerdict": {"status": "PASS"},
            "spfVerdict": {"status": "PASS"},
            "dkimVerdict": {"status": "PASS"},
            "dmarcVerdict": {"status": "PASS"},
            "action": {
                "type": "S3",
                "topicArn": "arn:aws:sns:us-east-1:123456789012:mail-topic",
                "bucketName": "mail-bucket",
                "objectKey": "d6iitobk75ur44p8kdnnp7g2n800",
            },
        },
    },
}
"""By the name of their file below `events/aws/`."""
