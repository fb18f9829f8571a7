"""Which machines are dropped, and which stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.platform.clock import utc_now
from shared.platform.flow_machines import Wanted
from shared.workflows.errors import WorkflowNotFoundError
from shared.workflows.machines import GRACE, Collected, MachineCollector
from shared.workflows.workflow import Workflow
from tests.fakes.machines import MemoryMachines

NOW = utc_now()


def workflow(published, last):
    return Workflow(
        name="w", id="w", type="api", graph="g", published=published, last_version=last,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def collected(machines, found, seconds=60.0, passed=lambda: 0.0):
    def get(tenant, workflow_id):
        if (tenant, workflow_id) not in found:
            raise WorkflowNotFoundError(workflow_id)
        return found[tenant, workflow_id]

    return MachineCollector(machines, get, lambda: NOW, passed).collect(seconds)


@pytest.fixture
def machines():
    made = MemoryMachines()
    for number in (1, 2, 3):
        made.ensure(Wanted("acme", "w", number, "{}", "STANDARD"))
    return made


def numbers(machines):
    return sorted(one.number for one in machines.all())


def test_what_was_replaced_goes_and_what_stands_stays(machines):
    assert collected(machines, {("acme", "w"): workflow(3, 3)}) == Collected(3, 2, False)
    assert numbers(machines) == [3]


def test_a_version_that_was_rolled_back_to_stays(machines):
    collected(machines, {("acme", "w"): workflow(2, 3)})
    assert numbers(machines) == [2]


def test_an_open_execution_keeps_its_machine(machines):
    machines.open.add("arn:acme:w:1")
    collected(machines, {("acme", "w"): workflow(3, 3)})
    assert numbers(machines) == [1, 3]


def test_a_publication_that_is_under_way_keeps_its_machine(machines):
    collected(machines, {("acme", "w"): workflow(2, 2)})
    assert numbers(machines) == [2, 3]


def test_a_young_machine_stays(machines):
    arn, made = next(iter(machines.made.items()))
    machines.made[arn] = replace(made, at=NOW - GRACE + timedelta(seconds=1))
    collected(machines, {("acme", "w"): workflow(3, 3)})
    assert numbers(machines) == [1, 3]


def test_machines_of_a_deleted_workflow_go(machines):
    collected(machines, {("other", "w"): workflow(3, 3)})
    assert numbers(machines) == []


def test_it_ends_in_time(machines):
    times = iter((0.0, 0.0, 61.0))
    done = collected(machines, {}, 60.0, lambda: next(times))
    assert done == Collected(1, 1, unfinished=True)
    assert numbers(machines) == [2, 3]
