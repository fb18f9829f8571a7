"""Sample events of AWS's own services that our rules accept, as EventBridge delivers them."""

from __future__ import annotations

import json
from typing import Any, Final

BUCKET: Final = "import-bucket"
_STATES: Final = "arn:aws:states:us-east-1:123456789012"
MACHINE: Final = "millrace-flow-1a2b3c4d-01935f3e7c1a-1"
EXECUTION: Final = "01935f3e-9a00-7c11-8f00-0a1b2c3d4e5f"

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
}
"""By the name of their file below `events/aws/`."""
