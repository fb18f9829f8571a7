"""A state machine starts another and waits for it: `states:startExecution`, `.sync`, `.sync:2`.

Definitions write parameters and read results with capital letters, boto3 with small ones. moto
emptied the two methods that translate, so that the call fails for lack of `stateMachineArn`. Times
are milliseconds since 1970.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_sfn,
)

from local.seams.replacing import replace

_Service: Any = state_task_service_sfn.StateTaskServiceSfn
_stock_parameters: Any = _Service._normalise_parameters


def _parameters(self: Any, parameters: dict[str, Any], *how: Any, **named: Any) -> None:
    _stock_parameters(self, parameters, *how, **named)  # writes Input as text
    for key in list(parameters):
        parameters[key[:1].lower() + key[1:]] = parameters.pop(key)


def _response(self: Any, response: Any, *how: Any, **named: Any) -> None:
    if isinstance(response, dict):
        for key in list(response):
            response[key[:1].upper() + key[1:]] = _plain(response.pop(key))


def _plain(value: Any) -> Any:
    return round(value.timestamp() * 1000) if isinstance(value, datetime) else value


def install() -> None:
    """Replaces both translations."""
    replace(_Service, _normalise_parameters=_parameters, _normalise_response=_response)
