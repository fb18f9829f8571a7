"""The text of a new pipeline: its folder, a node per step, and a test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

PIPELINES: Final = Path("functions") / "pipeline_nodes"
_LINE: Final = 100

_PIPELINE: Final = '''"""Its shape, and the events that start it."""

from shared.pipelines.definition import create_pipeline

pipeline = create_pipeline(
    "{pipeline}",
{nodes}
    starts_on={types},
)
'''

_NODE: Final = '''"""The step {node}."""

from __future__ import annotations

from typing import Any

from shared.pipelines.node import Context, node


@node
def {node}(data: dict[str, Any], context: Context) -> dict[str, Any]:
    """Adds `{node}`; write here what this step decides or does."""
    return {{**data, "{node}": "done"}}


handler = {node}.handler
'''

_TEST: Final = '''"""The pipeline {name}, in this process."""

from __future__ import annotations

{imports}
from shared.pipelines.inline import run_inline

NODES = {{
{names}
}}


def test_every_node_adds_its_part():
    item = run_inline(pipeline, NODES.__getitem__, {{"name": "Ann"}})
    assert [entry["node"] for entry in item["trace"]] == list(NODES)
    assert item["data"] == {{"name": "Ann"}} | dict.fromkeys(NODES, "done")
'''


def pipeline_name(name: str) -> str:
    """The name of the pipeline in a folder."""
    return f"{name}_pipeline"


def test_path(name: str) -> Path:
    """Where its test lies."""
    return Path("tests") / "unit" / "pipelines" / f"test_{name}_pipeline.py"


def files(name: str, types: Sequence[str], nodes: Sequence[str]) -> dict[Path, str]:
    """Every file of a new pipeline by its path in the checkout."""
    folder = PIPELINES / name
    module = f"functions.pipeline_nodes.{name}"
    return {
        folder / "__init__.py": f'"""The pipeline {name}."""\n',
        folder / "pipeline.py": _PIPELINE.format(
            pipeline=pipeline_name(name),
            nodes="\n".join(f'    "{node}",' for node in nodes),
            types=_types(types),
        ),
        **{folder / f"{node}.py": _NODE.format(node=node) for node in nodes},
        test_path(name): _TEST.format(
            name=name,
            imports="\n".join(_import(module, one) for one in sorted([*nodes, "pipeline"])),
            names="\n".join(f'    "{node}": {node},' for node in nodes),
        ),
    }


# Written as the formatter would, so that a new pipeline passes `make check` as it is.


def _types(types: Sequence[str]) -> str:
    quoted = [f'"{one}"' for one in types]
    if len(quoted) == 1:
        return f"({quoted[0]},)"
    return "\n".join(["(", *(f"        {one}," for one in quoted), "    )"])


def _import(module: str, name: str) -> str:
    flat = f"from {module}.{name} import {name}"
    return flat if len(flat) <= _LINE else f"from {module}.{name} import (\n    {name},\n)"
