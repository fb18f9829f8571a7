"""Schemas, samples and the models they are generated from say the same."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from shared.events.catalog import all_types, lookup
from shared.events.catalog.registry import EventData, event_type
from shared.events.envelope import from_wire
from shared.pipelines.definition import load_definitions
from tools.generate import generated, stale

ROOT = Path(__file__).parents[2]
TYPES = all_types()


def _committed(folder, kind):
    return json.loads((ROOT / "events" / folder / f"{kind.name}.v{kind.version}.json").read_text())


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_a_sample_is_an_event_that_its_schema_and_its_model_accept(kind):
    sample = _committed("samples", kind)
    schema = _committed("schemas", kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(sample["detail"], schema)
    event = from_wire(sample["detail"])
    assert kind.check(event.data) == event.data
    assert sample["detail-type"] == kind.name


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_a_schema_refuses_what_the_model_refuses(kind):
    schema = _committed("schemas", kind)
    sample = _committed("samples", kind)["detail"]
    required = [n for n, f in kind.model.model_fields.items() if f.is_required()]
    for name in required:
        broken = {**sample, "data": {k: v for k, v in sample["data"].items() if k != name}}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)


def test_what_starts_a_pipeline_is_in_the_catalogue():
    for pipeline in load_definitions(ROOT):
        for name in pipeline.starts_on:
            lookup(name)


def test_nothing_generated_is_out_of_date():
    assert stale(ROOT) == []


def test_a_changed_field_is_noticed(tmp_path):
    for path, text in generated().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert stale(tmp_path) == []
    changed = tmp_path / "events/schemas/lead.created.v1.json"
    changed.write_text(changed.read_text().replace('"phone"', '"telephone"'))
    (tmp_path / "events/schemas/old.v1.json").write_text("{}")
    assert [str(p) for p in stale(tmp_path)] == [
        "events/schemas/lead.created.v1.json",
        "events/schemas/old.v1.json",
    ]


def test_a_name_is_declared_once():
    with pytest.raises(ValueError, match="declared twice"):

        @event_type("lead.brand_new", topics=(), sample={}, aliases=("lead.created",))
        class Again(EventData):
            pass
