"""Adding a pipeline is adding a folder: what the stack makes of one definition more."""

from __future__ import annotations

from aws_cdk import App, Stack, assertions

from infra.config import STAGES
from infra.stacks.application import ApplicationStack
from infra.stacks.data import DataStack
from infra.stacks.events import EventsStack
from shared.pipelines.definition import Pipeline


def application(*pipelines: Pipeline) -> Stack:
    """The application stack of these pipelines."""
    app, config = App(), STAGES["dev"]
    data = DataStack(app, "data", config)
    events = EventsStack(app, "events", config, data)
    return ApplicationStack(
        app, "application", config, data=data, events=events, pipelines=pipelines
    )


def test_each_definition_gets_its_own_way_from_the_bus_to_its_nodes() -> None:
    first = Pipeline("lead_pipeline", ("analyze",), ("lead.created",), folder="lead")
    second = Pipeline("deal_pipeline", ("weigh_up",), ("deal.won",), folder="deal")
    template = assertions.Template.from_stack(application(first, second))
    template.resource_count_is("AWS::StepFunctions::StateMachine", 2)
    template.has_resource_properties(
        "AWS::Lambda::Function", {"Handler": "functions.pipeline_nodes.deal.weigh_up.handler"}
    )
    template.has_resource_properties(
        "AWS::Events::Rule", {"EventPattern": {"detail-type": ["deal.won"]}}
    )
    assert "DealPipelineWeighUpFunction" in template.to_json()["Resources"]


def test_only_a_node_that_needs_mail_may_send_it() -> None:
    pipeline = Pipeline(
        "lead_pipeline", ("judge", "answer"), folder="lead", needs={"answer": ("mail",)}
    )
    found = assertions.Template.from_stack(application(pipeline)).to_json()["Resources"]
    senders = [name for name, resource in found.items() if "ses:SendEmail" in str(resource)]
    assert sorted(senders) == ["IdentityFunctionRole", "LeadPipelineAnswerFunctionRole"]
