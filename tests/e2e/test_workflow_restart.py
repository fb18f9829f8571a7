"""Machines that were made at run time outlive the platform, and so do runs that wait."""

from __future__ import annotations

import pytest

from shared.platform.step_functions import execution_arn
from tests.e2e.conftest import Running, serving
from tests.e2e.workflows import Client, asking

pytestmark = pytest.mark.xdist_group("identity")


def test_a_run_that_waits_goes_on_after_a_restart(tmp_path):
    with serving(tmp_path) as platform:
        client = Client(Running(platform))
        client.at.get("/workflows/")  # what answers starts while the rest does
        assert platform.ready.wait(60)
        workflow = client.published(asking())
        execution = client.begun(workflow)
        client.asks(execution)
    with serving(tmp_path) as platform:
        client = Client(Running(platform))
        arn = execution_arn(client.version(workflow)["arn"], execution)
        assert platform.ready.wait(60)
        machines = client.at.aws("stepfunctions")
        assert machines.describe_execution(executionArn=arn)["status"] == "RUNNING"
        client.approve(execution)
        assert client.ended(execution)["status"] == "completed"
