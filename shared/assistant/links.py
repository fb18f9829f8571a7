"""Links of an answer: only to hosts that are allowed, and no images; also while it streams.

Any part of a word that leads elsewhere is said in words; markup that could hide where it leads is
taken apart. The same text comes out whole or in pieces.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_LONGEST: Final = 2_000
"""Characters of one word; what is longer is cut."""
_WORD: Final = re.compile(r"\s+|\S+")
_URL: Final = re.compile(
    r"(?:[a-z][a-z0-9+.\-]{0,30}:)?[/\\]{2,}[^\s<>\"'`|{}()\[\]*]*"
    r"|www\.[^\s<>\"'`|{}()\[\]*]+"
    r"|(?:[a-z0-9\-]+\.)+[a-z]{2,}(?::[0-9]+)?[/?#][^\s<>\"'`|{}()\[\]*]*",
    re.IGNORECASE,
)
_ALLOWED: Final = re.compile(
    r"https?://(?P<host>[a-z0-9.\-]+)(?::[0-9]{1,5})?(?:[/?#][a-z0-9\-._~/?#=&%+,;:@!]*)?",
    re.IGNORECASE | re.ASCII,
)
_SCRIPT: Final = re.compile(
    r"(?<![a-z])(?:javascript|data|vbscript|file|mailto|tel):(?=\S)", re.IGNORECASE
)
_APART: Final = (
    (re.compile(r"!+\["), "["),
    (re.compile(r"\](?=[(:\[])"), "] "),
    (re.compile(r"<(?=[a-zA-Z/!?])"), "\u2039"),
    (re.compile(r"&(?=#|[a-zA-Z]+;)"), "& "),
)
_HOST: Final = re.compile(r"(?:[a-z][a-z0-9+.\-]*:)?[/\\]*(?:[^/\\@?#]*@)?([a-z0-9.\-]*)", re.I)


class Links:
    """Makes one text safe, piece by piece."""

    def __init__(self, hosts: Collection[str] = ()) -> None:
        self._hosts = frozenset(host.casefold() for host in hosts)
        self._held = ""

    def feed(self, text: str) -> str:
        """What of the text so far is certain; the word at its end is held back."""
        self._held += text
        words = _WORD.findall(self._held)
        last = words.pop() if words else ""
        done = "".join(self._cleaned(word) for word in words)
        while len(last) > _LONGEST:
            done += self._cleaned(last[:_LONGEST]) + " "
            last = last[_LONGEST:]
        self._held = last
        return done

    def finish(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return self._cleaned(held)

    def cleaned(self, text: str) -> str:
        """A whole text, whatever was fed."""
        one = Links(self._hosts)
        return one.feed(text) + one.finish()

    def _cleaned(self, word: str) -> str:
        if len(word) > _LONGEST:
            cuts = range(0, len(word), _LONGEST)
            return " ".join(self._cleaned(word[at : at + _LONGEST]) for at in cuts)
        for markup, instead in _APART:
            word = markup.sub(instead, word)
        return _SCRIPT.sub(_named, _URL.sub(self._linked, word))

    def _linked(self, found: re.Match[str]) -> str:
        url = found[0].rstrip(".,;:!?")
        allowed = _ALLOWED.fullmatch(url)
        if allowed and allowed["host"].casefold() in self._hosts:
            return found[0]
        host = _HOST.match(url)
        name = (host[1] if host else "")[:100].strip(".-")
        return f"\u2039link to {name.replace('.', ' dot ') or 'elsewhere'} left out\u203a"


def _named(found: re.Match[str]) -> str:
    return found[0].replace(":", " :")
