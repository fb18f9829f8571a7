"""Workflows as a client draws, publishes and runs them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

ASKED = {"id": "ask", "type": "approval", "config": {"approvers": ["ada"]}}


def node(name: str, of: str, /, **config: Any) -> dict[str, Any]:
    return {"id": name, "type": of, "config": config}


def flow(nodes: list[dict[str, Any]], *edges: str, **settings: Any) -> dict[str, Any]:
    """`edges` are `a-b`, or `a.output-b`."""
    drawn = []
    for edge in edges:
        source, target = edge.split("-")
        source, _, handle = source.partition(".")
        drawn.append(
            {"source": source, "target": target, **({"sourceHandle": handle} if handle else {})}
        )
    return {"nodes": nodes, "edges": drawn, "settings": settings}


def row(nodes: list[dict[str, Any]], **settings: Any) -> dict[str, Any]:
    """Nodes one after the other."""
    names = [one["id"] for one in nodes]
    edges = [f"{one}-{other}" for one, other in pairwise(names)]
    return flow(nodes, *edges, **settings)


def fork(*between: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """Two branches and their join."""
    left = node("left", "transform", output={"left": "{{ data.x }}"})
    right = node("right", "transform", output={"right": "{{ data.x + 1 }}"})
    nodes = [node("start", "start"), left, right, *between, node("end", "end")]
    last = between[-1]["id"] if between else "right"
    after = [f"right-{between[0]['id']}"] if between else []
    return flow(nodes, "start-left", "start-right", *after, "left-end", f"{last}-end", **settings)


def asking(**settings: Any) -> dict[str, Any]:
    """A decision between start and end."""
    nodes = [node("start", "start"), ASKED, node("end", "end")]
    return flow(nodes, "start-ask", "ask.approved-end", **settings)


class Client:
    """Talks to the API of workflows."""

    def __init__(self, running: Any) -> None:
        self.at = running

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.at.http.post(f"{self.at.url}{path}", json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def published(self, definition: dict[str, Any], name: str = "w") -> str:
        workflow = self.post("/workflows/", name=name, definition=definition)["id"]
        self.publish(workflow)
        return workflow

    def publish(self, workflow: str) -> dict[str, Any]:
        return self.post(f"/workflows/{workflow}/publish/")["version"]

    def version(self, workflow: str) -> dict[str, Any]:
        return self.at.get(f"/workflows/{workflow}/versions/1/")

    def begun(self, workflow: str, **inputs: Any) -> str:
        return self.post(f"/workflows/{workflow}/execute/", inputs=inputs)["execution_id"]

    def run(self, execution: str) -> dict[str, Any]:
        return self.at.get(f"/executions/{execution}/")

    def until(self, execution: str, *statuses: str) -> dict[str, Any]:
        """The execution once it has one of these statuses."""

        def found() -> dict[str, Any] | None:
            now = self.run(execution)
            return now if now["status"] in statuses else None

        return self.at.eventually(found, 60)

    def asks(self, execution: str) -> None:
        """Returns once the run waits for the decision."""
        self.at.eventually(lambda: states(self.run(execution)).get("ask") == "waiting", 60)

    def approve(self, execution: str) -> None:
        path = f"/executions/{execution}/nodes/ask/answer/"
        self.post(path, value={"decision": "approved"}, route="approved")

    def ended(self, execution: str) -> dict[str, Any]:
        return self.until(execution, "completed", "failed", "cancelled")


def states(run: dict[str, Any]) -> dict[str, str]:
    return {name: state["status"] for name, state in run["node_states"].items()}
