"""The machines of flows in Step Functions: made, found again, counted and dropped."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.platform.aws import client, error_code
from shared.platform.flow_machines import (
    PREFIX,
    RUNNER,
    MachineError,
    MachineQuotaError,
    Made,
    Wanted,
)
from shared.platform.tables import Delete, Put, Query, Tables

_SAFE: Final = re.compile(r"[A-Za-z0-9-]{1,36}")
_TAKEN: Final = frozenset({"StateMachineAlreadyExists", "ConflictException"})
_FULL: Final = frozenset({"StateMachineLimitExceeded", "ServiceQuotaExceededException"})
_GONE: Final = frozenset({"StateMachineDoesNotExist", "ResourceNotFound"})
_NOBODY: Final = frozenset({"TaskDoesNotExist", "TaskTimedOut", "InvalidToken"})


@dataclass(frozen=True, slots=True)
class MachinePlace:
    """Where machines are made, and what they are made with."""

    role: str
    """The ARN of the role that they act with."""
    runner: str
    """The ARN of the function that runs nodes."""
    table: str
    """The table in which a tenant's machines are counted."""
    per_tenant: int = 200


class StepFunctionsFlowMachines:
    """The ports `FlowMachines` and `MachineInventory`."""

    def __init__(self, tables: Tables, place: MachinePlace) -> None:
        self._tables, self._at = tables, place

    def ensure(self, wanted: Wanted) -> str:
        """See `FlowMachines.ensure`."""
        from botocore.exceptions import ClientError

        definition = wanted.definition.replace(RUNNER, self._at.runner)
        name = machine_name(wanted, definition)
        row = {"pk": _machines(wanted.tenant), "sk": name}
        if self._tables.get(self._at.table, row) is None:
            self._require_room(wanted.tenant)
        try:
            made = client("stepfunctions").create_state_machine(
                name=name, definition=definition, roleArn=self._at.role, type=wanted.type,
                loggingConfiguration={"level": "OFF"}, tags=_tags(wanted),
            )  # fmt: skip
            arn = str(made["stateMachineArn"])
        except ClientError as error:
            arn = self._standing(name, error)
        self._tables.transact([Put(self._at.table, {**row, "arn": arn})])
        return arn

    def start(self, arn: str, name: str, given: Mapping[str, Any]) -> None:
        """See `FlowMachines.start`."""
        from botocore.exceptions import ClientError

        try:
            client("stepfunctions").start_execution(
                stateMachineArn=arn, name=name, input=json.dumps(given, allow_nan=False)
            )
        except ClientError as error:
            if error_code(error) != "ExecutionAlreadyExists":
                raise _refused(error) from error

    def stop(self, arn: str, name: str, cause: str) -> None:
        """See `FlowMachines.stop`."""
        from botocore.exceptions import ClientError

        try:
            client("stepfunctions").stop_execution(
                executionArn=execution_arn(arn, name), error="Cancelled", cause=cause
            )
        except ClientError as error:
            if error_code(error) not in {"ExecutionDoesNotExist", "InvalidArn"}:
                raise _refused(error) from error

    def succeed(self, token: str, output: Mapping[str, Any]) -> bool:
        """See `FlowMachines.succeed`."""
        from botocore.exceptions import ClientError

        try:
            client("stepfunctions").send_task_success(
                taskToken=token, output=json.dumps(output, allow_nan=False)
            )
        except ClientError as error:
            if error_code(error) in _NOBODY:
                return False
            raise _refused(error) from error
        return True

    def drop(self, arn: str) -> None:
        """See `FlowMachines.drop`; it is no longer counted first, so that this may come twice."""
        found = self._made(arn, None)
        if found is not None:
            row = {"pk": _machines(found.tenant), "sk": arn.rpartition(":")[2]}
            self._tables.transact([Delete(self._at.table, row)])
            client("stepfunctions").delete_state_machine(stateMachineArn=arn)

    def all(self) -> Iterator[Made]:
        """See `MachineInventory.all`."""
        for page in client("stepfunctions").get_paginator("list_state_machines").paginate():
            for one in page["stateMachines"]:
                if one["name"].startswith(PREFIX):
                    found = self._made(one["stateMachineArn"], one["creationDate"])
                    if found is not None:
                        yield found

    def busy(self, arn: str) -> bool:
        """See `MachineInventory.busy`."""
        from botocore.exceptions import ClientError

        try:
            found = client("stepfunctions").list_executions(
                stateMachineArn=arn, statusFilter="RUNNING", maxResults=1
            )
        except ClientError as error:
            # Nobody lists the runs of Express machines; they last five minutes.
            if error_code(error) in {"StateMachineTypeNotSupported", *_GONE}:
                return False
            raise
        return bool(found["executions"])

    def _require_room(self, tenant: str) -> None:
        count = self._tables.count(Query(self._at.table, ("pk", _machines(tenant))))
        if count >= self._at.per_tenant:
            raise MachineQuotaError(
                f"there are {count} published versions with a machine, and {self._at.per_tenant} "
                "may be; delete workflows that are not used, or let them run inline"
            )

    def _standing(self, name: str, error: Any) -> str:
        """The ARN of a machine that stands already; the name says which definition it has."""
        if error_code(error) in _TAKEN:
            partition, region, account = _where(self._at.runner)
            return f"arn:{partition}:states:{region}:{account}:stateMachine:{name}"
        if error_code(error) in _FULL:
            raise MachineQuotaError(
                "the account has as many state machines as it may; ask AWS for a higher quota"
            ) from error
        raise _refused(error) from error

    def _made(self, arn: str, at: datetime | None) -> Made | None:
        from botocore.exceptions import ClientError

        try:
            tags = client("stepfunctions").list_tags_for_resource(resourceArn=arn)["tags"]
        except ClientError as error:
            if error_code(error) in _GONE:
                return None
            raise
        told = {tag["key"]: tag["value"] for tag in tags}
        if not {"tenant", "workflow", "version"} <= set(told):
            return None
        return Made(arn, told["tenant"], told["workflow"], int(told["version"]), at)


def machine_name(wanted: Wanted, definition: str) -> str:
    """Tells whose machine it is without a word of theirs; equal names have equal definitions."""
    workflow = wanted.workflow_id
    if not _SAFE.fullmatch(workflow):
        workflow = _short(workflow, 32)
    made_of = _short(f"{wanted.type} {definition}", 8)
    return f"{PREFIX}{_short(wanted.tenant, 8)}-{workflow}-{wanted.number}-{made_of}"


def execution_arn(machine: str, name: str) -> str:
    """The ARN of a Standard execution."""
    return f"{machine.replace(':stateMachine:', ':execution:', 1)}:{name}"


def _machines(tenant: str) -> str:
    return f"{tenant}#machines"


def _tags(wanted: Wanted) -> list[dict[str, str]]:
    told = {
        "project": "millrace",
        "tenant": wanted.tenant,
        "workflow": wanted.workflow_id,
        "version": str(wanted.number),
    }
    return [{"key": key, "value": value} for key, value in told.items()]


def _short(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _where(arn: str) -> tuple[str, str, str]:
    _, partition, _, region, account = arn.split(":")[:5]
    return partition, region, account


def _refused(error: Any) -> MachineError:
    told = error.response.get("Error", {})
    return MachineError(": ".join(filter(None, (told.get("Code"), told.get("Message")))))
