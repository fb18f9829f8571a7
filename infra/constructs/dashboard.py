"""One page that shows how a stage is: each graph one question, each line one resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from shared.events.metrics import Outcome
from shared.platform.metrics import FLOW, LATENCY, NAMESPACE, QUARANTINED

_PERIOD = cdk.Duration.minutes(5)
Found = TypeVar("Found")


class Dashboard(Construct):
    """Functions, queues, machines and the API of some stacks, found by themselves."""

    def __init__(self, scope: Construct, name: str, stacks: Sequence[Construct]) -> None:
        super().__init__(scope, name)
        self._found = [node for stack in stacks for node in stack.node.find_all()]
        board = cloudwatch.Dashboard(self, "Dashboard")
        board.add_widgets(*self._api())
        board.add_widgets(*self._functions())
        board.add_widgets(*self._machines())
        board.add_widgets(*self._queues())
        board.add_widgets(*_flows())

    def _api(self) -> Iterable[cloudwatch.IWidget]:
        def metric(name: str, statistic: str) -> Callable[[Construct], cloudwatch.IMetric]:
            return lambda api: _metric("AWS/ApiGateway", name, statistic, ApiId=_ref(api))

        apis = self._all(apigateway.CfnApi)
        yield _graph("Requests", apis, metric("Count", "Sum"))
        yield _graph("Answers 5xx", apis, metric("5xx", "Sum"))
        yield _graph("Latency p99 (ms)", apis, metric("Latency", "p99"))

    def _functions(self) -> Iterable[cloudwatch.IWidget]:
        functions = self._all(lambda_.Function)
        yield _graph("Invocations", functions, lambda f: f.metric_invocations(period=_PERIOD))
        yield _graph("Errors", functions, lambda f: f.metric_errors(period=_PERIOD))
        yield _graph("Throttles", functions, lambda f: f.metric_throttles(period=_PERIOD))

        def slowest(function: lambda_.Function) -> cloudwatch.IMetric:
            return function.metric_duration(period=_PERIOD, statistic="p99")

        yield _graph("Duration p99 (ms)", functions, slowest)

    def _machines(self) -> Iterable[cloudwatch.IWidget]:
        def metric(name: str) -> Callable[[Construct], cloudwatch.IMetric]:
            return lambda one: _metric("AWS/States", name, "Sum", StateMachineArn=_ref(one))

        machines = self._all(stepfunctions.CfnStateMachine)
        yield _graph("Runs started", machines, metric("ExecutionsStarted"))
        yield _graph("Runs failed", machines, metric("ExecutionsFailed"))
        yield _graph("Runs timed out", machines, metric("ExecutionsTimedOut"))
        yield _searched("Events quarantined", "service", QUARANTINED, "Sum")

    def _queues(self) -> Iterable[cloudwatch.IWidget]:
        queues = self._all(sqs.Queue)
        working = [queue for queue in queues if queue.dead_letter_queue]
        ends = [queue for queue in queues if not queue.dead_letter_queue]
        yield _graph(
            "Age of the oldest message (s)",
            working,
            lambda q: q.metric_approximate_age_of_oldest_message(period=_PERIOD),
        )
        yield _graph(
            "Dead letters",
            ends,
            lambda q: q.metric_approximate_number_of_messages_visible(period=_PERIOD),
        )
        streams = [
            mapping
            for mapping in self._all(lambda_.CfnEventSourceMapping)
            if mapping.starting_position
        ]
        yield _graph(
            "Iterator age (ms)",
            streams,
            lambda m: _metric("AWS/Lambda", "IteratorAge", "Maximum", FunctionName=m.function_name),
        )

    def _all(self, kind: type[Found]) -> list[Found]:
        return [node for node in self._found if isinstance(node, kind)]


def _flows() -> Iterable[cloudwatch.IWidget]:
    """How events flow, a line per type, topic and consumer."""
    for outcome in (Outcome.PUBLISHED, Outcome.DELIVERED, Outcome.FAILED):
        yield _searched(f"Events {outcome}", FLOW, f"Events{outcome.capitalize()}", "Sum")
    yield _searched("Event latency p99 (ms)", FLOW, LATENCY, "p99")


def _searched(title: str, dimensions: str, metric: str, statistic: str) -> cloudwatch.IWidget:
    search = f"SEARCH('{{{NAMESPACE},{dimensions}}} MetricName=\"{metric}\"', '{statistic}', 300)"
    expression = cloudwatch.MathExpression(expression=search, using_metrics={}, label="")
    return cloudwatch.GraphWidget(title=title, left=[expression], width=6)


def _graph(
    title: str, subjects: Sequence[Found], metric: Callable[[Found], cloudwatch.IMetric]
) -> cloudwatch.IWidget:
    lines = [metric(subject) for subject in subjects]
    return cloudwatch.GraphWidget(title=title, left=lines, width=6)


def _metric(namespace: str, name: str, statistic: str, **dimensions: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        statistic=statistic,
        period=_PERIOD,
        dimensions_map=dimensions,
    )


def _ref(element: Construct) -> str:
    assert isinstance(element, cdk.CfnResource)  # noqa: S101 - only such are asked
    return element.ref
