"""Which leads a text means: seed 002's scores first, then words one by one, then typos.

What the seed finds keeps its score: 70 in the name, 20 more at its beginning, 20 in the company, 10
in the e-mail. What it misses is worth at most 65: all words of the text must then be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.crm.lead import Lead

SIMILAR: Final = 24
"""Leads whose scores differ by no more than this are candidates of one question."""
_WORDWISE: Final = 65
_ALIKE: Final = 0.75
_QUERY: Final = 200


@dataclass(frozen=True, slots=True)
class Match:
    """A lead that fits a text, how well, and why."""

    lead: Lead
    score: int
    reason: str
    exact: bool = False
    """The text is its whole name, e-mail or id."""


def find_matching_leads(query: str, leads: Iterable[Lead]) -> list[Match]:
    """Those that fit, the best first, those of one score in the order they came; "" fits none."""
    wanted = " ".join(query.casefold().split())[:_QUERY]
    if not wanted:
        return []
    found = [match for lead in leads if (match := _match(wanted, lead)) is not None]
    return sorted(found, key=lambda match: (-match.score, not match.exact))


def is_ambiguous(matches: Sequence[Match]) -> bool:
    """Whether several leads are meant as well as the first one."""
    if len(matches) < 2:
        return False
    exact = [match for match in matches if match.exact]
    if len(exact) == 1:
        return False
    return matches[0].score - matches[1].score <= SIMILAR


def candidates(matches: Sequence[Match]) -> list[Match]:
    """The leads that a question would be about."""
    if len([match for match in matches if match.exact]) > 1:
        return [match for match in matches if match.exact]
    return [match for match in matches if matches[0].score - match.score <= SIMILAR]


def words_of(text: str) -> list[str]:
    """The words of a text in lower case."""
    return re.findall(r"\w+", text.casefold())


def _match(wanted: str, lead: Lead) -> Match | None:
    name, company = lead.name.casefold(), (lead.company or "").casefold()
    email = (lead.email or "").casefold()
    if lead.id == wanted:
        return Match(lead, 100, "id", exact=True)
    parts = [("name", 70 * (wanted in name) + 20 * name.startswith(wanted))]
    parts += [("company", 20 * (wanted in company)), ("email", 10 * (wanted in email))]
    score = sum(points for _, points in parts)
    if score:
        reason = ", ".join(part for part, points in parts if points)
        exact = wanted in (name, email)
        return Match(lead, score, f"{'exact ' if exact else ''}{reason}", exact)
    return _wordwise(wanted, lead)


def _wordwise(wanted: str, lead: Lead) -> Match | None:
    """All words are in name, company or e-mail, as they are, as beginnings, or nearly."""
    fields = {"name": lead.name, "company": lead.company or "", "email": lead.email or ""}
    known = {part: words_of(text) for part, text in fields.items()}
    likeness, where = [], []
    for word in words_of(wanted):
        best, part = max(
            ((_best(word, words), part) for part, words in known.items()), default=(0.0, "")
        )
        if best < _ALIKE:
            return None
        likeness.append(best)
        where.append(part if best == 1 else f"similar {part}")
    if not likeness:
        return None
    score = int(_WORDWISE * sum(likeness) / len(likeness))
    return Match(lead, score, ", ".join(dict.fromkeys(where)))


def _best(word: str, words: Sequence[str]) -> float:
    from rapidfuzz.distance import DamerauLevenshtein

    if any(word == each or (len(word) > 2 and each.startswith(word)) for each in words):
        return 1.0
    if len(word) < 3:
        return 0.0
    alike = DamerauLevenshtein.normalized_similarity
    return max((alike(word, each, score_cutoff=_ALIKE) for each in words), default=0.0)
