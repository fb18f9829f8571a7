"""Writes every file that is generated from code, or says which are out of date.

`python -m tools.generate` writes; `python -m tools.generate --check` changes nothing and fails with
a sentence that says what to run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from shared.events.catalog.registry import InvalidEventDataError
from tools.asyncapi_document import document as asyncapi
from tools.consumers_document import document as consumers_document
from tools.event_compatibility import broken
from tools.event_documents import contents as event_documents
from tools.nodes_document import document as nodes_document
from tools.offline_model_document import document as offline_model_document
from tools.patterns_document import document as patterns_document
from tools.pipelines_document import catalogue as pipelines_catalogue
from tools.pipelines_document import document as pipelines_document
from tools.rights_document import document as rights
from tools.settings_document import example as settings_example
from tools.settings_document import table as settings_table

ROOT = Path(__file__).parent.parent


def apps() -> list[FastAPI]:
    """The applications behind the HTTP API."""
    from functions.crm.app import create_app as crm
    from functions.crm.settings import CrmSettings
    from functions.identity.app import create_app as identity
    from functions.identity.settings import IdentitySettings
    from functions.workflow_loops.app import create_app as workflows
    from functions.workflow_loops.settings import WorkflowSettings
    from tools.chat_application import described as chat

    told: dict[str, Any] = {
        **{"allowed_origins": [], "allowed_hosts": [], "max_body_bytes": 1},
        **{"audit_table": "", "inbox_table": "", "tenant_units": 1, "address_units": 1},
        "publish_per_minute": 1,
    }
    return [
        crm(CrmSettings.model_construct(**told)),
        identity(IdentitySettings.model_construct(**told)),
        workflows(WorkflowSettings.model_construct(**told)),
        chat(),
    ]


def openapi(described: Sequence[FastAPI]) -> str:
    """One OpenAPI document of all of them."""
    first, *others = (app.openapi() for app in described)
    for other in others:
        _merge(first["paths"], other["paths"])
        for kind, parts in other["components"].items():
            _merge(first["components"].setdefault(kind, {}), parts)
    first["info"]["title"] = "Millrace"
    return json.dumps(first, indent=2, ensure_ascii=False) + "\n"


def _merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    clash = sorted(name for name in into.keys() & other.keys() if into[name] != other[name])
    if clash:
        raise ValueError(f"two applications describe {', '.join(clash)}; rename one of them")
    into |= other


def flow_schema() -> str:
    """The JSON Schema of flows."""
    from shared.graph.loaders import json_schema

    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def generated() -> dict[Path, str]:
    """Every generated file and what it must contain."""
    files = {Path("events") / name: text for name, text in event_documents().items()}
    described = apps()
    files[Path("docs/openapi.json")] = openapi(described)
    files[Path("docs/rights.md")] = rights(described)
    files[Path("docs/flow.schema.json")] = flow_schema()
    files[Path("docs/consumers.md")] = consumers_document()
    files[Path("docs/nodes.md")] = nodes_document()
    files[Path("docs/offline-model.md")] = offline_model_document()
    files[Path("docs/asyncapi.json")] = asyncapi()
    files[Path("docs/patterns.md")] = patterns_document()
    files[Path("docs/pipeline-nodes.md")] = pipelines_document()
    files[Path("functions/crm/pipelines.json")] = pipelines_catalogue()
    files[Path(".env.example")] = settings_example()
    files[Path("docs/settings.md")] = settings_table()
    return files


def stale(root: Path = ROOT) -> list[Path]:
    """Generated files that differ from what the code says, and files nobody generates any more."""
    wanted = generated()
    differing = [
        path
        for path, text in wanted.items()
        if not (root / path).is_file() or (root / path).read_text() != text
    ]
    left_over = [
        path.relative_to(root)
        for folder in ("events/schemas", "events/samples", "events/aws")
        for path in (root / folder).glob("*.json")
        if path.relative_to(root) not in wanted
    ]
    return sorted([*differing, *left_over])


def breaking(root: Path) -> list[str]:
    """What the catalogue breaks of the schemas that were published, a sentence each."""
    folder = Path("events/schemas")
    wanted = {path.name: text for path, text in generated().items() if path.parent == folder}
    return broken(root / folder, wanted)


def main(arguments: list[str]) -> int:
    """Writes or checks; the process's exit code."""
    try:
        changed = stale()
    except InvalidEventDataError as error:
        print(f"{error}: mend the sample beside the model, then run `make generate`.")
        return 1
    if problems := breaking(ROOT):
        print("\n".join(problems))
        return 1
    if "--check" in arguments:
        if changed:
            names = ", ".join(map(str, changed))
            print(f"Out of date: {names}. Run `make generate` and commit what it writes.")
        return 1 if changed else 0
    wanted = generated()
    for path in changed:
        target = ROOT / path
        if path in wanted:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(wanted[path])
        else:
            target.unlink()
        print(f"wrote {path}" if path in wanted else f"removed {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
