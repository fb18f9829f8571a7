"""Where moto is changed: one module per seam, each with its reason.

Every module here reaches into moto's private code. moto is pinned exactly, and a test per seam
fails when a new version no longer behaves as the seam needs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from local.seams import (
    access_checks,
    cognito_users,
    dynamodb_queries,
    dynamodb_requests,
    dynamodb_streams,
    dynamodb_transactions,
    event_patterns,
    event_targets,
    index_lag,
    interpreter_awaited,
    lambda_invocations,
    lookups_kept,
    object_events,
    queue_receiving,
    returned_mails,
    schedule_expressions,
    sent_mails,
    weak_calls,
)
from local.seams.access_checks import Check
from local.seams.dynamodb_streams import StreamListener
from local.seams.event_targets import Deliver
from local.seams.index_lag import Lag
from local.seams.lambda_invocations import Failed, Invoke
from local.seams.sent_mails import OnMail
from local.seams.weak_calls import Draw
from local.weakness import Fault

Credentials = Callable[[str, str], Mapping[str, str]]


def prepare_environment(port: int) -> None:
    """What moto and botocore read from the environment of this process."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_REGION="us-east-1",
        # botocore would put the account into host names that moto does not serve.
        AWS_ACCOUNT_ID_ENDPOINT_MODE="disabled",
        AWS_EC2_METADATA_DISABLED="true",
        # The same pool and client after every start, so that a token's issuer stays.
        MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY="HASH",
        MOTO_COGNITO_IDP_USER_POOL_CLIENT_ID_STRATEGY="HASH",
        MOTO_PORT=str(port),
    )


def install(
    *,
    check: Check,
    invoke: Invoke,
    deliver: Deliver,
    on_stream_record: StreamListener,
    on_failed_event: Failed = lambda name, error: None,
    on_mail: OnMail = lambda to, subject, body: None,
    on_interpreter_awaited: Callable[[], None] = lambda: None,
) -> None:
    """Applies every seam but the interpreter's; the last call's hooks count."""
    access_checks.install(check)
    lookups_kept.install()
    cognito_users.install()
    dynamodb_requests.install()
    dynamodb_transactions.install()
    dynamodb_streams.install(on_stream_record)
    dynamodb_queries.install()
    queue_receiving.install()
    lambda_invocations.install(invoke, on_failed_event)
    event_patterns.install()
    event_targets.install(deliver)
    schedule_expressions.install()
    object_events.install()
    sent_mails.install(on_mail)
    returned_mails.install()
    interpreter_awaited.install(on_interpreter_awaited)


def install_interpreter(credentials: Credentials) -> None:
    """Applies the seams of the state machines' interpreter, which takes a second to import.

    `credentials` gives those of a role for one of its users.
    """
    from local.seams import (
        interpreter_clients,
        interpreter_speed,
        paths_parsed_once,
        stopped_executions,
        sync_executions,
    )

    sync_executions.install()
    interpreter_clients.install(credentials)
    paths_parsed_once.install()
    interpreter_speed.install()
    stopped_executions.install()
    interpreter_awaited.release()


def weaken(*, draw: Draw, lag: Lag) -> None:
    """Sets how AWS's weaknesses are drawn: what becomes of calls, how far indexes are behind."""
    weak_calls.install(draw)
    index_lag.install(lag)


def strengthen() -> None:
    """Ends the weaknesses: whoever uses moto in this process next has it as it is."""
    weak_calls.install(lambda key: Fault.NONE)
    index_lag.install(lambda: 0.0)
