"""Ends what passed its deadline, whoever was to answer it."""

from __future__ import annotations

from shared.assistant.conversations.errors import OvertakenError
from shared.assistant.conversations.task import OVERDUE
from shared.assistant.conversations.tasks import Tasks


def sweep(tasks: Tasks) -> int:
    """Fails overdue tasks of all tenants; how many."""
    failed = 0
    for task in tasks.overdue():
        try:
            tasks.fail(task, "overdue", OVERDUE)
        except OvertakenError:
            continue
        failed += 1
    return failed
