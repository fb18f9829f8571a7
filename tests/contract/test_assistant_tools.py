"""What every tool of the assistant has; and that a new one is one class in one file."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from shared.agents.registry import ToolRegistry
from shared.assistant import tools
from shared.assistant.desk import VERBS_OF
from shared.assistant.told import Told
from shared.assistant.tool import AssistantTool, ReadTool, WriteTool
from shared.llm.schemas import strict_schema
from tests.fakes.assistant import OneModel, World, called, said, wants

ALL = ToolRegistry.of(tools)


@pytest.mark.parametrize("name", list(ALL))
def test_a_tool_is_told_strictly_and_checked_again(name):
    tool = ALL.get(name)
    assert issubclass(tool, AssistantTool)
    assert tool.Result is Told
    assert tool.description
    schema = strict_schema(tool.Arguments)
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"])
    assert tool.Arguments.model_config["extra"] == "forbid"
    tool.Arguments.model_validate(tool.example or _least(tool))


def _least(tool):
    return {"action_id": "act_1"} if "action_id" in tool.Arguments.model_fields else {}


@pytest.mark.parametrize("name", list(ALL))
def test_one_class_one_file(name):
    tool = ALL.get(name)
    assert tool.__module__ == f"shared.assistant.tools.{name}"
    text = Path(sys.modules[tool.__module__].__file__).read_text()
    assert len(re.findall(r"^class \w+\((?:Read|Write|Assistant)Tool\[", text, re.MULTILINE)) == 1


def test_a_tool_that_changes_is_a_write_tool():
    writes = {name for name, tool in ALL.items() if issubclass(tool, WriteTool)}
    effects = {name for name, tool in ALL.items() if tool.effects}
    assert effects == writes | {"confirm_action"}
    assert writes == set(VERBS_OF), "name the verbs of its action"
    for name in writes:
        assert ALL.get(name).level > 0


def test_what_removes_or_takes_many_always_asks():
    asking = {name for name, tool in ALL.items() if getattr(tool, "always_asks", False)}
    assert asking == {"delete_lead", "move_leads"}


NEW = '''
"""Counts leads."""
from shared.assistant.told import Told
from shared.assistant.tool import Nothing, ReadTool


class CountLeads(ReadTool[Nothing]):
    """Counts."""

    name = "count_leads"
    description = "Counts the leads."
    Arguments = Nothing

    async def read(self, arguments, desk):
        count = desk.leads.board.total(desk.tenant, "Interest")
        return Told(success=True, message=f"{count} leads", data={"count": count})
'''


def test_to_add_a_tool_is_one_class(tmp_path, monkeypatch):
    package = tmp_path / "more_tools"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "count_leads.py").write_text(NEW)
    monkeypatch.syspath_prepend(str(tmp_path))
    import more_tools

    assert isinstance(more_tools, ModuleType)
    world = World()
    world.add("Ann")
    registry = ToolRegistry.of(tools, more_tools)
    assert issubclass(registry.get("count_leads"), ReadTool)
    from shared.assistant.assistant import Assistant

    model = world.model
    model.script.extend([wants("question"), called(("count_leads", {})), said("One.")])
    assistant = Assistant(OneModel(model), world.leads, world.pendings, registry=registry)
    import asyncio

    result = asyncio.run(assistant.answer(world.turn("how many?")))
    assert result.function_results[0].result["data"] == {"count": 1}
    assert "count_leads" in world.offered()


def test_the_columns_are_the_boards():
    from shared.crm.lead import STATUSES, LeadStatus

    told = json.dumps(strict_schema(ALL.get("update_lead_status").Arguments))
    assert all(status in told for status in get_args(LeadStatus) == STATUSES and STATUSES)
