"""The fields of a lead, as people call them, and their values as the tools take them."""

from __future__ import annotations

import re
from typing import Final

from local.offline_model.crm.amounts import amount, written
from local.offline_model.crm.sources import source

FIELDS: Final = {
    "name": r"(?:full )?name",
    "company": r"company(?: name)?|organi[sz]ation|employer|firm",
    "email": r"e-?mail(?: address)?|mail(?: address)?",
    "phone": r"(?:tele)?phone(?: number)?|mobile(?: number)?|cell(?: number)?|number|tel",
    "value": r"(?:deal )?value|worth|amount|budget|price",
    "notes": r"notes?|comments?|remarks?",
    "source": r"(?:lead )?source|origin",
}
FIELD: Final = "|".join(FIELDS.values())


def field_named(said: str) -> str | None:
    """The field that a word is."""
    for name, words in FIELDS.items():
        if re.fullmatch(words, said.strip(), re.IGNORECASE):
            return name
    return None


def value_of(field: str, said: str) -> str:
    """A value as the tool takes it: numbers plain, sources by their names, no quotes around."""
    bare = said.strip(' \t.,;!"“”') if field != "notes" else said.strip(' \t"“”')
    if field == "value":
        number = amount(bare)
        return bare if number is None else written(number)
    if field == "source":
        return source(bare) or bare
    return bare
