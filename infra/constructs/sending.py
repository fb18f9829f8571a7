"""Who mail comes from, and who hears when it comes back.

functions ─ SendEmail ─> identity ─ configuration set ─ bounce, complaint ─> default bus
"""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.arns import own_arn

CONFIGURATION_SET: Final = "millrace-mail"
SEND: Final = ("ses:SendEmail",)


class Sending(Construct):
    """The verified sender; `sender` is its address."""

    def __init__(self, scope: Construct, config: StageConfig) -> None:
        super().__init__(scope, "Sending")
        told = ses.CfnConfigurationSet(self, "Told", name=CONFIGURATION_SET)
        destination = ses.CfnConfigurationSetEventDestination(
            self,
            "Returned",
            configuration_set_name=told.ref,
            event_destination=ses.CfnConfigurationSetEventDestination.EventDestinationProperty(
                name="returned",
                enabled=True,
                # A delay is no end: SES goes on trying, and tells how it ended.
                matching_event_types=["bounce", "complaint"],
                event_bridge_destination=(
                    ses.CfnConfigurationSetEventDestination.EventBridgeDestinationProperty(
                        event_bus_arn=own_arn("events", "event-bus/default")
                    )
                ),
            ),
        )
        # Every mail of this sender takes part, whoever sends it.
        identity = ses.CfnEmailIdentity(
            scope,
            "VerifiedSender",
            email_identity=config.mail_from,
            configuration_set_attributes=ses.CfnEmailIdentity.ConfigurationSetAttributesProperty(
                configuration_set_name=told.ref
            ),
        )
        identity.add_resource_dependency(destination)
        self.sender: str = identity.ref


def sent_by(sender: str) -> list[str]:
    """What a right to send is on: the identity, and the set that each of its mails is part of."""
    return [
        own_arn("ses", f"identity/{sender}"),
        own_arn("ses", f"configuration-set/{CONFIGURATION_SET}"),
    ]
