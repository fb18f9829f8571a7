"""Rule, sample, schema and model say the same, seen from each pattern of a rule on our bus."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from moto.events.models import EventPattern

from local.seams import event_patterns
from shared.events.arrivals import arrived
from shared.events.catalog import all_types, lookup
from shared.events.envelope import from_wire
from tests.infra.blueprint import ROOT, of_type

RULES = {name: rule for name, rule in of_type("Events::Rule").items() if "EventBusName" in rule}
EVERY = [kind.name for kind in all_types()]


def waits_for(rule: str) -> list[str]:
    """The types that a rule names; one that names none waits for all of them."""
    names: list[str] = RULES[rule]["EventPattern"].get("detail-type", EVERY)
    return names


NAMES = [(rule, said) for rule in RULES for said in waits_for(rule)]


def matches(rule: str, event: dict[str, Any]) -> bool:
    event_patterns.install()
    return bool(EventPattern.load(json.dumps(RULES[rule]["EventPattern"])).matches_event(event))


def committed(folder: str, name: str) -> Any:
    return json.loads((ROOT / "events" / folder / f"{name}.json").read_text())


def test_there_are_rules() -> None:
    assert "LeadPipelineRule" in RULES
    assert len(NAMES) > 3


@pytest.mark.parametrize(("rule", "said"), NAMES)
def test_what_a_rule_waits_for_is_what_the_code_publishes(rule: str, said: str) -> None:
    kind = lookup(said)
    sample = committed("samples", f"{kind.name}.v{kind.version}")
    assert matches(rule, {**sample, "detail-type": said})
    jsonschema.validate(sample["detail"], committed("schemas", f"{kind.name}.v{kind.version}"))
    event = from_wire(sample["detail"])
    assert kind.check(event.data) == event.data
    assert arrived(json.dumps(sample), lambda source: None) == event


@pytest.mark.parametrize(("rule", "said"), NAMES)
def test_a_rule_misses_no_alias_of_what_it_waits_for(rule: str, said: str) -> None:
    kind = lookup(said)
    assert waits_for(rule) is EVERY or {kind.name, *kind.aliases} <= set(waits_for(rule))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_lets_every_other_type_pass_by(rule: str) -> None:
    wanted = {lookup(said).name for said in waits_for(rule)}
    for kind in all_types():
        sample = committed("samples", f"{kind.name}.v{kind.version}")
        assert matches(rule, sample) is (kind.name in wanted), kind.name


def test_an_outside_source_may_use_the_older_name() -> None:
    old = {
        "id": "e1", "source": "shop", "detail-type": "business_lead_created",
        "time": "2026-01-15T10:30:00Z",
        "detail": committed("samples", "lead.created.v1")["detail"]["data"],
    }  # fmt: skip
    assert matches("LeadPipelineRule", old)
    event = arrived(json.dumps(old), {"shop": "acme"}.get)
    assert (event.event_type, event.tenant) == ("lead.created", "acme")
