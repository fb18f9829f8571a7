"""What a consumer's file says, read without importing it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from shared.consumers.declaration import (
    FOLDER,
    ConsumerDeclarationError,
    Declaration,
    load_declarations,
)
from shared.consumers.matching import hears
from shared.events.catalog import all_types
from shared.events.envelope import Event

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("said", load_declarations(ROOT), ids=lambda said: said.name)
def test_what_is_read_is_what_the_function_says(said):
    module = importlib.import_module(said.handler.rpartition(".")[0])
    assert getattr(module, said.name).declaration == said
    assert module.handler == getattr(module, said.name).handler
    assert said.about


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 1", "0 functions under @consumer"),
        ("@consumer()\ndef other(e, c): ...", "call it mine"),
        ("T = ('a',)\n@consumer(T)\ndef mine(e, c): ...", "mine.py:2: an argument"),
        ("@consumer(wings=2)\ndef mine(e, c): ...", "knows no wings"),
        ("@consumer('leads')\ndef mine(e, c): ...", 'write it as ("a", "b")'),
        ("@consumer(needs={'moon': ('get',)})\ndef mine(e, c): ...", "needs ['moon']"),
    ],
)
def test_a_file_that_declares_nothing_usable(tmp_path, source, told):
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (folder / "mine.py").write_text(source)
    with pytest.raises(ConsumerDeclarationError) as caught:
        load_declarations(tmp_path)
    assert told in str(caught.value)


def test_the_pattern_of_a_rule():
    assert Declaration("all").pattern() == {"source": [{"prefix": ""}]}
    both = Declaration("some", ("leads",), ("lead.created",), {"data": {"status": ["Interest"]}})
    assert both.pattern() == {
        "detail-type": ["lead.created"],
        "detail": {"topics": ["leads"], "data": {"status": ["Interest"]}},
    }


def test_every_type_is_heard_by_whom_its_topics_say():
    for kind in all_types():
        event = Event(kind.name, kind.check(kind.sample), topics=kind.topics, tenant="t")
        for said in (Declaration("a", ("leads",)), Declaration("b", (), kind.aliases)):
            wanted = "leads" in kind.topics if said.topics else True
            assert hears(said, event) is wanted


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([1], True), (["1"], False), ([{"exists": True}], True), ([{"exists": False}], False),
        ([{"anything-but": [2]}], True), ([{"anything-but": 1}], False), ([True], False),
    ],
)  # fmt: skip
def test_a_filter(wanted, found):
    event = Event("lead.qualified", {"lead_id": "1", "score": 1}, tenant="t")
    assert hears(Declaration("x", filter={"data": {"score": wanted}}), event) is found


def test_a_filter_that_does_not_parse_names_consumer_and_key():
    with pytest.raises(ConsumerDeclarationError, match=r"^x: filter: data\.score\.numeric has"):
        Declaration("x", filter={"data": {"score": [{"numeric": ["!", 1]}]}})


def test_a_filter_knows_every_kind_of_condition():
    said = Declaration("x", filter={"data": {"score": [{"numeric": [">", 80]}]}})
    for score, heard in ((81, True), (80, False)):
        assert hears(said, Event("lead.qualified", {"score": score}, tenant="t")) is heard
