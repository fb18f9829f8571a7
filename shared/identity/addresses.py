"""E-mail addresses and names to sign in with, as they are compared."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

_PATTERN = r"^\s*[^@\s]{1,64}@[^@\s]+\.[^@\s.]+\s*$"


def same(text: str) -> str:
    """One spelling for all: a pool that told cases apart would let two people share an address."""
    return text.strip().lower()


Address = Annotated[str, Field(max_length=254, pattern=_PATTERN), AfterValidator(same)]
Username = Annotated[
    str, Field(min_length=3, max_length=64, pattern=r"^[A-Za-z0-9._-]+$"), AfterValidator(same)
]
Password = Annotated[str, Field(min_length=1, max_length=256)]
PersonName = Annotated[str, Field(min_length=1, max_length=200)]
