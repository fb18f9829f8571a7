"""Goes through the blueprint and creates each resource by its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from local.blueprint import BlueprintError, Resource
from local.provision import compute, events, identity, mail, policies, storage
from local.provision.deployment import Deployment

Attributes = Mapping[str, Any]
Create = Callable[[str, dict[str, Any], Deployment], Attributes]
"""Logical id and properties; answers with the attributes that others may refer to."""

CREATE: Final[Mapping[str, Create]] = {
    "AWS::DynamoDB::Table": storage.table,
    "AWS::S3::Bucket": storage.bucket,
    "AWS::S3::BucketPolicy": policies.bucket_policy,
    "AWS::SQS::Queue": storage.queue,
    "AWS::SecretsManager::Secret": storage.secret,
    "AWS::KMS::Key": storage.key,
    "AWS::Logs::LogGroup": storage.log_group,
    "AWS::Events::EventBus": events.bus,
    "AWS::Events::Archive": events.archive,
    "AWS::Events::EventBusPolicy": policies.bus_policy,
    "AWS::Events::Rule": events.rule,
    "AWS::Scheduler::Schedule": events.schedule,
    "AWS::IAM::Role": identity.role,
    "AWS::Cognito::UserPool": identity.user_pool,
    "AWS::Cognito::UserPoolClient": identity.user_pool_client,
    "AWS::SES::EmailIdentity": identity.sender,
    "AWS::SES::ReceiptRuleSet": mail.receipt_rule_set,
    "AWS::SES::ReceiptRule": mail.receipt_rule,
    "AWS::SNS::Topic": mail.topic,
    "AWS::SNS::Subscription": mail.subscription,
    "AWS::Lambda::Function": compute.function,
    "AWS::Lambda::Alias": compute.alias,
    "AWS::Lambda::EventSourceMapping": compute.event_source_mapping,
    "AWS::Lambda::Permission": policies.permission,
    "AWS::SQS::QueuePolicy": policies.queue_policy,
    "AWS::StepFunctions::StateMachine": compute.state_machine,
}

GATEWAY: Final = "AWS::ApiGatewayV2::"
"""Types that the HTTP gateway reads instead of moto."""


def provision(resources: Mapping[str, Resource], deployment: Deployment) -> Deployment:
    """Creates everything, in the order of the references.

    Raises:
        BlueprintError: a type that nobody creates.
    """
    for resource in resources.values():
        properties = deployment.properties(resource)
        if resource.type.startswith(GATEWAY):
            resolved = Resource(resource.id, resource.type, properties)
            deployment.wiring.gateway[resource.id] = resolved
            deployment.attributes[resource.id] = {"Ref": resource.id, "Name": resource.id}
        elif resource.type in CREATE:
            create = CREATE[resource.type]
            deployment.attributes[resource.id] = create(resource.id, properties, deployment)
        else:
            raise BlueprintError(
                f"{resource.id} is a {resource.type}, which the laptop does not know; create it in "
                "local/provision, or infra/projection/types.py leaves it out with a reason"
            )
    return deployment
