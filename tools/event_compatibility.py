"""Whether a published version of an event type still says what it said.

The committed schemas are what was published. A version may gain optional fields and better words;
anything else breaks who reads it, or what is stored, and needs a new version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

Schema = Mapping[str, Any]

_WORDS: Final = frozenset(
    {"title", "description", "examples", "default", "$schema", "$defs", "pii"}
)
"""What a schema says to people alone."""
_FIELDS: Final = ("properties", "required")


def broken(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """What new schemas break of those in a folder, a sentence each.

    Args:
        folder: where the published schemas lie, a file per type and version.
        wanted: the schemas as the code has them, by file name.
    """
    found: list[str] = []
    for path in sorted(folder.glob("*.json")):
        before = json.loads(path.read_text())
        if path.name not in wanted:
            found.append(f"{path.stem} was published and is gone; keep it, by `earlier`")
            continue
        after = json.loads(wanted[path.name])
        for where, what in differences(before, after):
            found.append(f"{path.stem}: {where} {what}; publish a new version instead")
    return found


def differences(before: Schema, after: Schema) -> list[tuple[str, str]]:
    """Where one schema breaks another, and how."""
    return list(_compared("", before, after, before, after))


def _compared(
    path: str, old: Schema, new: Schema, old_root: Schema, new_root: Schema
) -> Iterator[tuple[str, str]]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    yield from _fields(path, old, new, old_root, new_root)
    rest = (old.keys() | new.keys()) - _WORDS - set(_FIELDS)
    for key in sorted(rest):
        here, there = old.get(key), new.get(key)
        if isinstance(here, dict) and isinstance(there, dict):
            yield from _compared(path or key, here, there, old_root, new_root)
        elif _plain(here, old_root) != _plain(there, new_root):
            yield path or "the event", f"had {key} {_told(here)} and has {_told(there)}"


def _fields(
    path: str, old: Schema, new: Schema, old_root: Schema, new_root: Schema
) -> Iterator[tuple[str, str]]:
    before, after = old.get("properties", {}), new.get("properties", {})
    must, must_now = set(old.get("required", ())), set(new.get("required", ()))
    for name, field in before.items():
        at = f"{path}.{name}" if path else name
        if name not in after:
            yield at, "was removed"
            continue
        if name in must and name not in must_now:
            yield at, "was always there and may be absent now"
        if name not in must and name in must_now:
            yield at, "might be absent and is required now"
        yield from _compared(at, field, after[name], old_root, new_root)
    for name in after.keys() - before.keys():
        if name in must_now:
            yield f"{path}.{name}" if path else name, "is new and required"


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["$defs"][str(schema["$ref"]).rpartition("/")[2]]
    return schema


def _plain(value: Any, root: Schema) -> Any:
    """A part of a schema without references and words, to be compared whole."""
    if isinstance(value, dict):
        found = _resolved(value, root)
        return {key: _plain(part, root) for key, part in found.items() if key not in _WORDS}
    if isinstance(value, list):
        return [_plain(part, root) for part in value]
    return value


def _told(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value)
