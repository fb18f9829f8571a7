"""What lets functions use the secrets that tenants give, and the buckets that they open to us."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk

from infra.constructs.arns import own_arn
from infra.constructs.service_function import ServiceFunction
from shared.platform.foreign_buckets import ROLE_PREFIX

_SECRETS: Final = ("CreateSecret", "DeleteSecret", "GetSecretValue")


def may_act_for_tenants(made: ServiceFunction) -> None:
    """Secrets below the prefix of tenants', and roles of other accounts that are named for it.

    Whose secret a name is, the application sees to: the tenant stands in it.
    """
    secrets = own_arn("secretsmanager", "secret:millrace/*")
    made.allow([f"secretsmanager:{name}" for name in _SECRETS], [secrets])
    roles = f"arn:{cdk.Aws.PARTITION}:iam::*:role/{ROLE_PREFIX}*"
    made.allow(["sts:AssumeRole"], [roles])
