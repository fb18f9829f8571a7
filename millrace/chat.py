"""`millrace chat`: a conversation with the assistant, or one message."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from millrace.api import Api
from millrace.chat_memory import remember, remembered
from millrace.chat_turn import Turn, take_turn
from millrace.failing import FAILED, CommandError, MisuseError
from millrace.options import LOCAL_API, Token, Url
from millrace.output import document, line, moment, passing, piece, say, table

_INTERRUPTED: Final = 130
_ENDINGS: Final = frozenset({"exit", "quit", "/exit", "/quit"})
_LISTED: Final = 50

Words = Annotated[
    list[str] | None, typer.Argument(metavar="[MESSAGE]", help="One message; else a conversation.")
]
Session = Annotated[
    str | None, typer.Option(metavar="ID", help="Go on with this one; `--list` shows them.")
]
New = Annotated[bool, typer.Option("--new", help="Begin anew, not where the last call ended.")]
Listed = Annotated[bool, typer.Option("--list", help="Your conversations, and nothing else.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answers as JSON, one per line.")]


def chat(
    words: Words = None,
    session: Session = None,
    new: New = False,
    listed: Listed = False,
    as_json: AsJson = False,
    url: Url = LOCAL_API,
    token: Token = None,
) -> None:
    """Talk to the assistant: `millrace chat "find John"`, or line by line until Ctrl-D."""
    if new and session:
        raise MisuseError("--new begins anew and --session goes on; give one of them")
    with Api(url, token) as api:
        if listed:
            _list(api, as_json=as_json)
            return
        talk = _Talk(api, url, None if new else session or remembered(url), as_json=as_json)
        if words:
            talk.once(" ".join(words))
        else:
            talk.on()


class _Talk:
    """A conversation in this terminal or pipe."""

    def __init__(self, api: Api, url: str, session: str | None, *, as_json: bool) -> None:
        self._api, self._url, self._session, self._json = api, url, session, as_json
        self._person = sys.stdin.isatty() and not as_json
        """Whether somebody can be asked."""

    def once(self, message: str) -> None:
        """One message, and its confirmation where a person can give one."""
        try:
            turn = self._say(message)
        except KeyboardInterrupt:
            raise typer.Exit(_INTERRUPTED) from None
        if turn.asks and not self._person:
            say("It waits for your word: `millrace chat yes` does it, `millrace chat no` does not.")
        if turn.error is not None:
            raise typer.Exit(FAILED)

    def on(self) -> None:
        """Line by line until the input ends; a failed message ends a pipe, and no conversation."""
        if self._person:
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401  # arrow keys, and the lines before
            say("Ask about leads; Ctrl-D or `exit` ends.")
        for message in self._messages():
            try:
                turn = self._say(message)
            except KeyboardInterrupt:
                say("\nStopped waiting; the answer may still be written.")
                continue
            except CommandError as error:
                if not self._person:
                    raise
                say(f"millrace: {error}")
                continue
            if turn.error is not None and not self._person:
                raise typer.Exit(FAILED)

    def _messages(self) -> Iterator[str]:
        while True:
            try:
                text = _asked_for() if self._person else sys.stdin.readline()
            except (EOFError, KeyboardInterrupt):
                say("")
                return
            if (not self._person and not text) or text.strip().lower() in _ENDINGS:
                return
            if text.strip():
                yield text.strip()

    def _say(self, message: str) -> Turn:
        turn = self._turn(message)
        while turn.asks and self._person:
            agreed = typer.confirm("Do it?", default=False, err=True)
            turn = self._turn("yes" if agreed else "no")
        return turn

    def _turn(self, message: str) -> Turn:
        turn = take_turn(self._api, message, self._session, _ignored if self._json else piece)
        self._session = turn.session or self._session
        if self._session:
            remember(self._url, self._session)
        if self._json:
            passing(turn.as_json(), "", as_json=True)
        elif turn.text:
            line("")
        if turn.error is not None:
            say(f"millrace: {turn.error}")
        return turn


def _asked_for() -> str:
    typer.echo("> ", nl=False, err=True)
    return input()


def _ignored(text: str) -> None:
    """Nothing is shown of an answer that is printed as JSON in the end."""


def _list(api: Api, *, as_json: bool) -> None:
    found: list[dict[str, Any]] = list(api.listed("/conversations/", "conversations", _LISTED))
    if as_json:
        document({"conversations": found})
        return
    table(
        ["last message", "title", "id"],
        [[moment(str(row["last_at"])), str(row["title"]), str(row["id"])] for row in found],
        empty="no conversations yet; `millrace chat` begins one",
    )
