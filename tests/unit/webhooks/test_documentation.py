"""The receiver in the documentation verifies what is sent."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shared.webhooks.credentials import new_key
from shared.webhooks.schedule import WAITS
from shared.webhooks.signing import signed

TEXT = (Path(__file__).parents[3] / "docs" / "webhooks-out.md").read_text()


def test_the_receiver_takes_what_is_signed_once_and_nothing_else(capsys):
    (source,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    example: dict[str, Any] = {"__name__": "example"}
    exec(source, example)
    example["SECRET"] = key = new_key()
    body = '{"type": "lead.created", "data": {"name": "Jané"}}'
    headers = signed([new_key(), key], "id-1", body, datetime.now(UTC))
    receive = example["receive"]
    assert receive(body.encode(), headers) == 204
    assert receive(body.encode(), headers) == 204
    assert capsys.readouterr().out == "lead.created {'name': 'Jané'}\n"
    assert receive(body.replace("Jan", "Jon").encode(), headers) == 400
    assert receive(body.encode(), {**headers, "webhook-id": "id-2"}) == 400
    old = signed([key], "id-1", body, datetime(2020, 1, 1, tzinfo=UTC))
    assert receive(body.encode(), old) == 400


def test_the_schedule_is_the_one_that_is_told():
    (told,) = re.findall(r"at once and after (.*?), each", TEXT)
    numbers = [int(number) for number in re.findall(r"\d+", told)]
    seconds = [5, 300, 1800] + [hours * 3600 for hours in numbers[3:]]
    assert [wait.total_seconds() for wait in WAITS] == seconds
    assert numbers[:3] == [5, 5, 30]
