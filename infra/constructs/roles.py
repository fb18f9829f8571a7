"""Roles whose rights all stand in one inline policy, readable in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from aws_cdk import aws_iam as iam
from constructs import Construct


def service_role(scope: Construct, name: str, service: str, rights: iam.PolicyDocument) -> iam.Role:
    """A role for one service of AWS; `rights` may still grow until the synthesis.

    Inline, because a policy of its own would come after the role, and what uses the role would
    start without rights.
    """
    # The generated classes name parameters otherwise than their interfaces, hence the cast.
    principal = cast("iam.IPrincipal", iam.ServicePrincipal(f"{service}.amazonaws.com"))
    return iam.Role(scope, name, assumed_by=principal, inline_policies={"Own": rights})


def right(
    actions: list[str], resources: list[str], conditions: Mapping[str, Any] | None = None
) -> iam.PolicyStatement:
    """One statement that allows actions on resources, under conditions."""
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
