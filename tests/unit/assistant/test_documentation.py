"""docs/assistant-safety.md says what the code does."""

from __future__ import annotations

from pathlib import Path

from shared.assistant import consent, desk, pending, reading, tools
from shared.assistant.tools import board_summary, move_leads
from tests.unit.assistant import attempts, offering

TEXT = Path("docs/assistant-safety.md").read_text()
WORDS = " ".join(TEXT.split())


def test_the_tables_are_those_of_the_code():
    assert offering.table() in TEXT
    assert attempts.table() in TEXT


def test_each_word_of_consent_is_listed():
    for phrases in (consent.YES, consent.GOES_ON, consent.OBJECTS, consent.NO):
        assert ", ".join(f"`{phrase}`" for phrase in phrases) in WORDS


def test_the_figures_are_those_of_the_code():
    assert pending.KEPT.total_seconds() == 600
    assert "for ten minutes" in WORDS
    assert (desk.MOST_WRITES, "after the fifth of one turn" in WORDS) == (5, True)
    for figure, told in (
        (reading.MOST_READ, "A search looks at {:,} leads"),
        (board_summary.MOST_OF_COLUMN, "the first {:,} cards"),
        (move_leads.MOST, "at most {:,} leads"),
    ):
        assert told.format(figure) in WORDS
    assert tools.__doc__
