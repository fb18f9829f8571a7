"""An event for each function that AWS could send it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from shared.pipelines.definition import load_definitions

ROOT: Final = Path(__file__).resolve().parents[2]

_JUDGED: Final = {
    "sentiment": "neutral",
    "priority": "high",
    "expected_value": "75000.00",
    "response_needed": True,
    "estimated_close_days": 14,
    "reasons": ["budget: the budget is at least 100,000"],
}


def sample(event_type: str = "lead.created.v1") -> dict[str, Any]:
    """An event as the bus delivers it."""
    path = ROOT / "events" / "samples" / f"{event_type}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


_LEAD: Final = {"name": "Jane Doe", "email": "jane@example.com"}
WORKFLOW: Final = {"name": "Asset check"}
_ACCOUNT: Final = {"email": "jane@example.com", "password": "Only-for-this-check-1"}


def registration() -> dict[str, Any]:
    """A request that founds a tenant; nobody has let its caller in."""
    return request({}, "/auth/register/", _ACCOUNT)


def request(
    context: dict[str, Any], path: str = "/leads/", body: Mapping[str, str] = _LEAD
) -> dict[str, Any]:
    """A request by POST, from a caller whom the authorizer let in."""
    http = {
        "method": "POST",
        "path": path,
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "asset-check",
    }
    return {
        "version": "2.0",
        "routeKey": "ANY /{proxy+}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "localhost", "content-type": "application/json"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "localhost",
            "http": http,
            "requestId": "asset-check",
            "stage": "$default",
            "authorizer": {"lambda": context},
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def question(token: str) -> dict[str, Any]:
    """What API Gateway asks the authorizer."""
    asked = request({})
    return {**asked, "type": "REQUEST", "headers": {"authorization": f"Bearer {token}"}}


def of_the_outbox() -> dict[str, Any]:
    """An event as the outbox numbered it."""
    detail = sample()["detail"]
    return {**detail, "subject": f"lead/{detail['data']['lead_id']}", "sequence": 1}


def stream() -> dict[str, Any]:
    """A record of the outbox's stream."""
    event = of_the_outbox()
    image = {"event": {"S": json.dumps(event)}, "pending_pk": {"S": "pending#0"}}
    record = {"eventName": "INSERT", "dynamodb": {"NewImage": image, "SequenceNumber": "1"}}
    return {"Records": [record]}


def failed_run() -> dict[str, Any]:
    """The event of a run that nobody knows: the function looks for it, and lets it be."""
    return {"detail": {**sample("execution.failed.v1")["detail"], "tenant": "demo"}}


def task() -> dict[str, Any]:
    """A flow that nobody started: the runner looks for it, and lets it be."""
    state = {"tenant": "demo", "execution": "nobody", "path": "", "route": None}
    return {"node": "", "mode": "flow", "state": state}


def upload(s3: Any, bucket: str) -> dict[str, Any]:
    """What S3 tells of a file of one lead, which is there."""
    key = "demo/asset-check.csv"
    put = s3.put_object(Bucket=bucket, Key=key, Body=b"name\nJane Doe\n")
    told: dict[str, Any] = json.loads(
        (ROOT / "events" / "aws" / "s3_object_created.json").read_text(encoding="utf-8")
    )
    told["detail"]["bucket"]["name"] = bucket
    told["detail"]["object"].update({"key": key, "version-id": put["VersionId"]})
    return told


def of_a_pipeline() -> dict[str, Any]:
    """An event as the bus puts it into a pipeline's queue."""
    return {**sample(), "detail": of_the_outbox()}


def message(sqs: Any, queue_url: str, event: dict[str, Any]) -> dict[str, Any]:
    """A batch of one event, as it was received from a queue."""
    body = json.dumps(event)
    sqs.send_message(QueueUrl=queue_url, MessageBody=body)
    (received,) = sqs.receive_message(QueueUrl=queue_url)["Messages"]
    record = {
        "messageId": received["MessageId"],
        "receiptHandle": received["ReceiptHandle"],
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
    }
    return {"Records": [record]}


def step(folder: str) -> dict[str, Any]:
    """What a state machine gives a node of the pipeline in a folder: the event that starts it."""
    (pipeline,) = (one for one in load_definitions(ROOT) if one.folder == folder)
    detail = sample(f"{pipeline.starts_on[0]}.v1")["detail"]
    context = {
        "tenant": detail["tenant"],
        "pipeline": pipeline.name,
        "execution_id": detail["id"],
        "event_type": detail["type"],
        "entity": None,
        "correlation_id": detail["id"],
        "time": detail["time"],
    }
    # What the first node of the lead's adds; others leave it alone.
    data = {**detail["data"], "analysis": _JUDGED}
    return {"item": {"data": data, "trace": [], "route": None, "context": context}, "attempt": 0}
