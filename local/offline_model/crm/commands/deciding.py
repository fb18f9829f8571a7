"""Yes and no to what waits for a confirmation."""

from __future__ import annotations

import re
from typing import Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.pending import waiting, word_for
from local.offline_model.crm.plans import Plan, step

_YES: Final = re.compile(
    r"(?:yes|yeah|yep|yup|sure|ok|okay|y|confirm|confirmed|do it|go ahead|proceed|i confirm"
    r"|correct)"
    r"(?:[\s,.!]+(?:yes|sure|confirm|do it|do that|go ahead|proceed|"
    r"(?:delete|remove|move|change|do) (?:it|him|her|them|that|all|all of them)))*",
    re.IGNORECASE,
)
_NO: Final = re.compile(
    r"(?:no|nope|nah|n|cancel|stop|abort|don't|do not|never mind|nevermind|forget it|keep)\b"
    r"(?:[\s,.!]+(?:cancel|stop|keep|don't|do not|do|delete|move|please|thanks|it|him|her"
    r"|them|that|"
    r"this|the lead|action|lead|way|don't do it))*",
    re.IGNORECASE,
)
NOTHING: Final = "Nothing waits for a confirmation"


class Confirm(Command):
    """Does what waits."""

    intent = "destructive"
    title = "does what waits for your confirmation"
    tools = ("confirm_action",)
    examples = ("yes", "confirm", "go ahead", "yes, delete it")

    @classmethod
    def read(cls, text: str) -> Confirm | None:
        """A plain yes."""
        return cls() if _YES.fullmatch(text) else None

    def plan(self, heard: Heard) -> Plan:
        """Confirms the action that waits."""
        action = waiting(heard, "confirm_action")
        if action is None and heard.offers("cancel_action"):
            return f"Something waits for your word: say “{word_for(heard)}”, or “no”."
        if action is None:
            return f"{NOTHING}, so there is nothing to say yes to."
        result = yield from step("confirm_action", action_id=action)
        return result.message


class Cancel(Command):
    """Gives up what waits."""

    intent = "destructive"
    title = "gives up what waits for your confirmation"
    tools = ("cancel_action",)
    examples = ("no", "cancel", "cancel that", "no, keep it")

    @classmethod
    def read(cls, text: str) -> Cancel | None:
        """A plain no."""
        return cls() if _NO.fullmatch(text) else None

    def plan(self, heard: Heard) -> Plan:
        """Cancels the action that waits."""
        action = waiting(heard, "cancel_action")
        if action is None:
            return f"{NOTHING}; nothing was changed."
        result = yield from step("cancel_action", action_id=action)
        return result.message
