"""Rules that everything deployed obeys, checked on the committed blueprint."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from infra.fingerprint import is_current
from shared.identity import paths
from shared.pipelines import paths as pipeline_paths
from shared.pipelines.definition import load_definitions
from shared.workflows import paths as workflow_paths
from tests.infra.blueprint import RESOURCES, ROOT, of_type, statements, target, text

FUNCTIONS = of_type("Lambda::Function")
MAPPINGS = of_type("Lambda::EventSourceMapping")
QUEUES = of_type("SQS::Queue")
ROLES = of_type("IAM::Role")
RULES = of_type("Events::Rule")

# AWS has no resource-level permission for these.
WITHOUT_RESOURCE = {
    "dynamodb:ListStreams",
    # What Lambda asks for to place a function in a subnet.
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "states:ListStateMachines",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


OF_TENANTS = (
    ":stateMachine:millrace-flow-*", ":execution:millrace-flow-*", ":secret:millrace/*",
    ":secret:millrace/*/webhooks/*", ":iam::*:role/millrace-bucket-*",
)  # fmt: skip


def test_the_blueprint_was_written_from_the_sources_as_they_stand() -> None:
    assert is_current(ROOT), "run `make synth` and commit the result"


def test_every_function_has_a_role_of_its_own() -> None:
    uses = Counter(target(function["Role"]) for function in FUNCTIONS.values())
    assert set(uses) <= set(ROLES)
    assert set(uses.values()) == {1}


@pytest.mark.parametrize("name", ROLES)
def test_no_role_allows_every_action_or_more_resources_than_needed(name: str) -> None:
    for statement in statements(ROLES[name]):
        assert not [action for action in statement["Action"] if "*" in action]
        if "*" in statement["Resource"]:
            assert set(statement["Action"]) <= WITHOUT_RESOURCE


@pytest.mark.parametrize("name", ROLES)
def test_no_role_reaches_resources_by_a_pattern(name: str) -> None:
    """Objects are the exception: a bucket is named, and what is in it is not known before; and so
    is what tenants bring: machines of their flows, their secrets, roles of their accounts."""
    for statement in statements(ROLES[name]):
        named = [text(one) if "Fn::Join" in one else one for one in statement["Resource"]]
        patterns = [o for o in named if isinstance(o, str) and "*" in o.removeprefix("*")]
        patterns = [o for o in patterns if not o.endswith(OF_TENANTS)]
        assert {one.partition("/")[0] for one in patterns} <= set(of_type("S3::Bucket"))


@pytest.mark.parametrize("name", ROLES)
def test_every_role_is_for_one_service(name: str) -> None:
    (statement,) = ROLES[name]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    # Rows of one tenant are reached by a role that the node runner takes.
    who = "AWS" if name == "TenantRowsRole" else "Service"
    assert list(statement["Principal"]) == [who]
    assert not isinstance(statement["Principal"][who], list)


def test_no_two_users_share_a_role() -> None:
    machines = of_type("StepFunctions::StateMachine").values()
    schedules = of_type("Scheduler::Schedule").values()
    users = [function["Role"] for function in FUNCTIONS.values()]
    users += [machine["RoleArn"] for machine in machines]
    users += [schedule["Target"]["RoleArn"] for schedule in schedules]
    assert len({target(role) for role in users}) == len(users)


def test_only_relay_and_sweeper_put_events() -> None:
    speakers = {
        name
        for name, role in ROLES.items()
        if any("events:PutEvents" in statement["Action"] for statement in statements(role))
    }
    assert speakers == {"RelayFunctionRole", "SweeperFunctionRole"}
    denied = RESOURCES["EventBusPolicy"]["Properties"]["Statement"]
    excepted = {target(arn) for arn in denied["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]}
    assert (denied["Effect"], excepted) == ("Deny", speakers)


def test_the_api_knows_every_pipeline_and_what_starts_it() -> None:
    told = json.loads(FUNCTIONS["CrmFunction"]["Environment"]["Variables"]["PIPELINES"])
    assert told == {p.name: list(p.starts_on) for p in load_definitions(ROOT)}


def test_no_role_may_scan_a_table() -> None:
    actions = {a for role in ROLES.values() for s in statements(role) for a in s["Action"]}
    assert "dynamodb:Scan" not in actions


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_handler_is_a_file_that_defines_or_imports_its_name(name: str) -> None:
    module, _, attribute = FUNCTIONS[name]["Handler"].rpartition(".")
    source = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    assert source.is_file(), f"{FUNCTIONS[name]['Handler']} names no file"
    assert attribute in source.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_runs_where_it_is_said_to_and_logs_for_a_limited_time(name: str) -> None:
    function = FUNCTIONS[name]
    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert {"STAGE", "LOG_LEVEL", "POWERTOOLS_SERVICE_NAME"} <= set(
        function["Environment"]["Variables"]
    )
    log = RESOURCES[target(function["LoggingConfig"]["LogGroup"])]
    assert log["Properties"]["RetentionInDays"] > 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_its_share_of_the_account(name: str) -> None:
    assert FUNCTIONS[name]["ReservedConcurrentExecutions"] > 0


@pytest.mark.parametrize("name", of_type("Logs::LogGroup"))
def test_every_log_ends(name: str) -> None:
    assert of_type("Logs::LogGroup")[name]["RetentionInDays"] > 0


@pytest.mark.parametrize("name", RULES)
def test_every_rule_delivers_to_queues_with_retries_and_dead_letters(name: str) -> None:
    assert RULES[name]["Targets"]
    for to in RULES[name]["Targets"]:
        assert target(to["Arn"]) in QUEUES
        assert to["RetryPolicy"]["MaximumRetryAttempts"] > 0
        assert target(to["DeadLetterConfig"]["Arn"]) in QUEUES


def dead_letter_queues() -> set[str]:
    """Queues that something ends in, by any of the four ways there are."""
    schedules = of_type("Scheduler::Schedule").values()
    ends: list[Any] = [q["RedrivePolicy"]["deadLetterTargetArn"] for q in _redriven().values()]
    ends += [m["DestinationConfig"]["OnFailure"]["Destination"] for m in _streams().values()]
    ends += [schedule["Target"]["DeadLetterConfig"]["Arn"] for schedule in schedules]
    return {target(end) for end in ends}


def _redriven() -> dict[str, Any]:
    return {name: queue for name, queue in QUEUES.items() if "RedrivePolicy" in queue}


def _streams() -> dict[str, Any]:
    return {name: mapping for name, mapping in MAPPINGS.items() if "StartingPosition" in mapping}


def test_every_queue_has_dead_letters_or_is_for_them() -> None:
    assert set(QUEUES) == set(_redriven()) | dead_letter_queues()


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_mapping_reports_which_items_failed(name: str) -> None:
    assert MAPPINGS[name]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("name", sorted(set(MAPPINGS) - set(_streams())))
def test_a_message_stays_invisible_for_six_times_its_consumers_timeout(name: str) -> None:
    mapping = MAPPINGS[name]
    timeout = FUNCTIONS[target(mapping["FunctionName"])]["Timeout"]
    queue = QUEUES[target(mapping["EventSourceArn"])]
    # Messages of a session follow each other within five minutes, even if a worker died.
    least = timeout + 30 if queue.get("FifoQueue") else 6 * timeout
    assert queue["VisibilityTimeout"] >= least


@pytest.mark.parametrize("name", sorted(set(MAPPINGS) - set(_streams())))
def test_a_queue_calls_no_more_at_once_than_its_consumer_may_be(name: str) -> None:
    most = MAPPINGS[name]["ScalingConfig"]["MaximumConcurrency"]
    reserved = FUNCTIONS[target(MAPPINGS[name]["FunctionName"])]["ReservedConcurrentExecutions"]
    assert 2 <= most <= reserved


@pytest.mark.parametrize("name", _streams())
def test_a_stream_gives_a_batch_up_into_a_queue(name: str) -> None:
    assert MAPPINGS[name]["BisectBatchOnFunctionError"] is True
    assert MAPPINGS[name]["MaximumRetryAttempts"] > 0
    assert target(MAPPINGS[name]["DestinationConfig"]["OnFailure"]["Destination"]) in QUEUES


@pytest.mark.parametrize("name", MAPPINGS)
def test_sqs_steps_in_only_after_the_consumer_gave_up(name: str) -> None:
    mapping = MAPPINGS[name]
    attempts = FUNCTIONS[target(mapping["FunctionName"])]["Environment"]["Variables"].get(
        "MAX_ATTEMPTS"
    )
    if attempts is not None:
        redrive = QUEUES[target(mapping["EventSourceArn"])]["RedrivePolicy"]
        assert redrive["maxReceiveCount"] > int(attempts)


@pytest.mark.parametrize("name", of_type("StepFunctions::StateMachine"))
def test_every_task_ends_in_time_and_is_retried_with_full_jitter(name: str) -> None:
    machine = of_type("StepFunctions::StateMachine")[name]
    definition = json.loads(text(machine["DefinitionString"]))
    tasks = [state for state in definition["States"].values() if state["Type"] == "Task"]
    assert tasks
    for task in tasks:
        called = task["Parameters"]["FunctionName"]
        assert task["TimeoutSeconds"] >= FUNCTIONS[called]["Timeout"]
        assert {retry["JitterStrategy"] for retry in task["Retry"]} == {"FULL"}
        assert all(retry["MaxAttempts"] > 0 for retry in task["Retry"])
        assert task["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


def test_every_route_asks_the_authorizer_but_the_named_ones() -> None:
    open_routes = {
        route["RouteKey"]
        for route in of_type("ApiGatewayV2::Route").values()
        if route["AuthorizationType"] == "NONE"
    }
    preflight = {"OPTIONS /", "OPTIONS /{proxy+}", "OPTIONS /auth/{proxy+}"}
    preflight |= {"OPTIONS /api/auth/{proxy+}"}
    health = {"GET /health", "GET /health/", "GET /test", "GET /test/"}
    signing_in = {f"POST {one}" for path in paths.OPEN for one in paths.spellings(path)}
    forms = {
        f"POST {one}" for path in pipeline_paths.OPEN for one in pipeline_paths.spellings(path)
    }
    preflight |= {f"OPTIONS {path}" for path in pipeline_paths.asked_first()}
    workflows = {f"OPTIONS {path}" for path in workflow_paths.templates()} | {
        f"{method} {one}"
        for method, path in workflow_paths.OPEN
        for one in workflow_paths.spellings(path)
    }
    assert open_routes == health | preflight | signing_in | forms | workflows


@pytest.mark.parametrize("name", sorted(set(of_type("DynamoDB::Table")) - {"InboxTable"}))
def test_what_is_the_truth_can_be_restored(name: str) -> None:
    recovery = of_type("DynamoDB::Table")[name]["PointInTimeRecoverySpecification"]
    assert recovery["PointInTimeRecoveryEnabled"] is True


def test_no_import_can_start_another() -> None:
    """What the importer may write into its bucket is what its rule leaves out."""
    (left_out,) = RULES["LeadImportRule"]["EventPattern"]["detail"]["object"]["key"]
    written = [
        text(resource)
        for statement in statements(ROLES["LeadImportImporterFunctionRole"])
        if "s3:PutObject" in statement["Action"]
        for resource in statement["Resource"]
    ]
    prefix = left_out["anything-but"]["prefix"]
    assert written == [f"ImportBucket/{prefix}*"]
