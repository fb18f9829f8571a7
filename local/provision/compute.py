"""Functions, what feeds them, and state machines."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from local.blueprint import ACCOUNT, REGION
from local.lambda_host import FunctionSpec, name_of
from local.provision.clients import aws
from local.provision.deployment import Deployment


def function(name: str, properties: dict[str, Any], deployment: Deployment) -> Mapping[str, Any]:
    """A function: in moto its name, in the Lambda host what runs."""
    physical = properties.get("FunctionName", name)
    variables = {
        key: deployment.variable(key, str(value))
        for key, value in properties.get("Environment", {}).get("Variables", {}).items()
    }
    reserved = properties.get("ReservedConcurrentExecutions")
    spec = FunctionSpec(
        physical,
        properties["Handler"],
        float(properties.get("Timeout", 3)),
        int(properties.get("MemorySize", 128)),
        variables,
        properties["Role"],
    )
    if reserved:
        spec = replace(spec, concurrency=min(int(reserved), spec.concurrency))
    deployment.wiring.functions[physical] = spec
    deployment.on_function(spec)
    made = aws("lambda").create_function(
        FunctionName=physical,
        Runtime=properties.get("Runtime", "python3.13"),
        Role=properties["Role"],
        Handler=properties["Handler"],
        Code={"ZipFile": _empty_zip()},
    )
    return {"Ref": physical, "Name": physical, "Arn": made["FunctionArn"]}


def alias(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """Another ARN for a function: a laptop has one version, the sources as they stand."""
    made = aws("lambda").create_alias(
        FunctionName=name_of(properties["FunctionName"]),
        Name=properties["Name"],
        FunctionVersion="$LATEST",
    )
    return {"Ref": made["AliasArn"], "Name": name}


def event_source_mapping(
    name: str, properties: dict[str, Any], deployment: Deployment
) -> Mapping[str, Any]:
    """What feeds a function; our own pollers act on it, never moto's."""
    deployment.wiring.mappings.append({"Name": name, **properties})
    return {"Ref": name, "Name": name}


def state_machine(
    name: str, properties: dict[str, Any], deployment: Deployment
) -> Mapping[str, Any]:
    """A state machine, created later: its ARN is known, and parsing it takes half a second."""
    physical = properties.get("StateMachineName", name)

    def create() -> None:
        aws("stepfunctions").create_state_machine(
            name=physical,
            definition=properties["DefinitionString"],
            roleArn=properties["RoleArn"],
            type=properties.get("StateMachineType", "STANDARD"),
        )

    deployment.later.append(create)
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{physical}"
    return {"Ref": arn, "Name": physical, "Arn": arn}


@lru_cache(maxsize=1)
def _empty_zip() -> bytes:
    """moto wants code to store; what runs is the checkout."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("empty", "")
    return buffer.getvalue()
