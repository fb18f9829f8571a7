"""Files of the tenant's own space."""

from __future__ import annotations

from typing import Any

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.example import Example
from shared.nodes.files.reading import PathReadConfig, read_files
from shared.nodes.ports import FILES, Files

READ_RESULT = {
    "file_path": "Of the file; with a glob files is a list of such results",
    "read_mode": "As configured",
    "data": "full: the text",
    "items": "lines and tail: the lines; batch: lists of lines",
    "total_lines": "lines and batch: how many",
    "total_batches": "batch: how many",
    "paths": "list: the paths, in order",
}


class FileReaderNode(BlockingNode[PathReadConfig]):
    """Reads one file, or all that a pattern names; none outside the space."""

    type = "file-reader"
    Config = PathReadConfig
    label = "Read file"
    description = "Reads files of your space: whole, lines, batches, tail"
    needs = frozenset({FILES})
    result = READ_RESULT
    example = Example(
        {"path": "in/leads.jsonl", "read_mode": "lines", "parse_json_lines": True},
        {},
        {
            "file_reader": {
                "file_path": "in/leads.jsonl",
                "read_mode": "lines",
                "total_lines": 2,
                "items": [{"name": "Ada"}, {"name": "Bob"}],
            }
        },
    )

    async def execute(
        self, config: PathReadConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Reads."""
        port: Files = context.ports[FILES]
        return await read_files(port, config, config.path, config.glob)
