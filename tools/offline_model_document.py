"""docs/offline-model.md: what the offline model understands, from the classes of its commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from local.offline_model.crm.columns import COLUMNS
from local.offline_model.crm.fields import FIELDS
from local.offline_model.crm.sources import SOURCES
from local.offline_model.crm.understanding import COMMANDS
from local.offline_model.crm.vocabulary import Vocabulary

_HEAD: Final = """\
# What the offline model understands

Generated: `make generate`, from `local/offline_model/crm/commands/`.

Without a key of OpenAI the assistant asks the offline model. It is no language model but a grammar
of commands; it says so in its first answer, and whenever it does not understand. It answers both of
OpenAI's APIs, streaming or not, and the same message always the same way. It names a lead by what
the tools answered, never by an id of its own: it searches first, asks if several leads fit, then
acts.

## Commands

| it | say for example | calls | intent |
|---|---|---|---|"""
_TAIL: Final = """
## How it reads

- Courtesies are left out (“could you please …, thanks”), case does not matter, and words of the
  grammar may be misspelt by a letter or two. Names are taken as they are.
- “him”, “her”, “it” or “that lead” is the lead that the conversation spoke of last. If it spoke of
  several, it asks.
- After a list, “2”, “the second one”, “the one at Acme” or the name chooses. After “Which column
  …?” or “What is the name …?” the answer alone is enough.
- Fields of a new lead may come in any order: `from COMPANY`, `email …`, `phone …`, `worth …`,
  `source …`, `in COLUMN`, `notes …`. Amounts are `5k`, `$1,500.50`, `1.2m`, `250000 USD`.
- Deleting a lead and moving several wait for your yes, which must be a message of its own.

## How much of what people say that is

`.venv/bin/python -m tests.phrasings` says phrasings that the grammar's own tests do not know,
prints how many led to exactly the calls and arguments that were meant, and the confusion table of
the intents (`-v`: each that went wrong). All were written by the author of the grammar, so take
them as an upper bound for a stranger:

| phrasings | when they were written | first run | now |
|---|---|---|---|
| 223 `plain`, `odd`, `context`, `unknown` | before the grammar | 212 (95 %) | 223 |
| 73 `later` | after it, before its one round of mending | 33 (45 %) | 70 |
| 49 `last` | after that round; nothing is tuned on them | 32 (65 %) | 32 |

What it does not understand it says, with the list of what it does; a test holds that no phrasing
without a meaning changes anything."""


def document() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    for command in COMMANDS:
        said = "; ".join(f"“{example}”" for example in command.examples)
        calls = ", ".join(f"`{tool}`" for tool in command.tools) or "nothing"
        yield f"| {command.title} | {said} | {calls} | {command.intent} |"
    yield from ("", "## Words", "", "| word | also |", "|---|---|")
    for vocabulary in (COLUMNS, SOURCES):
        yield from _words(vocabulary)
    yield ""
    yield f"Fields that can be changed: {', '.join(FIELDS)}."
    yield _TAIL


def _words(vocabulary: Vocabulary) -> Iterator[str]:
    for name, words in vocabulary.called.items():
        others = [word for word in words if word.lower() != name.lower()]
        yield f"| {name} | {', '.join(others)} |"
