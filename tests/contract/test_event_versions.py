"""Published versions of event types: what may change, and how earlier ones are read."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from shared.events import Event
from shared.events.catalog import lookup, registry, versions
from shared.events.catalog.registry import EventData, InvalidEventDataError, event_type
from shared.events.catalog.versions import EarlierData, earlier, in_newest
from tools.event_compatibility import broken, differences
from tools.event_documents import schema
from tools.generate import ROOT, breaking


def of(*fields: str) -> dict[str, object]:
    """A schema; `name!` is required, `name:type` has another type than string."""
    named = [field.rstrip("!").partition(":") for field in fields]
    return {
        "properties": {name: {"type": kind or "string"} for name, _, kind in named},
        "required": [field.rstrip("!").partition(":")[0] for field in fields if field[-1] == "!"],
    }


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (of("a!", "b"), of("a!"), ("b", "was removed")),
        (of("a!"), of("a"), ("a", "was always there and may be absent now")),
        (of("a"), of("a!"), ("a", "might be absent and is required now")),
        (of("a!"), of("a!", "b!"), ("b", "is new and required")),
        (of("a!"), of("a:integer!"), ("a", 'had type "string" and has "integer"')),
        ({"properties": {"data": of("a!")}}, {"properties": {"data": of()}},
         ("data.a", "was removed")),
        ({"items": of("a!")}, {"items": of()}, ("items.a", "was removed")),
        ({"properties": {"k": {"enum": ["x"]}}}, {"properties": {"k": {"enum": ["x", "y"]}}},
         ("k", 'had enum ["x"] and has ["x", "y"]')),
        ({"properties": {"k": {"$ref": "#/$defs/K"}}, "$defs": {"K": of("a!")}},
         {"properties": {"k": {"$ref": "#/$defs/L"}}, "$defs": {"L": of("a")}},
         ("k.a", "was always there and may be absent now")),
    ],
)  # fmt: skip
def test_what_breaks_a_version_is_named(before, after, said) -> None:
    assert differences(before, after) == [said]


@pytest.mark.parametrize(
    "after",
    [
        of("a!", "b"),
        of("a!") | {"title": "Another", "description": "Better words"},
        {"properties": {"a": {"$ref": "#/$defs/A"}}, "required": ["a"],
         "$defs": {"A": {"type": "string"}}},
    ],
)  # fmt: skip
def test_what_breaks_nothing(after) -> None:
    assert differences(of("a!"), after) == []


def test_the_catalogue_breaks_nothing_that_was_published() -> None:
    assert breaking(ROOT) == []


def test_a_changed_field_of_a_published_version_stops_the_check(tmp_path) -> None:
    kind = lookup("lead.created")
    published = schema(kind)
    published["properties"]["data"]["properties"]["fax"] = {"type": "string"}
    (tmp_path / "lead.created.v1.json").write_text(json.dumps(published))
    (tmp_path / "lead.forgotten.v1.json").write_text("{}")
    found = broken(tmp_path, {"lead.created.v1.json": json.dumps(schema(kind))})
    assert found == [
        "lead.created.v1: data.fax was removed; publish a new version instead",
        "lead.forgotten.v1 was published and is gone; keep it, by `earlier`",
    ]


@pytest.fixture
def moved() -> Iterator[None]:
    """A type that is at its third version."""
    types, names, before = dict(registry._types), dict(registry._names), dict(versions._earlier)

    @event_type("ship.sailed", version=3, topics=("ships",), sample={"ship": "a", "knots": 4})
    class Sailed(EventData):
        ship: str
        knots: int

    @earlier("ship.sailed", version=2, sample={"ship": "a", "speed": "4"})
    class SailedTwo(EarlierData):
        ship: str
        speed: str

        def later(self):
            return {"ship": self.ship, "knots": int(self.speed)}

    @earlier("ship.sailed", version=1, sample={"name": "a", "speed": "4"})
    class SailedOne(EarlierData):
        name: str
        speed: str

        def later(self):
            return {"ship": self.name, "speed": self.speed}

    yield
    for kept, whole in (
        (types, registry._types), (names, registry._names), (before, versions._earlier),
    ):  # fmt: skip
        whole.clear()
        whole.update(kept)


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize(
    ("version", "data"),
    [(1, {"name": "a", "speed": "4"}), (2, {"ship": "a", "speed": "4"}),
     (3, {"ship": "a", "knots": 4})],
)  # fmt: skip
def test_an_earlier_version_is_read_as_the_newest(version, data) -> None:
    event = Event("ship.sailed", data, version=version, tenant="acme")
    newest = in_newest(event)
    assert (newest.version, newest.data) == (3, {"ship": "a", "knots": 4})
    assert (newest.id, newest.tenant, newest.time) == (event.id, "acme", event.time)


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize(
    ("version", "data", "said"),
    [(4, {}, "known versions are 1, 2, 3"), (0, {}, "known versions are"),
     (1, {"ship": "a"}, "name: Field required"),
     (2, {"ship": "a", "speed": "x"}, "ship.sailed v2: invalid literal")],
)  # fmt: skip
def test_what_no_version_allows_is_refused(version, data, said) -> None:
    with pytest.raises(InvalidEventDataError, match=said):
        in_newest(Event("ship.sailed", data, version=version))


@pytest.mark.usefixtures("moved")
def test_a_type_has_its_own_versions_alone() -> None:
    assert [(one.name, one.version) for one in versions.versions("ship.sailed")] == [
        ("ship.sailed", 1), ("ship.sailed", 2), ("ship.sailed", 3),
    ]  # fmt: skip
    assert {one.name for one in versions.versions("lead.created")} == {"lead.created"}


@pytest.mark.usefixtures("moved")
def test_a_version_is_declared_once_and_before_the_newest() -> None:
    for version, said in ((1, "twice"), (3, "not before 3")):
        with pytest.raises(ValueError, match=said):
            earlier("ship.sailed", version=version, sample={})(EarlierData)


@pytest.mark.usefixtures("moved")
def test_every_version_has_its_files() -> None:
    from tools.event_documents import contents

    assert {f"schemas/ship.sailed.v{number}.json" for number in (1, 2, 3)} <= contents().keys()


def test_the_document_for_asyncapi_names_only_what_there_is() -> None:
    whole = json.loads((ROOT / "docs/asyncapi.json").read_text())
    messages = whole["components"]["messages"]
    for channel in whole["channels"].values():
        assert channel["messages"]
        for name, link in channel["messages"].items():
            assert link == {"$ref": f"#/components/messages/{name}"}
            assert name in messages
    for message in messages.values():
        assert (ROOT / "docs" / message["payload"]["$ref"]).is_file()
    for operation in whole["operations"].values():
        assert operation["channel"]["$ref"].rpartition("/")[2] in whole["channels"]
