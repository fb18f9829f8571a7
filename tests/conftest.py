"""What every test shares: settings of the functions, and a closed network for unit tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

os.environ.update(
    CRM_TABLE="crm", INBOX_TABLE="inbox", AUDIT_TABLE="audit", EXECUTIONS_TABLE="executions",
    WORKFLOWS_TABLE="workflows", VALUES_BUCKET="values", LLM_TABLE="llm",
    NODE_RUNNER_ARN="arn:aws:lambda:us-east-1:123456789012:function:runner",
    MACHINE_ROLE_ARN="arn:aws:iam::123456789012:role/machine",
    EVENT_LOG_TABLE="event_log", PROJECTIONS_TABLE="projections", EVENTS_BUCKET="events",
    DATA_KEY_ID="data-key",
    REPLAY_QUEUE_URL="http://replays",
    WEBHOOKS_TABLE="webhooks", WEBHOOK_QUEUE_URL="http://webhooks",
    QUARANTINE_TABLE="quarantine", CURSOR_SECRET_ARN="secret", POWERTOOLS_SERVICE_NAME="test",
    MAX_BODY_BYTES="20000", IDENTITY_TABLE="identity", USER_POOL_ID="pool", CLIENT_ID="client",
    MAIL_FROM="no-reply@millrace.example", CHAT_TABLE="chat",
    CONSUMERS='{"lead_days": {"about": "Counts leads by day.", "topics": ["leads"], "types": [],'
    ' "ordered": true, "outside": false}}',
    PIPELINES='{"lead_pipeline": ["lead.created", "process_lead"], "other_pipeline": []}',
    PIPELINE_MACHINES='{"lead_pipeline": "arn:lead", "other_pipeline": "arn:other"}',
)  # fmt: skip

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # What a shell starts in the background ignores Ctrl-C; the programs under test shall not.
    signal.signal(signal.SIGINT, signal.default_int_handler)

try:
    import hypothesis
except ModuleNotFoundError:  # the environment of the synthesis has no properties to try
    pass
else:
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _closed_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whoever is below tests/unit, tests/property or tests/contract reaches no network."""
    from pytest_socket import disable_socket, enable_socket

    closed = any(
        f"/tests/{part}/" in str(request.path) for part in ("unit", "property", "contract")
    )
    if closed:
        disable_socket(allow_unix_socket=True)
    yield
    enable_socket()
