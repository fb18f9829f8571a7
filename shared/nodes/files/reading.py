"""How files are read: whole, by lines, in batches, from their end."""

from __future__ import annotations

import codecs
import json
from collections.abc import Sequence
from typing import Any, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from shared.graph import NodeFailedError
from shared.nodes.config import NodeConfig
from shared.nodes.files.paths import confined, fixed_part, matches
from shared.nodes.ports import Files, NoFileError

MAX_BYTES: Final = 3_000_000
MOST_FILES: Final = 1_000
_BLOCK: Final = 65_536


class ReadConfig(NodeConfig):
    """How files are read."""

    read_mode: Literal["full", "lines", "batch", "tail", "list"] = Field(
        "full", description="As one text, line by line, in batches of lines, its last lines, "
        "or only the paths",
    )  # fmt: skip
    lines: int = Field(10, ge=1, le=10_000, description="For tail: how many")
    batch_size: int = Field(100, ge=1, le=10_000, description="For batch: lines in each")
    parse_json_lines: bool = Field(False, description="Whether each line is JSON")
    encoding: str = "utf-8"
    max_bytes: int = Field(1_000_000, ge=1, le=MAX_BYTES, description="Of all files together")

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            codecs.lookup(name)
        except LookupError:
            raise ValueError(f"there is no encoding {name!r}; utf-8 is one") from None
        return name


class PathReadConfig(ReadConfig):
    """Which files."""

    path: str = Field("", description="reports/march.csv")
    glob: str = Field("", description="reports/*.csv; ** is any number of folders")

    @field_validator("path", "glob")
    @classmethod
    def _inside(cls, value: str) -> str:
        return confined(value) if value and "{{" not in value else value

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.path) == bool(self.glob):
            raise ValueError("write either a path or a glob")
        return self


async def read_files(files: Files, config: ReadConfig, path: str, glob: str) -> dict[str, Any]:
    """What is in one file, or in all that a pattern names."""
    if path:
        if config.read_mode == "list":
            return {"paths": await found_paths(files, f"{confined(path)}/**")}
        return await _one(files, config, confined(path), config.max_bytes)
    paths = await found_paths(files, confined(glob))
    if config.read_mode == "list":
        return {"paths": paths}
    left, read = config.max_bytes, []
    for each in paths:
        size = min(await files.size(each) or 0, left + 1)
        read.append(await _one(files, config, each, left))
        left -= size
    return {"files": read}


async def found_paths(files: Files, pattern: str) -> list[str]:
    """The paths of a pattern, in order.

    Raises:
        NodeFailedError: there are too many to look at.
    """
    listed = await files.list(fixed_part(pattern), MOST_FILES + 1)
    if len(listed) > MOST_FILES:
        raise NodeFailedError("TooManyFiles", f"more than {MOST_FILES} files; narrow {pattern!r}")
    return [path for path in listed if matches(path, pattern)]


async def _one(files: Files, config: ReadConfig, path: str, most: int) -> dict[str, Any]:
    size = await files.size(path)
    if size is None:
        raise NoFileError(f"there is no file {path!r}")
    told: dict[str, Any] = {"file_path": path, "read_mode": config.read_mode}
    if config.read_mode == "tail":
        lines = await _last_lines(files, path, size, config)
        return {**told, "items": _items(lines, config, None)}
    if size > most:
        raise NodeFailedError(
            "FileTooLarge", f"{path}: {size:,} bytes are more than {most:,}; read its tail, or less"
        )
    text = _text(await files.read(path, 0, size), path, config)
    if config.read_mode == "full":
        return {**told, "data": text}
    items = _items(text.splitlines(), config, 1)
    told["total_lines"] = len(items)
    if config.read_mode == "lines":
        return {**told, "items": items}
    by = config.batch_size
    batches = [items[start : start + by] for start in range(0, len(items), by)]
    return {**told, "items": batches, "total_batches": len(batches), "batch_size": by}


async def _last_lines(files: Files, path: str, size: int, config: ReadConfig) -> list[str]:
    """Reads blocks from the end until there are enough lines."""
    held = b""
    start = size
    while start > 0 and held.rstrip(b"\n").count(b"\n") < config.lines:
        if len(held) >= config.max_bytes:
            raise NodeFailedError("FileTooLarge", f"{path}: its last lines are too long")
        start, end = max(0, start - _BLOCK), start
        held = await files.read(path, start, end - start) + held
    whole = held if start == 0 else held[held.index(b"\n") + 1 :]
    return _text(whole, path, config).splitlines()[-config.lines :]


def _text(body: bytes, path: str, config: ReadConfig) -> str:
    try:
        return body.decode(config.encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is no {config.encoding}: {error.reason}") from None


def _items(lines: Sequence[str], config: ReadConfig, first: int | None) -> list[Any]:
    if not config.parse_json_lines:
        return list(lines)
    items = []
    for number, line in enumerate(lines, start=first or 0):
        if line.strip():
            try:
                items.append(json.loads(line))
            except ValueError as error:
                where = f"line {number}" if first else f"{line!r:.80}"
                raise ValueError(f"{where} is no JSON: {error}") from None
    return items
