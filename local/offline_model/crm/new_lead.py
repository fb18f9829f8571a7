"""The fields of a new lead, in whichever order they are said.

`Tom Ford from Hooli, email tom@hooli.example, worth 5k, in Proposal sent`: labels cut the text into
pieces; what stands before the first one is the name.
"""

from __future__ import annotations

import re
from typing import Any, Final

from local.offline_model.crm.amounts import AMOUNT, amount
from local.offline_model.crm.columns import column
from local.offline_model.crm.fields import FIELDS
from local.offline_model.crm.sources import source

_EMAIL: Final = re.compile(
    r"(?:(?:and |with )?(?:an |the )?(?:e-?mail|mail)(?: address)?(?: is)?\s*[:=]?\s*|<)?"
    r"(?P<value>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>?",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(
    r"(?:(?:and |with )?(?:a |the )?(?:(?:tele)?phone|mobile|cell|tel|number)(?: number)?(?: is)?"
    r"\s*[:=.]?\s*(?P<labelled>\+?[\d(][\d\s()./-]{3,}\d)|(?P<bare>\+\d[\d\s()./-]{5,}\d"
    r"|\b\d{3}[ .-]\d{3,4}(?:[ .-]\d{2,4})?\b))",
    re.IGNORECASE,
)
_VALUE: Final = re.compile(
    rf"(?:(?:and |with )?(?:an? |the )?\b(?:{FIELDS['value']})(?: (?:is|of))?\s*[:=]?\s*|(?=[$€£]))"
    rf"(?P<value>{AMOUNT})",
    re.IGNORECASE,
)
_BOARD: Final = re.compile(r"(?:our |my )?(?:board|crm|pipeline|list)", re.IGNORECASE)
_NOTES: Final = re.compile(
    r"(?:^|[,;.]|\band\b|\bwith\b)\s*(?:an? |the )?(?:notes?|comment|remark)\s*[:=]?\s+"
    r"(?P<value>.+?)"
    r"(?=$|,\s*(?:company|e-?mail|phone|value|worth|source|status|in)\b)",
    re.IGNORECASE,
)
_STRONG: Final = {
    "name": r"named|called|name(?:\s+is)?",
    "company": (
        r"(?:(?:from|of|at)\s+)?(?:the\s+)?company(?:\s+(?:is|named|called))?"
        r"|works?\s+(?:at|for)"
    ),
    "value": rf"(?:{FIELDS['value']})(?:\s+(?:is|of))?",
    "source": (
        r"(?:lead\s+)?source(?:\s+is)?|via|through"
        r"|(?:that\s+)?(?:came|comes)\s+(?:from|through)"
    ),
    "status": r"(?:with\s+)?(?:status|column|stage)(?:\s+is)?",
}
_WEAK: Final = r"from|at|of|in|into|to|for|by|with"
_LABEL: Final = re.compile(
    r"(?:^|(?<=[\s,;(]))(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _STRONG.items())
    + rf"|(?P<weak>{_WEAK}))(?:\s*[:=]\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_TRIM: Final = ' \t,;.:()"“”'
_GLUE: Final = re.compile(
    r"^(?:(?:and|with|as|a|an|the|deal)\s+)+|(?:\s+|^)(?:and|with|as|a|an|the|deal)$", re.IGNORECASE
)

Fields = dict[str, Any]


def fields_of(said: str) -> Fields:
    """What is said of a new lead; without `name` nobody was named."""
    found: Fields = {}
    text = _taken(_NOTES, said, found, "notes")
    text = _taken(_EMAIL, text, found, "email")
    text = _taken(_VALUE, text, found, "value")
    if "value" in found:
        found["value"] = amount(found["value"])
    if phone := _PHONE.search(text):
        found["phone"] = (phone["labelled"] or phone["bare"]).strip()
        text = f"{text[: phone.start()]}, {text[phone.end() :]}"
    for label, piece in _labelled(text):
        _sort_in(found, label, piece)
    return found


def _taken(form: re.Pattern[str], text: str, found: Fields, name: str) -> str:
    """Takes a field out of a text."""
    match = form.search(text)
    if match is None:
        return text
    found[name] = match["value"].strip(_TRIM)
    return f"{text[: match.start()]}, {text[match.end() :]}"


def _labelled(text: str) -> list[tuple[str, str]]:
    """Pieces with the label before each; that of the beginning is `name`."""
    pieces: list[tuple[str, str]] = []
    label, start = "name", 0
    for match in [*_LABEL.finditer(text), None]:
        end = match.start() if match else len(text)
        for at, part in enumerate(re.split(r"[,;():]", text[start:end])):
            if (bare := _bare(part)) and not _BOARD.fullmatch(bare):
                pieces.append((label if at == 0 else "", bare))
        if match:
            label, start = str(match.lastgroup), match.end()
    return pieces


def _bare(part: str) -> str:
    part = part.strip(_TRIM)
    while (shorter := _GLUE.sub("", part).strip(_TRIM)) != part:
        part = shorter
    return part


def _sort_in(found: Fields, label: str, piece: str) -> None:
    """Puts a piece where its label says, or where its form says without one."""
    if label == "value" or (not label and re.fullmatch(AMOUNT, piece, re.IGNORECASE)):
        number = amount(piece)
        found.setdefault("value", piece if number is None else number)
    elif label == "source":
        found.setdefault("source", source(piece) or piece)
    elif label in {"status", "", "weak"} and (name := column(piece)):
        found.setdefault("status", name)
    elif label in {"", "weak"} and (name := source(piece)):
        found.setdefault("source", name)
    elif (label == "name" and "name" not in found) or (label == "" and "name" not in found):
        found["name"] = piece
    elif label != "status":
        found.setdefault("company", piece)
