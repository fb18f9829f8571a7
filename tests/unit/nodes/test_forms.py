"""Forms: what each field of each node type does, and what the forms of seed 001 did wrong."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import pytest
from pydantic import Field, model_validator

from shared.graph import BlockingNode, NodeFailedError
from shared.nodes import registry
from shared.nodes.config import Choice, Choices, FormDeclarationError, NodeConfig
from shared.nodes.forms import (
    change,
    check_before_run,
    check_for_item,
    check_text,
    document,
    form_of,
    open_form,
)
from tests.fakes.node_ports import node_ports

SHEETS = {"ada": {"Leads": ["March", "April"], "Notes": ["One"]}, "bob": {"Only": ["Sheet1"]}}
LOADED: list[str] = []


async def accounts(values, ports):
    LOADED.append("account")
    return [Choice(name, name.title()) for name in SHEETS]


async def spreadsheets(values, ports):
    LOADED.append(f"spreadsheet of {values['account']}")
    return [Choice(name) for name in SHEETS[values["account"]]]


async def sheets(values, ports):
    LOADED.append(f"sheet of {values['spreadsheet']}")
    return [Choice(name) for name in SHEETS[values["account"]][values["spreadsheet"]]]


class ReadRowConfig(NodeConfig):
    account: Annotated[str, Choices(accounts)]
    spreadsheet: Annotated[str, Choices(spreadsheets, dependent_on=("account",))]
    sheet: Annotated[str, Choices(sheets, dependent_on=("account", "spreadsheet"))]
    first: int = Field(1, ge=1)
    last: int = 10
    filters: dict[str, Any] = {}

    @model_validator(mode="after")
    def _ordered(self):
        if self.first > self.last:
            raise ValueError("last must not be before first")
        return self


class ReadRow(BlockingNode[ReadRowConfig]):
    type = "read-row"
    Config = ReadRowConfig

    def execute(self, config, data, context):
        return None


FORM = form_of(ReadRow)
WHOLE = {"account": "ada", "spreadsheet": "Leads", "sheet": "March"}
NAMES = {"data": {"n": 3, "list": [1]}, "workflowenv": {}, "runtime": {}, "variables": {},
         "nodes": {}}  # fmt: skip


def opened(values):
    return asyncio.run(open_form(FORM, values, {}))


def changed(values, **changes):
    LOADED.clear()
    return asyncio.run(change(FORM, values, changes, {}))


def before_run(values, form=FORM, ports=None):
    return asyncio.run(check_before_run(form, values, ports or {}))


def for_item(values, form=FORM):
    return asyncio.run(check_for_item(form, values, NAMES, {}))


def by_name(state):
    return {each["name"]: each for each in document(FORM, state)["fields"]}


# What the forms of seed 001 did wrong, one test each.


def test_rules_between_fields_are_run_before_a_run_and_for_an_item():
    assert before_run({**WHOLE, "first": 5, "last": 3}).form == [
        "Value error, last must not be before first"
    ]
    with pytest.raises(NodeFailedError, match="last must not be before first"):
        for_item({**WHOLE, "first": "{{ data.n }}", "last": 2})


def test_the_rule_of_the_counter_that_never_ran():
    form = form_of(registry().get("counter"))
    assert "greater than" in before_run({"min_value": 9, "max_value": 1}, form).form[0]


def test_a_dependent_value_that_is_not_among_the_choices_is_refused():
    found = before_run({**WHOLE, "sheet": "May"})
    assert found.fields == {"sheet": ["'May' is none of the choices: March, April"]}
    with pytest.raises(NodeFailedError, match="'May' is none of the choices"):
        for_item({**WHOLE, "sheet": "{{ 'May' }}"})


def test_blocks_alone_are_templates():
    text = "{% if data.n > 2 %}4{% else %}5{% endif %}"
    assert not before_run({**WHOLE, "first": text})
    assert for_item({**WHOLE, "first": text}).first == 4


def test_a_rendered_value_keeps_its_type():
    made = for_item({**WHOLE, "filters": {"l": "{{ data.list }}", "n": "{{ data.n }}"}})
    assert made.filters == {"l": [1], "n": 3}


def test_a_template_inside_a_dict_or_list_is_rendered_where_it_stands():
    made = for_item({**WHOLE, "filters": {"a": ["x {{ data.n }}'s", {"b": "{{ data.gone }}"}]}})
    assert made.filters == {"a": ["x 3's", {"b": None}]} or made.filters == {
        "a": ["x 3's", {"b": ""}]
    }


@pytest.mark.parametrize(
    "text", ["{{ data.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ cycler.__init__ }}"]
)
def test_templates_are_sandboxed(text):
    with pytest.raises(NodeFailedError):
        for_item({**WHOLE, "filters": {"x": text + "{{ 1 / 0 }}"}})


# Two phases


def test_a_required_field_must_be_there_even_if_others_are_templates():
    found = before_run({"account": "{{ data.a }}", "spreadsheet": "", "sheet": None})
    assert found.fields == {
        "spreadsheet": ["This field is required"],
        "sheet": ["This field is required"],
    }
    with pytest.raises(NodeFailedError, match="sheet: This field is required"):
        for_item({**WHOLE, "sheet": "{{ data.gone }}"})


def test_a_field_that_hangs_on_a_template_is_checked_by_the_run():
    values = {"account": "{{ 'ada' }}", "spreadsheet": "Nope", "sheet": "March"}
    assert not before_run(values)
    with pytest.raises(NodeFailedError, match="spreadsheet: 'Nope' is none of the choices"):
        for_item(values)


def test_values_are_coerced_and_what_cannot_be_is_told_by_field():
    assert for_item({**WHOLE, "first": "{{ '2' }}"}).first == 2
    with pytest.raises(NodeFailedError, match=r"Invalid field values: first: .*integer"):
        for_item({**WHOLE, "first": "{{ 'many' }}"})
    assert "first" in before_run({**WHOLE, "first": "many"}).fields


def test_a_field_that_the_form_has_not():
    assert before_run({**WHOLE, "colour": "red"}).fields.keys() == {"colour"}


@pytest.mark.parametrize(
    ("name", "config"),
    [("transform", {"output": "DEEP"}), ("validate", {"schema": "DEEP"}),
     ("http-request", {"url": "https://a.example", "headers": "DEEP"}),
     ("http-response", {"body_source": "custom", "body_json": "DEEP"})],
)  # fmt: skip
@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 5_000 + "]" * 5_000, "{'a': 1}"])
def test_json_that_is_none_or_too_deep_is_a_problem_of_its_field(name, config, text):
    raw = {key: text if value == "DEEP" else value for key, value in config.items()}
    found = before_run(raw, form_of(registry().get(name)), node_ports())
    assert found, name


# Cascades


def test_a_changed_parent_clears_its_children_and_loads_the_choices_of_the_first():
    state = changed(WHOLE, account="bob")
    assert state.values == {"account": "bob", "spreadsheet": "Only", "sheet": "Sheet1"}
    assert LOADED == ["account", "spreadsheet of bob", "sheet of Only"]


def test_only_one_choice_is_chosen_and_the_cascade_goes_on():
    state = changed({"account": "ada"}, spreadsheet="Notes")
    assert state.values["sheet"] == "One"
    many = changed({"account": "ada"}, spreadsheet="Leads")
    assert "sheet" not in many.values
    assert [choice.value for choice in many.choices["sheet"]] == ["March", "April"]


def test_a_parent_without_a_value_disables_its_children():
    state = changed(WHOLE, account="")
    assert state.disabled == {"spreadsheet", "sheet"}
    assert "sheet" not in state.values
    assert LOADED == ["account"]
    fields = by_name(state)
    assert fields["sheet"]["widget"]["choices"] == []
    assert fields["sheet"]["dependency_status"] == {"account": False, "spreadsheet": False}
    assert fields["sheet"]["ready"] is False


def test_a_change_to_the_same_value_clears_nothing():
    assert changed(WHOLE, account="ada").values == WHOLE


def test_a_child_that_comes_with_its_parent_is_kept_and_checked():
    state = changed(WHOLE, account="bob", spreadsheet="Leads")
    assert state.values["spreadsheet"] == "Leads"
    assert "none of the choices" in state.errors["spreadsheet"][0]


def test_a_configured_value_that_is_gone_is_shown_as_such():
    state = opened({**WHOLE, "sheet": "May"})
    labels = [each["label"] for each in by_name(state)["sheet"]["widget"]["choices"]]
    assert labels == ["March", "April", "May (configured)"]


def test_a_loader_that_fails_is_told_at_its_field():
    state = opened({"account": "carol", "spreadsheet": "x", "sheet": "y"})
    assert state.errors["account"][0].startswith("'carol' is none")
    assert "could not be loaded" in state.errors["spreadsheet"][0]


@pytest.mark.parametrize(
    ("depends", "loader", "said"),
    [(("gone",), sheets, "'gone', which is no field"), (("x",), sheets, "depends on itself"),
     (("y",), sheets, "through"), ((), "sheets", "cannot be called")],
)  # fmt: skip
def test_a_form_that_could_never_work_is_refused_when_it_is_declared(depends, loader, said):
    with pytest.raises(FormDeclarationError, match=said):

        class Broken(NodeConfig):
            x: Annotated[str, Choices(loader, dependent_on=depends)]
            y: Annotated[str, Choices(sheets, dependent_on=("x",))]


# The document, and every field that there is


def test_the_document_of_a_form():
    told = document(FORM, opened(WHOLE))
    assert told["form_name"] == "ReadRowConfig"
    assert told["field_order"] == ["account", "spreadsheet", "sheet", "first", "last", "filters"]
    assert told["dependencies_graph"] == {
        "spreadsheet": ["account"], "sheet": ["account", "spreadsheet"],
    }  # fmt: skip
    first = told["fields"][3]
    assert first["widget"] == {"input_type": "number", "attrs": {"min": 1, "step": 1},
                               "choices": []}  # fmt: skip
    assert (first["initial"], first["value"], first["label"]) == (1, 1, "First")
    account = told["fields"][0]
    assert account["widget"]["choices"][0] == {"value": "ada", "label": "Ada"}
    assert account["ready"]


def test_every_field_of_every_node_type(capsys):
    exercised = 0
    for name in registry():
        definition = registry().get(name)
        form, ports = form_of(definition), node_ports()
        example = dict(definition.example.config)
        assert not before_run(example, form, ports), name
        state = asyncio.run(open_form(form, example, ports))
        told = document(form, state)
        assert told["field_order"] == [each["name"] for each in told["fields"]]
        for each in told["fields"]:
            _exercise(form, each, example, ports)
            exercised += 1
    with capsys.disabled():
        print(f"\nform fields exercised: {exercised} of {len(list(registry()))} node types")  # noqa: T201
    assert exercised >= 100


def _exercise(form, told, example, ports):
    """It can be shown, takes a template where it should, and says what is wrong with a bad one."""
    name = told["name"]
    assert told["label"]
    assert told["widget"]["input_type"]
    assert told["ready"], (form.definition, name)
    if told["templates"]:
        found = before_run({**example, name: "{{ data.x }}"}, form, ports)
        assert name not in found.fields, (form.definition, name, found)
        assert check_text(form, name, "{{ data.")
        assert check_text(form, name, {"a": ["{% if %}"]})
    elif name in form.definition.expressions and told["widget"]["input_type"] == "text":
        assert check_text(form, name, "data.x >")
    else:
        assert name in form.definition.verbatim | form.definition.expressions
    if told["required"]:
        assert name in before_run({**example, name: None}, form, ports).fields
    if told["widget"]["input_type"] in ("text", "number", "select", "checkbox", "textarea"):
        bad = before_run({**example, name: {"no": ["such"]}}, form, ports)
        anything = "type" not in form.fields[name].schema and not form.fields[name].options
        assert anything or name in bad.fields, (form.definition, name)
    if told["widget"]["choices"] and form.fields[name].options:
        for choice in form.fields[name].options:
            assert name not in before_run({**example, name: choice}, form, ports).fields
