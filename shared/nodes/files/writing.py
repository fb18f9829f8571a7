"""How files are written."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from shared.graph import Data
from shared.nodes.config import NodeConfig, Widget
from shared.nodes.files.paths import confined
from shared.nodes.ports import Files

_LETTERS: Final = {"w": "overwrite", "a": "append"}
Mode = Annotated[
    Literal["overwrite", "append", "new"],
    BeforeValidator(lambda raw: _LETTERS.get(raw, raw) if isinstance(raw, str) else raw),
]


class WriteConfig(NodeConfig):
    """How a file is written."""

    mode: Mode = Field(
        "overwrite", description="Instead of what was there, behind it, or under a free name"
    )
    content: Annotated[Any, Widget("textarea")] = Field(
        None, description="A text as it is, anything else as JSON; nothing is the item"
    )


async def write_file(
    files: Files, config: WriteConfig, path: str, data: Data, key: str
) -> dict[str, Any]:
    """Writes, once per key; where it is now."""
    path = confined(path)
    content = dict(data) if config.content in (None, "") else config.content
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    body = text.encode()
    if config.mode == "append":
        body += b"\n"
        await files.append(path, body, key)
    elif config.mode == "new":
        path = await files.create(path, body, key)
    else:
        await files.write(path, body)
    return {"file_path": path, "bytes": len(body)}
