"""Large values outside of the table, under the hash of what they are.

Equal values are stored once, and a value that twenty nodes hand on is written by the first.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, Protocol

from shared.graph.values import freeze

SMALL: Final = 1_024
"""Values up to so many bytes of JSON stay where they are."""
MAX_ROW: Final = 65_536
"""Bytes of JSON that a row may have; the largest values of a larger one are stored apart."""
REMEMBERED: Final = 32 * 1024 * 1024
"""Characters of stored values that a process keeps at hand."""


class Blobs(Protocol):
    """The port to large texts, whose names are their hashes: to write twice is to write once."""

    def write(self, name: str, text: str) -> None:
        """Keeps a text."""

    def read(self, name: str) -> str:
        """The text of a name."""


class Values:
    """JSON objects as rows: small values in place, large ones as references."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._known: OrderedDict[int, tuple[Any, str, int]] = OrderedDict()
        self._size = 0

    def packed(self, tenant: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """An object as it is stored: `{"here": …, "away": {key: name}}`."""
        away = {key: name for key, value in values.items() if (name := self._name(tenant, value))}
        texts = {key: _text(value) for key, value in values.items() if key not in away}
        total = sum(map(len, texts.values()))
        for key in sorted(texts, key=lambda each: len(texts[each]), reverse=True):
            if total <= MAX_ROW or len(texts[key]) <= SMALL:
                break
            total -= len(texts[key])
            away[key] = self._stored(tenant, values[key], texts.pop(key))
        here = {key: values[key] for key in texts}
        return {"here": here, "away": away} if away else {"here": here}

    def unpacked(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The object that was packed, its keys in no particular order."""
        found = dict(raw["here"])
        for key, name in raw.get("away", {}).items():
            found[key] = self._read(name)
        return found

    def _stored(self, tenant: str, value: Any, text: str) -> str:
        name = f"{tenant}/{hashlib.sha256(text.encode()).hexdigest()}"
        self._blobs.write(name, text)
        self._remember(value, name, len(text))
        return name

    def _read(self, name: str) -> Any:
        for value, known, _ in self._known.values():
            if known == name:
                return value
        text = self._blobs.read(name)
        value = freeze(json.loads(text))
        self._remember(value, name, len(text))
        return value

    def _name(self, tenant: str, value: Any) -> str | None:
        known = self._known.get(id(value))
        fits = known is not None and known[0] is value and known[1].startswith(f"{tenant}/")
        return known[1] if known and fits else None

    def _remember(self, value: Any, name: str, size: int) -> None:
        if id(value) in self._known or size > REMEMBERED:
            return
        self._known[id(value)] = (value, name, size)  # the reference keeps the identity taken
        self._size += size
        while self._size > REMEMBERED:
            _, (_, _, gone) = self._known.popitem(last=False)
            self._size -= gone


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
