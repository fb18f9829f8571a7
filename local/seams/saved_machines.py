"""State machines that were made while the platform ran, and their open executions.

The deployment makes those of the blueprint anew. An execution that was open begins again under its
name: its tasks find in the record what they have done, so that it goes on where it was.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from local.blueprint import ACCOUNT, REGION
from local.provision.clients import aws

Saved = list[dict[str, Any]]

_INTERPRETER: Final = "moto.stepfunctions.parser.models"
_waiting: Saved = []
"""Of the last start, and not made yet."""


def dump() -> Saved:
    """Machines with tags, and their open Standard executions."""
    # It takes a second to import, half made meanwhile, and nothing runs before.
    backends = getattr(sys.modules.get(_INTERPRETER), "stepfunctions_parser_backends", None)
    if backends is None:
        return list(_waiting)
    backend = backends[ACCOUNT][REGION]
    made = [
        {
            "name": machine.name,
            "definition": machine.definition,
            "role": machine.roleArn,
            "type": "EXPRESS" if machine.sm_type == "EXPRESS" else "STANDARD",
            "tags": tags,
            "open": _open(machine),
        }
        for machine in list(backend.state_machines)
        if (tags := backend.get_tags_list_for_state_machine(machine.arn))
    ]
    return [*made, *_waiting]


def keep(saved: Saved) -> None:
    """Notes what `make` is to make."""
    _waiting[:] = saved


def make() -> None:
    """Makes what was kept, and lets open executions go on; the interpreter must stand."""
    client = aws("stepfunctions")
    while _waiting:
        one = _waiting[-1]
        arn = client.create_state_machine(
            name=one["name"], definition=one["definition"], roleArn=one["role"], type=one["type"],
            tags=one["tags"],
        )["stateMachineArn"]  # fmt: skip
        for name, given in one["open"].items():
            client.start_execution(stateMachineArn=arn, name=name, input=given)
        _waiting.pop()


def _open(machine: Any) -> dict[str, str]:
    if machine.sm_type == "EXPRESS":
        return {}
    runs = [run for run in list(machine.executions) if run.stop_date is None]
    return {run.name: _text(run) for run in runs}


def _text(run: Any) -> str:
    return run.input_data if isinstance(run.input_data, str) else json.dumps(run.input_data)
