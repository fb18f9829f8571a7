"""Which leads a text means."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.assistant.matching import candidates, find_matching_leads, is_ambiguous
from shared.crm.lead import Lead

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def leads(*rows: str) -> list[Lead]:
    """Leads of `name|company|email`."""
    made = []
    for number, row in enumerate(rows):
        name, company, email = (*row.split("|"), "", "")[:3]
        made.append(
            Lead(id=f"id{number}", name=name, company=company or None, email=email or None,
                 status="Interest", created_at=NOW, updated_at=NOW)
        )  # fmt: skip
    return made


BOARD = leads(
    "John Doe|TechCorp|john@techcorp.example", "Elton John|Music|elton@music.example",
    "Mary Johnson|Acme|mj@acme.example", "Ada Lovelace|Johnson Engines|ada@engines.example",
    "Bob|Acme|bob@johnny.example", "Zoë Müller|Straße GmbH|",
)  # fmt: skip


def found(query: str) -> list[tuple[str, int]]:
    return [(match.lead.name, match.score) for match in find_matching_leads(query, BOARD)]


def test_the_seeds_scores_and_order():
    assert found("john") == [
        ("John Doe", 100), ("Elton John", 70), ("Mary Johnson", 70), ("Ada Lovelace", 20),
        ("Bob", 10),
    ]  # fmt: skip
    assert found("JOHN DOE") == [("John Doe", 90)]
    assert found("acme") == [("Mary Johnson", 30), ("Bob", 20)]
    assert found("") == found("   ") == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("John Tech", "John Doe"), ("Jhon Doe", "John Doe"), ("doe john", "John Doe"),
        ("lovelase", "Ada Lovelace"), ("bob acme", "Bob"), ("mary johnsen", "Mary Johnson"),
        ("ada@engines.example", "Ada Lovelace"), ("id3", "Ada Lovelace"), ("zoë", "Zoë Müller"),
        ("techcorp john", "John Doe"), ("elton music", "Elton John"),
    ],
)  # fmt: skip
def test_words_typos_and_companies(query, name):
    matches = find_matching_leads(query, BOARD)
    assert matches[0].lead.name == name
    assert matches[0].reason
    assert not is_ambiguous(matches)


@pytest.mark.parametrize("query", ["nobody", "john xyzzy", "zz", "doe acme", "%", "*"])
def test_what_nobody_is_called_finds_nobody(query):
    assert found(query) == []


@pytest.mark.parametrize(
    ("rows", "query", "unclear"),
    [
        (("John Doe", "John Smith"), "john", ["John Doe", "John Smith"]),
        (("John Doe", "John Doe Jr"), "john doe", []),
        (("John Doe", "John Doe"), "john doe", ["John Doe", "John Doe"]),
        (("John Doe", "Elton John"), "john", ["John Doe", "Elton John"]),
        (("Ann|Acme", "Bob|Acme"), "acme", ["Ann", "Bob"]),
        (("Ann|Acme", "Acme Inc|X"), "acme", []),
        (("Jon Doe", "Joan Doe"), "jonn doe", ["Jon Doe", "Joan Doe"]),
    ],
)
def test_similar_leads_are_a_question(rows, query, unclear):
    matches = find_matching_leads(query, leads(*rows))
    assert is_ambiguous(matches) == bool(unclear)
    if unclear:
        assert [match.lead.name for match in candidates(matches)] == unclear


def test_an_exact_name_goes_first_among_equals():
    matches = find_matching_leads("ann", leads("Anna", "Ann"))
    assert [match.lead.name for match in matches] == ["Ann", "Anna"]
