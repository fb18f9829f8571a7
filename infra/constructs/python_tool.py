"""The function that runs programs which models wrote: no rights, no network, a tenant to itself.

node runner ── Invoke, for one tenant ──> that tenant's own environment, in a subnet without routes
"""

from __future__ import annotations

from typing import Final, cast

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.service_function import Deployment, ServiceFunction

_TIMEOUT_SECONDS: Final = 40
_INTERFACES: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
"""What the Lambda service itself needs, with the function's role, to place it in a subnet."""


class PythonTool(Construct):
    """Function `PythonToolFunction`, in a network of its own that leads nowhere."""

    def __init__(self, scope: Construct, name: str, deployment: Deployment) -> None:
        super().__init__(scope, name)
        self.function = ServiceFunction(
            self,
            "PythonToolFunction",
            deployment,
            service="python_tool",
            handler="functions.python_tool.handler.handler",
            timeout=_TIMEOUT_SECONDS,
            memory=512,
        )
        self._place()
        self._allow_the_service_alone()

    def _place(self) -> None:
        """Subnets without a route out, and a group that lets nothing out of them either."""
        network = ec2.Vpc(
            self,
            "Network",
            max_azs=2,
            nat_gateways=0,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Nowhere", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=26
                )
            ],
        )
        # The generated classes name parameters otherwise than their interfaces, hence the casts.
        vpc = cast("ec2.IVpc", network)
        group = ec2.SecurityGroup(self, "Group", vpc=vpc, allow_all_outbound=False)
        function = cast("lambda_.CfnFunction", self.function.function.node.default_child)
        subnets = [subnet.subnet_id for subnet in network.isolated_subnets]
        function.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
            subnet_ids=subnets, security_group_ids=[group.security_group_id]
        )
        function.add_property_override("TenancyConfig", {"TenantIsolationMode": "PER_TENANT"})

    def _allow_the_service_alone(self) -> None:
        """The right to make network interfaces is the service's; code of the function has it not.

        Its own ARN would make a circle, so that any function's code is denied: it has no others.
        """
        self.function.allow(list(_INTERFACES), ["*"])
        self.function.deny(list(_INTERFACES), {"Null": {"lambda:SourceFunctionArn": "false"}})
