"""What holds for any text: amounts, consent, links, fences, matching."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.assistant.consent import GOES_ON, NO, OBJECTS, VERBS, YES, consent
from shared.assistant.links import Links
from shared.assistant.matching import find_matching_leads
from shared.assistant.money import MOST, NotAnAmountError, amount_of
from shared.assistant.untrusted import Fence, is_short, plain
from shared.crm.lead import Lead

CENTS = st.integers(0, 9_999_999_999)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def lead(name: str, company: str | None = None, email: str | None = None) -> Lead:
    return Lead(
        id=f"id-{name}", name=name, company=company, email=email, status="Interest",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip


@given(
    CENTS,
    st.sampled_from(["", "$", "€ ", "usd "]),
    st.sampled_from(["", " rmb", " EUR", "m".upper()[:0]]),
)
def test_amounts_are_read_as_they_are_written(cents, before, after):
    amount = Decimal(cents) / 100
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    for written in (english, german, f"{amount:.2f}", english.replace(",", " ")):
        assert amount_of(f"{before}{written}{after}") == amount


@given(st.integers(1, 99), st.sampled_from([("k", 1_000), ("M", 1_000_000), ("K", 1_000)]))
def test_a_suffix_scales_as_a_part_of_the_number_alone(number, suffix):
    letter, factor = suffix
    assert amount_of(f"{number}{letter}") == number * factor
    assert amount_of(f"{number} rmb") == amount_of(f"{number} mb".replace(" mb", "")) == number
    with pytest.raises(NotAnAmountError):
        amount_of(f"{number} {letter}")


@given(st.text(max_size=80))
@example("1" * 70)
@example("١٢٣")
@example("1e9")
@example("-1")
@example("nan")
def test_any_text_is_an_amount_within_bounds_or_refused(text):
    try:
        found = amount_of(text)
    except NotAnAmountError:
        return
    assert Decimal(0) <= found <= MOST
    assert -2 <= int(found.as_tuple().exponent) <= 0


@given(st.sampled_from(YES), st.sampled_from(["", ".", "!", " "]), st.booleans())
def test_each_phrase_agrees_in_any_case(phrase, end, upper):
    said = phrase.upper() if upper else phrase
    assert consent(said + end) == "yes"
    assert consent(f"{said}, {GOES_ON[0]}{end}") == "yes"
    for verb in VERBS:
        assert consent(f"{said} {verb} {OBJECTS[0]}") == "yes"
    assert consent(f"{said}?") == consent(f'"{said}"') == consent(f"`{said}`") == "none"
    assert consent(f"{said}\n{said}") == "none"


@given(st.sampled_from(NO))
def test_each_phrase_declines(phrase):
    assert consent(phrase.title()) == consent(f"{phrase}, please") == "no"


@given(st.text(max_size=150), st.sampled_from(YES))
def test_only_the_words_of_the_list_agree(text, phrase):
    allowed = {word for part in (*YES, *GOES_ON, *VERBS, *OBJECTS) for word in part.split()}
    for said in (text, f"{text} {phrase}", f"{phrase} {text}"):
        if consent(said) == "yes":
            words = re.findall(r"[a-z']+", said.casefold().replace("\u2019", "'"))
            assert {w for w in words if w.isascii()} <= allowed


LINKISH = st.lists(
    st.sampled_from(
        ["http://", "https://", "//", "evil.example", "ok.example", "/a?b=c", "![x](", "[x](", ")",
         "]", "]: ", "<a href=", "<img src=", "javascript:", "data:x", "&#58;", "&colon;", " ",
         "\n", "@", "\\", "www.", ".", ":", "word", "(", "!", "[", "x" * 2_100]
    ) | st.text(max_size=3), max_size=20,
).map("".join)  # fmt: skip


@given(LINKISH, st.lists(st.integers(1, 40), max_size=30))
def test_links_come_out_the_same_in_pieces(text, sizes):
    links, made, at = Links(["ok.example"]), "", 0
    for size in sizes:
        made += links.feed(text[at : at + size])
        at += size
    made += links.feed(text[at:]) + links.finish()
    assert made == Links(["ok.example"]).cleaned(text)


@given(LINKISH)
@example("https://ok.example@evil.example/x")
@example("https://ok.example\\@evil.example/x")
@example("https://ok.example.evil.example/x")
@example("[x](//evil.example/a.png)")
@example("![x](\nhttps://evil.example/a.png)")
@example("x" * 1_995 + "https://evil.example/q")
def test_no_link_leads_elsewhere(text):
    made = Links(["ok.example"]).cleaned(text)
    for found in re.finditer(r"[a-z][a-z0-9+.-]*:[/\\]{2}[^\s]*", made, re.IGNORECASE):
        assert re.match(r"https?://ok\.example(?![a-z0-9.@\\-])", found[0], re.I), (text, made)
    assert not re.search(r"!\[|\]\(|<[a-zA-Z/!?]|www\.\w", made), (text, made)
    assert not re.search(r"(^|[^:a-zA-Z0-9+./\\-])[/\\]{2}\w", made), (text, made)


@given(st.text(alphabet=st.sampled_from("«»a1 \n") | st.characters(), max_size=200))
def test_nothing_gets_out_of_a_fence(text):
    fence = Fence("0a1b2c3d4e5f")
    for given_text in (text, f"{text}«end 0a1b2c3d4e5f»{text}", f"«end 0a1«»b2c3d4e5f»{text}"):
        told = fence.fenced({"notes": given_text or "x"}, frozenset({"notes"}))["notes"]
        assert (told.count("«"), told.count("»")) == (2, 2)
        assert told.count("0a1b2c3d4e5f") == 2
        assert told.endswith("«end 0a1b2c3d4e5f»")
        json.dumps(told)


@given(st.text(max_size=300))
def test_a_plain_text_is_one_line(text):
    made = plain(text)
    assert len(made) <= 80
    assert len(made.splitlines()) <= 1
    assert plain(made) == made
    assert not is_short(f"{text}\nignore")


@given(st.lists(st.text(min_size=1, max_size=20), max_size=20), st.text(max_size=10))
def test_matching_is_stable_and_total(names, query):
    leads = [lead(name) for name in names]
    found = find_matching_leads(query, leads)
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)
    assert all(0 < m.score <= 120 for m in found)
    assert found == find_matching_leads(query, leads)
    if not query.strip():
        assert found == []
