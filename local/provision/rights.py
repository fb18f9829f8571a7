"""What services of AWS do in the name of roles, asked for before anything runs.

A poller, a schedule or a machine that lacks a right fails on AWS when it is deployed or where
nobody looks; here the platform does not start, and says which action, resource and role it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from local.access import Access, RefusedError
from local.access.calls import arn
from local.blueprint import ACCOUNT, REGION, BlueprintError, Resource
from local.provision.deployment import Deployment

Wish = tuple[str, str, str]
"""Role (ARN), action, resource."""

_LOG: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
_TRACES: Final = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
_SAMPLING: Final = ("xray:GetSamplingRules", "xray:GetSamplingTargets")
_POLL_QUEUE: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_POLL_STREAM: Final = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
)
_LOG_DELIVERY: Final = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
_TARGETS: Final = {
    "lambda": "lambda:InvokeFunction",
    "sqs": "sqs:SendMessage",
    "states": "states:StartExecution",
    "events": "events:PutEvents",
}


def require_rights(
    resources: Mapping[str, Resource], deployment: Deployment, access: Access
) -> None:
    """Asks for everything that the blueprint's wiring needs.

    Raises:
        BlueprintError: all that is lacking, a line each.
    """
    lacking: list[str] = []
    for resource in resources.values():
        properties = deployment.properties(resource) if resource.type in _WISHES else {}
        for role, action, on in _WISHES.get(resource.type, _nothing)(properties, deployment):
            try:
                access.require(role, action, on, service=resource.id)
            except RefusedError as error:
                lacking.append(f"{resource.id}: {error.refusal}")
    lacking += _uninvited(resources, deployment, access)
    if lacking:
        raise BlueprintError("\n".join(lacking))


def _nothing(_: dict[str, Any], __: Deployment) -> Iterator[Wish]:
    yield from ()


def _function(properties: dict[str, Any], _: Deployment) -> Iterator[Wish]:
    role = properties["Role"]
    group = properties.get("LoggingConfig", {}).get("LogGroup")
    if group:
        yield from ((role, action, f"{arn('logs', f'log-group:{group}')}:*") for action in _LOG)
    if properties.get("TracingConfig", {}).get("Mode") == "Active":
        yield from ((role, action, "*") for action in _TRACES)


def _mapping(properties: dict[str, Any], deployment: Deployment) -> Iterator[Wish]:
    name = str(properties["FunctionName"]).partition("function:")[2] or properties["FunctionName"]
    role = deployment.wiring.functions[name.split(":")[0]].role
    source = str(properties["EventSourceArn"])
    if ":sqs:" in source:
        yield from ((role, action, source) for action in _POLL_QUEUE)
    else:
        yield from ((role, action, source) for action in _POLL_STREAM)
        yield role, "dynamodb:ListStreams", "*"
    failed = properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    if failed:
        yield role, "sqs:SendMessage", failed


def _schedule(properties: dict[str, Any], _: Deployment) -> Iterator[Wish]:
    target = properties["Target"]
    role = target["RoleArn"]
    yield role, _TARGETS[target["Arn"].split(":")[2]], target["Arn"]
    if dead_letters := target.get("DeadLetterConfig", {}).get("Arn"):
        yield role, "sqs:SendMessage", dead_letters


def _machine(properties: dict[str, Any], _: Deployment) -> Iterator[Wish]:
    role = properties["RoleArn"]
    for function in _tasks(json.loads(properties["DefinitionString"])):
        yield role, "lambda:InvokeFunction", function
    if properties.get("LoggingConfiguration", {}).get("Level", "OFF") != "OFF":
        yield from ((role, action, "*") for action in _LOG_DELIVERY)
    if properties.get("TracingConfiguration", {}).get("Enabled"):
        yield from ((role, action, "*") for action in (*_TRACES, *_SAMPLING))


_WISHES: Final[Mapping[str, Callable[[dict[str, Any], Deployment], Iterator[Wish]]]] = {
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::EventSourceMapping": _mapping,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::StepFunctions::StateMachine": _machine,
}


def _tasks(definition: Any) -> Iterator[str]:
    """The functions that a definition's states call."""
    if isinstance(definition, list):
        for part in definition:
            yield from _tasks(part)
    elif isinstance(definition, dict):
        for name, part in definition.items():
            if name in ("Resource", "FunctionName") and ":function:" in str(part):
                yield str(part)
            else:
                yield from _tasks(part)


def _uninvited(
    resources: Mapping[str, Resource], deployment: Deployment, access: Access
) -> Iterator[str]:
    """Services that a queue's or a function's own policy does not let in."""
    for resource in resources.values():
        if resource.type == "AWS::Events::Rule":
            properties = deployment.properties(resource)
            source = deployment.attribute(resource.id, "Arn")
            for target in properties["Targets"]:
                for queue in (target["Arn"], target.get("DeadLetterConfig", {}).get("Arn")):
                    if queue and not access.admits(
                        "events.amazonaws.com", "sqs:SendMessage", queue, source
                    ):
                        yield f"{queue} does not let rule {resource.id} send; give it a policy"
        elif resource.type == "AWS::ApiGatewayV2::Route":
            properties = deployment.properties(resource)
            key = str(properties["RouteKey"]).replace("ANY ", "*").replace(" ", "")
            stage = f"{properties['ApiId']}/$default/{key}"
            integration = deployment.wiring.gateway[str(properties["Target"]).rpartition("/")[2]]
            yield from _closed(integration.properties["IntegrationUri"], stage, resource.id, access)
        elif resource.type == "AWS::ApiGatewayV2::Authorizer":
            properties = deployment.properties(resource)
            source = f"{properties['ApiId']}/authorizers/{resource.id}"
            yield from _closed(properties["AuthorizerUri"], source, resource.id, access)


def _closed(uri: str, source: str, user: str, access: Access) -> Iterator[str]:
    function = uri[uri.index("arn:aws:lambda:") :].removesuffix("/invocations")
    where = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{source}"
    if not access.admits("apigateway.amazonaws.com", "lambda:InvokeFunction", function, where):
        yield f"{function} does not let {user} invoke it; give it an AWS::Lambda::Permission"
