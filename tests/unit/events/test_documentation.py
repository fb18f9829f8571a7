"""The examples in the documentation run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from shared.events import EventBus, LoggingEventBackend, set_event_bus
from shared.events.configured import EventBusSettings, backend_of

TEXT = (Path(__file__).parents[3] / "docs" / "events.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_python_examples_run(number, capsys):
    before = set_event_bus(EventBus())
    try:
        exec(PYTHON[number], {"__name__": "example"})
    finally:
        set_event_bus(before)
    printed = "lead.qualified 1\n" if "print(" in PYTHON[number] else ""
    assert capsys.readouterr().out == printed


def test_the_settings_make_a_bus():
    told = dict(re.findall(r"^export EVENT_BUS_(\w+)='?(.*?)'?$", TEXT, re.MULTILINE))
    settings = EventBusSettings(backend=told["BACKEND"], options=json.loads(told["OPTIONS"]))
    assert isinstance(backend_of(settings)._backend, LoggingEventBackend)


def test_every_backend_that_is_named_exists():
    import importlib

    for module, name in re.findall(
        r"^\| `(?:shared\.events\.)?(\w+)\.(\w+Backend)", TEXT, re.MULTILINE
    ):
        path = "shared.events.strict" if module == "strict" else f"shared.events.backends.{module}"
        assert hasattr(importlib.import_module(path), name)
