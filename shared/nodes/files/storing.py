"""Reading or writing as the executor's storage nodes do: one node, either way (seed 003)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import AliasChoices, Field

from shared.graph import Data
from shared.nodes.files.reading import ReadConfig, read_files
from shared.nodes.files.writing import WriteConfig, write_file
from shared.nodes.ports import Files

_CONTENTS: Final = ("data", "items", "output", "content")


class StorageConfig(ReadConfig):
    """Which way."""

    mode: Literal["read", "write"] = "read"
    overwrite: bool = Field(True, description="For write: else a free name with a number is taken")
    batch_size: int = Field(100, ge=1, le=10_000)
    lines: int = Field(10, ge=1, le=10_000, validation_alias=AliasChoices("lines", "tail_lines"))


async def store(
    files: Files, config: StorageConfig, path: str, glob: str, data: Data, key: str
) -> dict[str, Any]:
    """Reads, or writes what came.

    Raises:
        ValueError: there is nothing to write.
    """
    if config.mode == "read":
        listed = not path and not glob
        used = config.model_copy(update={"read_mode": "list"}) if listed else config
        return await read_files(files, used, path, "**" if listed else glob)
    content = contents(data)
    if content in (None, "", [], {}):
        raise ValueError(f"{path or 'the node'} has no data to write; lead something into it")
    how = WriteConfig(mode="overwrite" if config.overwrite else "new", content=content)
    return {"status": "written", **await write_file(files, how, path, data, key)}


def contents(data: Mapping[str, Any]) -> Any:
    """What is written: what the node before it read or made, else the whole item."""
    return next((data[name] for name in _CONTENTS if name in data), dict(data))
