"""Which lead is meant: by its words, by a pronoun, or from a list that was shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from local.offline_model.crm.heard import Heard
from local.offline_model.crm.plans import Steps, ToldError, step
from local.offline_model.crm.wording import listed

Lead = Mapping[str, Any]

IT: Final = "it"
"""The lead that was spoken of last."""
_PRONOUN: Final = re.compile(
    r"(?:him|her|it|them|he|she|this|that|his|its|hers|the lead|"
    r"(?:that|this|the same) (?:lead|one|card|contact|deal|person))",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"^(?:(?:the|my|our|a|an)\s+)?(?:new\s+)?(?:(?:lead|card|contact|deal|customer|client"
    r"|prospect)\s+)?"
    r"(?:(?:named|called|with)\s+)?(?:(?:the|an?)\s+)?(?:(?:name|e-?mail(?: address)?|phone)\s+)?",
    re.IGNORECASE,
)
_ENDING: Final = re.compile(
    r"(?:(?:'s)?\s+(?:lead|card|deal|record|entry)|\s+(?:back|again|over|straight))+$",
    re.IGNORECASE,
)
_JOINED: Final = re.compile(r"\s*(?:,|\(|\)|\b(?:from|at|of|with company|of company)\b)\s*", re.I)


def lead_in(said: str) -> str:
    """The words that name a lead: `the lead Maria from Acme` is `Maria Acme`; a pronoun is `it`."""
    bare = said.strip(' .,;:!?"“”')
    if _PRONOUN.fullmatch(bare):
        return IT
    bare = _LABEL.sub("", bare)
    bare = _ENDING.sub("", bare)
    return " ".join(_JOINED.sub(" ", bare).split()).strip('"“”')


def find_one(said: str, heard: Heard) -> Steps[Lead]:
    """Searches until one lead is meant.

    Raises:
        ToldError: nobody or several are found, or nobody was named.
    """
    query = heard.last_lead if said == IT else said
    if not query:
        raise ToldError(
            f"Which lead do you mean for “{heard.said}”? Tell me its name, company or e-mail."
        )
    found = yield from step("search_leads", query=query[:200])
    leads: Sequence[Lead] = found.data or ()
    if not leads:
        raise ToldError(f"I found no lead for “{query}”.")
    one = _meant(query, leads, ambiguous=bool(found.of("ambiguous")))
    if one is None:
        total = int(found.of("total") or len(leads))
        raise ToldError(
            f"{total} leads match “{query}”. Which one do you mean for"
            f" “{heard.said}”?\n{listed(leads)}"
        )
    return one


def _meant(query: str, leads: Sequence[Lead], *, ambiguous: bool) -> Lead | None:
    """The only one, the only one of that very name or address, or the one found best."""
    if len(leads) == 1:
        return leads[0]
    said = query.casefold()
    exact = [
        lead for lead in leads
        if said in {str(lead.get(name) or "").casefold() for name in ("name", "email")}
    ]  # fmt: skip
    if exact:
        return exact[0] if len(exact) == 1 else None
    return None if ambiguous else leads[0]
