"""Every call is judged before it is acted on, and refused in AWS's words.

moto knows one kind of judging, which reads all actions as about `*`, wants real signatures, and
cannot be told of an action's own resources; and one of buckets, which passes over conditions, so
that a policy that demands encryption denies everything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.responses import BaseResponse
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.models import FakeBucket
from werkzeug.exceptions import HTTPException

from local.access import RefusedError
from local.access.calls import Need, needs
from local.seams.replacing import replace

Check = Callable[[str, str, Callable[[], Iterable[Need]]], None]
"""Access key, service, and what the key's owner asks for; raises RefusedError."""

_PREFIX: Final = {"stepfunctions": "states", "sesv2": "ses", "email": "ses"}
"""IAM's name of a service where it is not boto's."""

_check: Check = lambda key, service, wanted: None  # noqa: E731


class _Refused(HTTPException):
    """What moto turns into the answer."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(body)
        self.code = status


def _judge(self: Any, resource: str = "*") -> None:
    service = str(self.boto3_service_name)
    prefix = _PREFIX.get(service, service)
    operation = self._get_action()
    try:
        _check(self.access_key, prefix, lambda: needs(prefix, operation, _params(self)))
    except RefusedError as error:
        raise _refusal(self, prefix, str(error)) from None


def _judge_s3(self: Any, bucket_name: str | None = None, key_name: str | None = None) -> None:
    action = str(self.data["Action"])
    params = {"Bucket": bucket_name or "*", "Key": key_name}
    try:
        _check(self.access_key, "s3", lambda: needs("s3", action, params))
    except RefusedError:
        raise S3AccessDeniedError from None


def _params(response: Any) -> Mapping[str, Any]:
    """The call's parameters; moto itself reads them up front for some services only."""
    if not response.automated_parameter_parsing:
        known = getattr(response, "params", None)
        try:
            BaseResponse.parse_parameters(response, response.normalized_request)
            return dict(response.params)
        except Exception:  # an unknown operation is refused by whoever acts on it
            return {}
        finally:
            response.params = known
    return dict(getattr(response, "params", None) or {})


def _refusal(response: Any, service: str, message: str) -> _Refused:
    code = "AccessDenied" if service == "sqs" else "AccessDeniedException"
    if "x-www-form-urlencoded" in response.headers.get("Content-Type", ""):
        body = f"<Code>AccessDenied</Code><Message>{escape(message)}</Message>"
        return _Refused(403, f"<ErrorResponse><Error>{body}</Error></ErrorResponse>")
    status = 403 if service in ("lambda", "ses", "scheduler") else 400
    return _Refused(status, json.dumps({"__type": code, "message": message, "Message": message}))


def install(check: Check) -> None:
    """Replaces moto's judging."""
    global _check
    _check = check
    replace(
        ActionAuthenticatorMixin,
        _authenticate_and_authorize_normal_action=_judge,
        _authenticate_and_authorize_s3_action=_judge_s3,
    )
    replace(FakeBucket, get_permission=lambda self, action, resource: PermissionResult.NEUTRAL)
