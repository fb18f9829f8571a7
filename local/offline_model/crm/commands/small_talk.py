"""Greetings, thanks, and the question what can be said."""

from __future__ import annotations

import re
from typing import Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.plans import Plan

_GREETING: Final = re.compile(
    r"(?:hi|hello|hey|yo|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))"
    r"(?:[\s,!]+(?:there|all|again|millrace|assistant|everyone))*[\s!.]*",
    re.IGNORECASE,
)
_THANKS: Final = re.compile(
    r"(?:thanks|thank you|thx|ty|cheers|great|perfect|nice|cool|well done|bye|goodbye)"
    r"(?:[\s,!]+(?:a lot|so much|very much|you|thanks|job|work|bye|goodbye))*[\s!.]*",
    re.IGNORECASE,
)
_HELP: Final = re.compile(
    r"(?:help|help me|\?|commands|how does this work|how do i use (?:this|you)|"
    r"what (?:can|do|could|should) (?:you|i|we) (?:do|ask|say|understand|know|type|tell)"
    r"(?: (?:you|here|me))?(?: (?:to do|about))?|who are you|what are you|(?:what are|which"
    r" are|list) your commands)[\s?!.]*",
    re.IGNORECASE,
)
HELP: Final = """\
I understand commands about leads, for example:
- find leads at Acme; show leads in Interest worth more than 20k
- add a lead named Tom Ford from Hooli, email tom@hooli.example, worth 5k
- move Tom Ford to Meeting booked; mark him as won
- change Tom Ford's phone to +1-555-0101; add a note to Tom Ford: likes green
- delete Tom Ford; move all leads from Interest to Closed lost (both wait for your yes)
- summarize the board; show the timeline of Tom Ford; what is his email?"""


class Greeting(Command):
    """Says hello."""

    intent = "question"
    title = "says hello"
    examples = ("hello", "good morning")

    @classmethod
    def read(cls, text: str) -> Greeting | None:
        """Nothing but a greeting."""
        return cls() if _GREETING.fullmatch(text) else None

    def plan(self, heard: Heard) -> Plan:
        """Answers at once."""
        yield from ()
        return "Hello! What shall I do with your leads?"


class Thanks(Command):
    """Is thanked."""

    intent = "question"
    title = "is glad to help"
    examples = ("thank you", "thanks a lot")

    @classmethod
    def read(cls, text: str) -> Thanks | None:
        """Nothing but thanks."""
        return cls() if _THANKS.fullmatch(text) else None

    def plan(self, heard: Heard) -> Plan:
        """Answers at once."""
        yield from ()
        return "You are welcome."


class Help(Command):
    """Says what it understands."""

    intent = "question"
    title = "says what it understands"
    examples = ("help", "what can you do?", "what can I ask you?")

    @classmethod
    def read(cls, text: str) -> Help | None:
        """A question about itself."""
        return cls() if _HELP.fullmatch(text) else None

    def plan(self, heard: Heard) -> Plan:
        """Answers at once."""
        yield from ()
        return HELP
