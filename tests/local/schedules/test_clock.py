"""The clock on a real moto: both kinds of schedule, every kind of target, moved through a year."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local.provision.clients import aws
from local.schedules.clock import ScheduleClock
from local.schedules.movable_time import MovableTime

ROLE = "arn:aws:iam::123456789012:role/r"
BERLIN = {"ScheduleExpressionTimezone": "Europe/Berlin"}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class World:
    """A clock, a queue that schedules send to, and what the live log would say."""

    def __init__(self, local, start):
        self.local = local
        self.said, self.reported, self.roles = [], [], set()
        self.clock = ScheduleClock(
            MovableTime(at(start)),
            self.client,
            lambda about, text: self.said.append((about, text)),
            lambda about, text: self.reported.append((about, text)),
        )
        self.queue("jobs")

    def client(self, service, role):
        self.roles.add(role)
        return aws(service)

    def queue(self, name):
        aws("sqs").create_queue(QueueName=name)
        return f"arn:aws:sqs:us-east-1:123456789012:{name}"

    def schedule(self, expression, name="nightly", target=None, **more):
        arn = "arn:aws:sqs:us-east-1:123456789012:jobs"
        told = {"Arn": arn, "RoleArn": ROLE, "Input": "<aws.scheduler.scheduled-time>"}
        aws("scheduler").create_schedule(
            Name=name, ScheduleExpression=expression, Target={**told, **(target or {})},
            FlexibleTimeWindow={"Mode": "OFF"}, **more,
        )  # fmt: skip
        self.clock.move_to(self.clock.time.now())

    def received(self, name="jobs"):
        url = aws("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        found = []
        while (
            messages := aws("sqs")
            .receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            .get("Messages")
        ):
            found += messages
        return found

    def fired(self, name="jobs"):
        return sorted(message["Body"] for message in self.received(name))


@pytest.fixture
def world(local):
    return lambda start: World(local, start)


def test_a_time_that_does_not_exist_is_skipped_and_one_that_occurs_twice_fires_once(world):
    spring = world("2026-03-28T00:00:00")
    spring.schedule("cron(30 2 * * ? *)", **BERLIN)
    spring.clock.move_to(at("2026-03-30T12:00:00"))
    # Not on the 29th: at 02:00 the clocks were put to 03:00.
    assert spring.fired() == ["2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"]
    spring.clock.move_to(at("2026-10-24T12:00:00"))
    spring.received()
    spring.clock.move_to(at("2026-10-26T12:00:00"))
    assert spring.fired() == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    assert ("nightly", "fires for 2026-10-25T00:30:00Z cron(30 2 * * ? *)") in spring.said
    assert spring.roles == {ROLE}


def test_a_rate_does_not_notice(world):
    here = world("2026-03-29T00:10:00")
    here.schedule("rate(1 hour)", **BERLIN)
    here.clock.move_to(at("2026-03-29T03:30:00"))
    assert [text[11:16] for text in here.fired()] == ["01:10", "02:10", "03:10"]


def test_once_at_a_time_on_the_wall_and_then_deleted(world):
    here = world("2026-06-30T00:00:00")
    here.schedule("at(2026-07-01T09:00:00)", ActionAfterCompletion="DELETE", **BERLIN)
    here.schedule("at(2026-07-01T09:00:00)", name="kept")
    here.clock.move_to(at("2026-07-02T00:00:00"))
    assert here.fired() == ["2026-07-01T07:00:00Z", "2026-07-01T09:00:00Z"]
    left = [schedule["Name"] for schedule in aws("scheduler").list_schedules()["Schedules"]]
    assert left == ["kept"]


def test_start_end_and_a_flexible_window_are_obeyed(world):
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    here = world((start - timedelta(hours=1)).replace(tzinfo=None).isoformat())
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    aws("scheduler").create_schedule(
        Name="bounded", ScheduleExpression="rate(10 minutes)", FlexibleTimeWindow=window,
        StartDate=start, EndDate=start + timedelta(minutes=25),
        Target={"Arn": here.queue("bounded"), "RoleArn": ROLE,
                "Input": "<aws.scheduler.scheduled-time>"},
    )  # fmt: skip
    here.clock.move_to(start + timedelta(days=1))
    wanted = [(start + timedelta(minutes=n)).strftime("%FT%TZ") for n in (0, 10, 20)]
    assert here.fired("bounded") == wanted


def test_a_schedule_that_is_disabled_changed_or_deleted_over_the_api_is_obeyed(world):
    here = world("2026-01-01T00:00:00")
    here.schedule("rate(1 day)")
    told = aws("scheduler").get_schedule(Name="nightly")
    same = {name: told[name] for name in ("Name", "Target", "FlexibleTimeWindow")}
    aws("scheduler").update_schedule(**same, ScheduleExpression="rate(1 day)", State="DISABLED")
    here.clock.move_to(at("2026-01-03T12:00:00"))
    assert here.fired() == []
    aws("scheduler").update_schedule(**same, ScheduleExpression="cron(0 6 * * ? *)")
    here.clock.move_to(at("2026-01-04T12:00:00"))
    assert here.fired() == ["2026-01-04T06:00:00Z"]
    aws("scheduler").delete_schedule(Name="nightly")
    here.clock.move_to(at("2026-01-09T12:00:00"))
    assert here.fired() == []


def test_a_rule_is_in_utc_and_sends_what_eventbridge_makes_of_it(world):
    here = world("2026-03-28T12:00:00")
    aws("events").put_rule(Name="morning", ScheduleExpression="cron(0 8 * * ? *)")
    queue = "arn:aws:sqs:us-east-1:123456789012:jobs"
    aws("events").put_targets(Rule="morning", Targets=[{"Id": "1", "Arn": queue}])
    # A rule without a pattern matches no event.
    aws("events").put_events(Entries=[{"Source": "a", "DetailType": "b", "Detail": "{}"}])
    here.clock.move_to(at("2026-03-30T12:00:00"))
    events = [json.loads(body) for _, body, _ in here.local.delivered]
    assert [event["time"] for event in events] == ["2026-03-29T08:00:00Z", "2026-03-30T08:00:00Z"]
    assert {event["detail-type"] for event in events} == {"Scheduled Event"}
    assert {event["source"] for event in events} == {"aws.events"}
    assert events[0]["resources"] == ["arn:aws:events:us-east-1:123456789012:rule/morning"]
    assert events[0]["detail"] == {}
    aws("events").disable_rule(Name="morning")
    here.clock.move_to(at("2026-04-02T12:00:00"))
    assert len(here.local.delivered) == 2


def test_functions_machines_and_buses_are_targets(world, local):
    here = world("2026-01-01T00:00:00")
    heard = []
    local.functions["f"] = lambda payload: heard.append(json.loads(payload)) or (b"{}", False, "")
    aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    function = aws("lambda").create_function(
        FunctionName="f", Runtime="python3.13", Role=ROLE, Handler="a.b", Code={"ZipFile": b"x"}
    )["FunctionArn"]
    machine = aws("stepfunctions").create_state_machine(
        name="m", roleArn=ROLE,
        definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}),
    )["stateMachineArn"]  # fmt: skip
    bus = aws("events").create_event_bus(Name="b")["EventBusArn"]
    aws("events").put_rule(Name="all", EventBusName="b", EventPattern='{"source": ["clock"]}')
    queue = "arn:aws:sqs:us-east-1:123456789012:jobs"
    aws("events").put_targets(Rule="all", EventBusName="b", Targets=[{"Id": "1", "Arn": queue}])
    aws("scheduler").create_schedule(
        Name="plain", ScheduleExpression="rate(1 day)", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": function, "RoleArn": ROLE},
    )  # fmt: skip
    context = {"at": "scheduled-time", "by": "schedule-arn", "try": "attempt-number"}
    given = json.dumps({key: f"<aws.scheduler.{name}>" for key, name in context.items()})
    here.schedule("rate(1 day)", "machine", {"Arn": machine, "Input": given})
    parameters = {"Source": "clock", "DetailType": "tick"}
    here.schedule(
        "rate(1 day)", "bus", {"Arn": bus, "Input": given, "EventBridgeParameters": parameters}
    )
    here.clock.move_to(at("2026-01-02T00:00:30"))
    filled = {"at": "2026-01-02T00:00:00Z", "try": "1"}
    [execution] = aws("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    told = aws("stepfunctions").describe_execution(executionArn=execution["executionArn"])
    assert filled.items() <= json.loads(told["input"]).items()
    [(_, body, _)] = local.delivered
    event = json.loads(body)
    assert (event["source"], event["detail-type"]) == ("clock", "tick")
    assert filled.items() <= event["detail"].items()
    assert event["detail"]["by"].endswith(":schedule/default/bus")
    until = datetime.now(UTC) + timedelta(seconds=10)
    while not heard:
        assert datetime.now(UTC) < until
    assert (heard[0]["source"], heard[0]["time"]) == ("aws.scheduler", "2026-01-02T00:00:00Z")


def test_what_cannot_be_delivered_is_tried_again_and_then_with_the_dead_letters(world):
    here = world("2026-01-01T00:00:00")
    gone = "arn:aws:sqs:us-east-1:123456789012:gone"
    target = {
        "Arn": gone,
        "Input": "<aws.scheduler.attempt-number>",
        "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600},
        "DeadLetterConfig": {"Arn": here.queue("dead")},
    }
    here.schedule("at(2026-01-02T00:00:00)", target=target)
    here.clock.move_to(at("2026-01-02T00:00:00"))
    assert here.received("dead") == []
    here.clock.move_to(at("2026-01-02T01:00:00"))
    [message] = here.received("dead")
    told = {name: given["StringValue"] for name, given in message["MessageAttributes"].items()}
    assert message["Body"] == "4"
    assert told.pop("EXECUTION_ID")
    assert "does not exist" in told.pop("ERROR_MESSAGE")
    assert told == {
        "ERROR_CODE": "AWS.SimpleQueueService.NonExistentQueue",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "3",
        "SCHEDULED_TIME": "2026-01-02T00:00:00Z",
        "SCHEDULE_ARN": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/nightly",
        "TARGET_ARN": gone,
    }
    [(about, said)] = here.reported
    assert about == "nightly"
    assert "is with its dead letters after 4 tries" in said


def test_a_queue_that_comes_back_in_time_receives(world):
    here = world("2026-01-01T00:00:00")
    here.schedule("at(2026-01-02T00:00:00)",
                  target={"Arn": "arn:aws:sqs:us-east-1:123456789012:late"})  # fmt: skip
    here.clock.move_to(at("2026-01-02T00:00:00"))
    here.queue("late")
    here.clock.move_to(at("2026-01-02T00:10:00"))
    assert here.fired("late") == ["2026-01-02T00:00:00Z"]
    assert here.reported == []


def test_what_is_too_old_is_given_up(world):
    here = world("2026-01-01T00:00:00")
    policy = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 60}
    dead = here.queue("dead")
    here.schedule("at(2026-01-02T00:00:00)", target={
        "Arn": "arn:aws:sqs:us-east-1:123456789012:gone", "RetryPolicy": policy,
        "DeadLetterConfig": {"Arn": dead}})  # fmt: skip
    here.clock.move_to(at("2026-01-02T01:00:00"))
    [message] = here.received("dead")
    why = message["MessageAttributes"]["EXHAUSTED_RETRY_CONDITION"]["StringValue"]
    assert why == "MaximumEventAgeInSeconds"


def test_a_target_that_the_laptop_does_not_know_is_named(world):
    here = world("2026-01-01T00:00:00")
    arn = "arn:aws:scheduler:::aws-sdk:sqs:purgeQueue"
    policy = {"MaximumRetryAttempts": 0}
    here.schedule("at(2026-01-02T00:00:00)", target={"Arn": arn, "RetryPolicy": policy})
    here.clock.move_to(at("2026-01-03T00:00:00"))
    [(_, said)] = here.reported
    assert arn in said
    assert "is lost: it has no dead letters after one try" in said


def test_the_running_clock_fires_by_itself_and_looks_again_when_it_is_moved(world):
    here = world("2026-01-01T00:00:00")
    here.clock.start()
    try:
        here.schedule("at(2026-01-01T00:00:02)")
        until = datetime.now(UTC) + timedelta(seconds=20)
        while not (found := here.fired()):
            assert datetime.now(UTC) < until
        assert found == ["2026-01-01T00:00:02Z"]
    finally:
        here.clock.close()
        here.clock.join(5)


def test_what_fell_into_a_pause_of_the_machine_is_said_and_not_caught_up(world):
    here = world("2026-01-01T00:00:00")
    here.schedule("cron(0 6 * * ? *)")
    here.clock.time.move_to(at("2026-01-03T07:00:00"))  # the machine slept: nobody moved the clock
    here.clock._step()
    assert here.fired() == []
    assert here.reported == [("nightly", "missed 2026-01-01T06:00:00Z; not caught up")]
    here.clock.move_to(at("2026-01-04T07:00:00"))
    assert here.fired() == ["2026-01-04T06:00:00Z"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"ScheduleExpression": "banana"}, "Invalid Schedule Expression banana. .* use rate"),
        ({"ScheduleExpression": "rate(1 minutes)"}, r"write rate\(1 minute\)"),
        ({"ScheduleExpression": "rate(1 minute)", "ScheduleExpressionTimezone": "Mars/Dome"},
         "'Mars/Dome' is no time zone; use a name of the IANA database"),
    ],
)  # fmt: skip
def test_aws_refuses_what_cannot_be_read(world, told, said):
    here = world("2026-01-01T00:00:00")
    target = {"Arn": here.queue("q"), "RoleArn": ROLE}
    same = {"Name": "s", "Target": target, "FlexibleTimeWindow": {"Mode": "OFF"}}
    with pytest.raises(ClientError, match=said) as refused:
        aws("scheduler").create_schedule(**same, **told)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    aws("scheduler").create_schedule(**same, ScheduleExpression="rate(2 days)")
    with pytest.raises(ClientError, match=said):
        aws("scheduler").update_schedule(**same, **told)
    kept = aws("scheduler").get_schedule(Name="s")
    assert kept["ScheduleExpression"] == "rate(2 days)"


@pytest.mark.parametrize("expression", ["cron(banana)", "at(2026-01-01T00:00:00)", "rate(1 hours)"])
def test_aws_refuses_a_rule_whose_expression_cannot_be_read(world, expression):
    world("2026-01-01T00:00:00")
    with pytest.raises(ClientError, match="ScheduleExpression is not valid") as refused:
        aws("events").put_rule(Name="r", ScheduleExpression=expression)
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_an_update_keeps_what_moto_would_drop(world):
    here = world("2026-01-01T00:00:00")
    here.schedule("at(2026-01-02T00:00:00)", State="DISABLED")
    told = aws("scheduler").get_schedule(Name="nightly")
    same = {name: told[name] for name in ("Name", "Target", "FlexibleTimeWindow")}
    aws("scheduler").update_schedule(
        **same, ScheduleExpression="at(2026-01-02T00:00:00)", ActionAfterCompletion="DELETE"
    )
    here.clock.move_to(at("2026-01-03T00:00:00"))
    assert here.fired() == ["2026-01-02T00:00:00Z"]
    assert aws("scheduler").list_schedules()["Schedules"] == []


def test_an_unknown_group_is_said(world):
    with pytest.raises(ClientError, match="group nowhere does not exist"):
        world("2026-01-01T00:00:00").schedule("rate(1 day)", GroupName="nowhere")
