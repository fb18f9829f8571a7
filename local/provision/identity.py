"""Roles, the user pool, the sender of e-mails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from local.blueprint import REGION
from local.provision.clients import aws
from local.provision.deployment import Deployment

_POOL: Final = ("Policies", "UsernameAttributes")
"""What moto acts on of a pool."""


def role(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """A role with its policies."""
    physical = properties.get("RoleName", name)
    trust = json.dumps(properties["AssumeRolePolicyDocument"])
    made = aws("iam").create_role(RoleName=physical, AssumeRolePolicyDocument=trust)
    for number, policy in enumerate(properties.get("Policies", [])):
        aws("iam").put_role_policy(
            RoleName=physical,
            PolicyName=policy.get("PolicyName", f"policy-{number}"),
            PolicyDocument=json.dumps(policy["PolicyDocument"]),
        )
    return {"Ref": physical, "Name": physical, "Arn": made["Role"]["Arn"]}


def user_pool(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """A Cognito user pool."""
    physical = properties.get("UserPoolName", name)
    kept = {
        name: properties[name] for name in ("Policies", "UsernameAttributes") if name in properties
    }
    made = aws("cognito-idp").create_user_pool(PoolName=physical, **kept)["UserPool"]
    url = f"https://cognito-idp.{REGION}.amazonaws.com/{made['Id']}"
    return {
        "Ref": made["Id"],
        "Name": physical,
        "Arn": made["Arn"],
        "UserPoolId": made["Id"],
        "ProviderURL": url,
        "ProviderName": url.removeprefix("https://"),
    }


def user_pool_client(name: str, properties: dict[str, Any], _: Deployment) -> Mapping[str, Any]:
    """An app client of a pool."""
    made = aws("cognito-idp").create_user_pool_client(
        UserPoolId=properties["UserPoolId"],
        ClientName=properties.get("ClientName", name),
        ExplicitAuthFlows=properties.get("ExplicitAuthFlows", []),
    )["UserPoolClient"]
    return {"Ref": made["ClientId"], "Name": name, "ClientId": made["ClientId"]}


def sender(name: str, properties: dict[str, Any], deployment: Deployment) -> Mapping[str, Any]:
    """A verified sender; mail that is sent stays in moto."""
    address = properties["EmailIdentity"]

    def create() -> None:
        aws("sesv2").create_email_identity(EmailIdentity=address)
        aws("ses").verify_email_identity(EmailAddress=address)

    deployment.later.append(create)
    return {"Ref": address, "Name": address}
