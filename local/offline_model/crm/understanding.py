"""Which command a message is: each is asked in order, the particular ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from local.offline_model.conversation import Message
from local.offline_model.crm.commands.board import Board
from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.commands.converting import Convert
from local.offline_model.crm.commands.creating import Create
from local.offline_model.crm.commands.deciding import Cancel, Confirm
from local.offline_model.crm.commands.deleting import Delete, DeleteMany
from local.offline_model.crm.commands.facts import Fact
from local.offline_model.crm.commands.moving import Move
from local.offline_model.crm.commands.moving_many import MoveMany
from local.offline_model.crm.commands.noting import Note
from local.offline_model.crm.commands.searching import Search
from local.offline_model.crm.commands.small_talk import Greeting, Help, Thanks
from local.offline_model.crm.commands.timeline import Timeline
from local.offline_model.crm.commands.updating import Update
from local.offline_model.crm.commands.updating_what import UpdateWhat
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import IT
from local.offline_model.crm.plain import plain
from local.offline_model.crm.resuming import request_in, resumed
from local.offline_model.crm.wording import QUOTED

COMMANDS: Final[tuple[type[Command], ...]] = (
    Confirm, Cancel, Greeting, Thanks, Help, Convert, Note, Create, Update, MoveMany, Move,
    UpdateWhat, DeleteMany, Delete, Timeline, Board, Fact, Search,
)  # fmt: skip


def read(message: str) -> Command | None:
    """The command that a message is by itself."""
    text = plain(message)
    for command in COMMANDS if text else ():
        if found := command.read(text):
            return found
    return None


def understood(heard: Heard) -> tuple[Command | None, Heard]:
    """The command that is meant, and the conversation as it is to be seen for it.

    An answer to a question of the assistant is the request that the question quotes, completed.
    """
    found = read(heard.said)
    request = request_in(heard.question) if found is None else None
    if request and (suspended := read(request)):
        found = resumed(suspended, plain(heard.said), heard.question)
        heard = replace(heard, said=request) if found else heard
    return found, replace(heard, last_lead=last_lead(heard.earlier))


def last_lead(earlier: Sequence[Message]) -> str:
    """The lead that was spoken of last; nothing if that was several."""
    for message in reversed(earlier):
        if message.role == "assistant":
            names = set(QUOTED.findall(message.text))
            if len(names) == 1:
                return str(names.pop())
            continue
        command = read(message.text)
        if isinstance(command, Search):
            return command.filters.query
        lead = getattr(command, "lead", "")
        if lead and lead != IT:
            return str(lead)
    return ""
