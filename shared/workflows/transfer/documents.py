"""Documents: written from workflows, read from whatever is put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from pydantic import ValidationError

from shared.graph import NodeRegistry
from shared.platform.clock import Clock, iso, utc_now
from shared.workflows.errors import DrawingRefusedError
from shared.workflows.publishing import Publishing
from shared.workflows.transfer.placeholders import (
    Need,
    without_credentials,
    without_placeholders,
)
from shared.workflows.workflow import NewWorkflow, Workflow
from shared.workflows.workflows import Caller, Workflows

FORMAT: Final = "millrace.workflow"
MANY: Final = "millrace.workflows"
VERSION: Final = 1
MOST: Final = 50
"""Workflows that are put in, or taken out, at once."""
_NAME: Final = "Imported workflow"
_BESIDE: Final = ("description", "category", "tags")
_OUTSIDE: Final = frozenset({"id", "category", "tags"})
"""What a graph of ours has no place for, or has from us."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A workflow that was put in, and what has to be given anew before it runs."""

    workflow: Workflow
    needs: list[Need]


class Transfer:
    """Takes workflows out and puts them in."""

    def __init__(
        self,
        workflows: Workflows,
        publishing: Publishing,
        registry: NodeRegistry,
        clock: Clock = utc_now,
    ) -> None:
        self._workflows, self._publishing = workflows, publishing
        self._registry, self._clock = registry, clock

    def taken_out(self, tenant: str, workflow_id: str, number: int | None = None) -> dict[str, Any]:
        """A workflow's draft, or one of its versions, as a document."""
        workflow = self._workflows.get(tenant, workflow_id)
        graph = self._publishing.graph(tenant, workflow_id, number)
        definition, needs = without_credentials(graph, self._registry)
        fields = workflow.model_dump(mode="json", include={"name", "type", *_BESIDE})
        return {
            "format": FORMAT, "version": VERSION, "exported_at": iso(self._clock()), **fields,
            "workflow_version": number, "definition": definition,
            "needs": [asdict(need) for need in needs],
        }  # fmt: skip

    def all_taken_out(self, tenant: str, limit: int, before: str | None) -> dict[str, Any]:
        """A tenant's workflows as one document, a page at a time."""
        found, more = self._workflows.page(tenant, limit=min(limit, MOST), before=before)
        documents = [self.taken_out(tenant, one.id) for one in found]
        return {
            "format": MANY, "version": VERSION, "exported_at": iso(self._clock()),
            "workflows": documents, "before": found[-1].id if more else None,
        }  # fmt: skip

    def put_in(self, caller: Caller, raw: Mapping[str, Any]) -> list[Imported]:
        """The workflows of a document of ours, or of one of the formats before.

        Raises:
            DrawingRefusedError: it is no document that can be read.
            WorkflowValidationError: a definition is of no format that can be read.
        """
        documents = _documents(raw)
        news = [_new(document) for document in documents]
        for new, _ in news:
            self._workflows.check_readable(new)
        return [Imported(self._workflows.create(caller, new), needs) for new, needs in news]


def _documents(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The single documents; all are looked at before any is put in."""
    version = raw.get("version")
    known = raw.get("format") in (FORMAT, MANY)
    if known and (not isinstance(version, int) or not 1 <= version <= VERSION):
        fix = f"send version {VERSION}, or bring this system up to date"
        raise DrawingRefusedError("version", f"{version!r:.40} cannot be read here", fix)
    if raw.get("format") != MANY:
        return [raw]
    found = raw.get("workflows")
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise DrawingRefusedError("workflows", "not a list of documents", "send a list")
    if not 1 <= len(found) <= MOST:
        raise DrawingRefusedError("workflows", f"{len(found)} of them", f"send 1 to {MOST}")
    if any(each.get("format") == MANY for each in found):
        fix = "send the workflows of each list by themselves"
        raise DrawingRefusedError("workflows", "a list within the list", fix)
    return [each for one in found for each in _documents(one)]


def _new(document: Mapping[str, Any]) -> tuple[NewWorkflow, list[Need]]:
    inner = document.get("definition")
    if inner is None and ("nodes" in document or "connections" in document):
        inner = document
    if isinstance(inner, Mapping) and inner.get("format") == FORMAT:
        return _new({**inner, **{k: v for k, v in document.items() if k != "definition" and v}})
    if not isinstance(inner, Mapping):
        fix = "send an export of ours, or a graph with nodes and edges or connections"
        raise DrawingRefusedError("definition", "no workflow was found in it", fix)
    definition, needs = without_placeholders(inner)
    name = str(document.get("name") or inner.get("name") or _NAME)[:100]
    fields = {key: document[key] for key in _BESIDE if document.get(key)}
    kept = {key: value for key, value in definition.items() if key not in _OUTSIDE}
    try:
        named = {"name": name, **fields, "definition": {**kept, "name": name}}
        return NewWorkflow.model_validate(named), needs
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise DrawingRefusedError(field, first["msg"], "mend it and send it again") from None
