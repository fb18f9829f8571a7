"""Adding a pipeline or a consumer: what the stack makes of one definition more."""

from __future__ import annotations

from aws_cdk import App, Stack, assertions

from infra.config import STAGES
from infra.stacks.application import ApplicationStack
from infra.stacks.data import DataStack
from infra.stacks.events import EventsStack
from shared.consumers.declaration import Declaration
from shared.pipelines.definition import Pipeline


def application(*pipelines: Pipeline, consumers: tuple[Declaration, ...] = ()) -> Stack:
    """The application stack of these pipelines and consumers."""
    app, config = App(), STAGES["dev"]
    data = DataStack(app, "data", config)
    events = EventsStack(app, "events", config, data)
    return ApplicationStack(
        app,
        "application",
        config,
        data=data,
        events=events,
        pipelines=pipelines,
        consumers=consumers,
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
    old_name_too = ["lead.created", "business_lead_created"]
    template.has_resource_properties(
        "AWS::Events::Rule", {"EventPattern": {"detail-type": old_name_too}}
    )
    assert "DealPipelineWeighUpFunction" in template.to_json()["Resources"]


def test_only_a_node_that_needs_mail_may_send_it() -> None:
    pipeline = Pipeline(
        "lead_pipeline", ("judge", "answer"), folder="lead", needs={"answer": ("mail",)}
    )
    found = assertions.Template.from_stack(application(pipeline)).to_json()["Resources"]
    senders = [name for name, resource in found.items() if "ses:SendEmail" in str(resource)]
    assert sorted(senders) == [
        "AlarmNoticesFunctionRole", "IdentityFunctionRole", "LeadPipelineAnswerFunctionRole",
    ]  # fmt: skip


def test_a_declared_consumer_gets_its_rule_its_queue_and_just_the_rights_it_needs() -> None:
    said = Declaration(
        "won_deals", ("leads",), ("lead.created",), {"data": {"status": ["Closed win"]}},
        outside=True, needs={"projections": ("add",)},
    )  # fmt: skip
    template = assertions.Template.from_stack(application(consumers=(said,)))
    pattern = {
        "detail-type": ["lead.created", "business_lead_created"],
        "detail": {"topics": ["leads"], "data": {"status": ["Closed win"]}},
    }
    template.has_resource_properties("AWS::Events::Rule", {"EventPattern": pattern})
    found = template.to_json()["Resources"]
    function = found["WonDealsConsumerFunction"]["Properties"]
    assert function["Handler"] == "functions.events.consumers.won_deals.handler"
    policy = found["WonDealsConsumerFunctionRole"]["Properties"]["Policies"][0]
    statements = policy["PolicyDocument"]["Statement"]
    adding = [s for s in statements if s["Action"] == "dynamodb:UpdateItem"]
    counting, own = sorted(adding, key=lambda s: "Condition" not in s)
    assert counting["Condition"]["ForAllValues:StringLike"] == {
        "dynamodb:LeadingKeys": ["*#figures"]
    }
    assert "Condition" not in own
    assert "ProjectionsTable" in str(own["Resource"])
    assert {"WonDealsConsumerQueue", "WonDealsConsumerDeadLetters"} <= found.keys()
    mapping = found["WonDealsConsumerQueueMapping"]["Properties"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
