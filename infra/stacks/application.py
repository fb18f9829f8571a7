"""The HTTP API with what answers behind it, and the pipelines."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.alarm_notices import alarm_notices
from infra.constructs.consumer import Consumer
from infra.constructs.crm_api import CrmApi
from infra.constructs.http_api import HttpApi
from infra.constructs.identity_api import IdentityApi
from infra.constructs.lead_import import LeadImport
from infra.constructs.mail_input import MailInput
from infra.constructs.pipeline import Pipeline, Surroundings
from infra.constructs.replays import Replays
from infra.constructs.returned_mail import returned_mail
from infra.constructs.sending import Sending
from infra.constructs.service_function import Deployment
from infra.constructs.triggered_runs import triggered_runs
from infra.constructs.webhooks import Webhooks
from infra.stacks.data import DataStack
from infra.stacks.events import EventsStack
from infra.stacks.readable import ReadableStack
from shared.consumers.declaration import Declaration
from shared.pipelines.definition import Pipeline as Definition


class ApplicationStack(ReadableStack):
    """What answers requests and what reacts to events."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        config: StageConfig,
        *,
        data: DataStack,
        events: EventsStack,
        pipelines: Sequence[Definition],
        consumers: Sequence[Declaration] = (),
    ) -> None:
        super().__init__(scope, name, description="Millrace: HTTP API and pipelines")
        deployment = Deployment(config)
        self.sender = sender = Sending(self, config).sender
        around = Surroundings(deployment, data.data, events.bus, sender)
        built = [Pipeline(self, definition, around) for definition in pipelines]
        self.triggered = triggered = triggered_runs(self)
        outlets = {"triggered_runs": triggered.queue}
        heard = [Consumer(self, said, around, outlets) for said in consumers]
        self.api = api = HttpApi(self, "api", config)
        replays = Replays(self, around, heard)
        webhooks = Webhooks(self, around, heard)
        crm = CrmApi(
            self, "crm", deployment, data.data, host=api.host, pipelines=pipelines,
            consumers=consumers,
            replays=replays.queue,
            webhooks=webhooks.queue,
        )  # fmt: skip
        crm.may_redrive([consumer.queue for consumer in (*built, *heard, triggered)])
        crm.may_run(
            {pipeline.name: pipeline.machine.arn for pipeline in built},
            [node for pipeline in built for node in pipeline.nodes],
        )
        identity = IdentityApi(
            self, "identity", deployment, data.data, data.users, host=api.host, sender=sender
        )
        api.serve(crm.function, identity.function, identity.authorizer)
        LeadImport(self, deployment, data.data)
        mail = MailInput(self, deployment, data.data, sender)
        returned = returned_mail(self, deployment, data.data)
        alarm_notices(self, deployment, data.data, sender)
        crm.may_redrive([told.queue for told in (mail.consumer, returned)])
        cdk.CfnOutput(self, "ApiUrl", value=f"https://{api.host}")
