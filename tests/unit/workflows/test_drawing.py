"""Seed 001's paths of workflows, nodes and connections: one domain, two spellings."""

from __future__ import annotations

import pytest

from shared.workflows.drawing import moved
from tests.unit.workflows.building import Api
from tests.unit.workflows.test_workflows import JO


@pytest.fixture
def api():
    return Api()


def test_a_workflow_under_both_paths_is_one(api):
    body = {"name": "Mail", "workflow_type": "api", "tags": ["a"], "env": {"KEY": "v"},
            "category": "sales", "runtime_state": {"n": 1.5}}  # fmt: skip
    made = api.post("/workflow/", body, 201)
    assert (made["status"], made["runs_count"], made["task_id"]) == ("inactive", 0, None)
    assert {key: made[key] for key in body} == body
    ours = api.get(f"/workflows/{made['id']}/")
    assert (ours["name"], ours["definition"]["env"]) == ("Mail", {"KEY": "v"})
    where = f"/workflow/{made['id']}/"
    changed = api("PATCH", where, json={"env": {"KEY": "w"}, "description": "d"}).json()
    assert (changed["env"], changed["description"], changed["tags"]) == ({"KEY": "w"}, "d", ["a"])
    put = api("PUT", where, json={**changed, "name": "Post"}).json()
    assert (put["name"], put["env"], put["workflow_type"]) == ("Post", {"KEY": "w"}, "api")
    bare = api("PUT", where, json={"name": "Bare", "workflow_type": "api"}).json()
    assert (bare["tags"], bare["env"], bare["description"]) == ([], {}, "")
    assert [one["id"] for one in api.get("/workflow/")] == [made["id"]]
    stale = api("PATCH", where, json={"name": "x"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert api("DELETE", where).status_code == 204
    assert api("GET", where).status_code == 404


def test_the_list_has_pages(api):
    ids = [api.post("/workflow/", {"name": f"w{n}"}, 201)["id"] for n in range(3)]
    first = api("GET", "/workflow/", params={"limit": 2})
    assert [one["id"] for one in first.json()] == ids[:0:-1]
    following = first.headers["link"].split(">")[0].removeprefix("<")
    assert [one["id"] for one in api.get(following)] == ids[:1]


def test_a_status_is_not_set_by_hand(api):
    refused = api("POST", "/workflow/", json={"name": "x", "status": "active"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "status")


def test_a_copy_has_the_environment_too(api):
    """Seed 001 lost it."""
    made = api.post("/workflow/", {"name": "A", "env": {"KEY": "v"}}, 201)
    copy = api.post(f"/workflow/{made['id']}/duplicate/", None, 201)
    assert (copy["name"], copy["env"]) == ("A (Copy)", {"KEY": "v"})


def test_nodes_and_connections_one_at_a_time(api):
    where, (first, second) = api.drawn("start", "transform")
    (edge,) = api.get(f"{where}/connections/")
    assert (edge["source"], edge["target"], edge["sourceHandle"]) == (first, second, "default")
    values = {"output": {"text": "{{ data.name }}"}}
    changed = api("PATCH", f"{where}/nodes/{second}/", json={"form_values": values, "name": "T"})
    assert (changed.json()["form_values"], changed.json()["warnings"]) == (values, [])
    placed = api("PATCH", f"{where}/nodes/{second}/position/", json={"x": 5, "y": -7.5}).json()
    assert (placed["x"], placed["position"], placed["name"]) == (5, {"x": 5, "y": -7.5}, "T")
    again = api("PATCH", f"{where}/nodes/{second}/position/", json={"position": {"x": 1, "y": 2}})
    assert again.json()["y"] == 2
    ours = api.get(where.replace("workflow", "workflows"))["definition"]
    assert ours["nodes"][1]["config"] == values
    assert api("DELETE", f"{where}/nodes/{first}/remove/").status_code == 204
    assert api.get(f"{where}/connections/") == []
    assert [one["id"] for one in api.get(f"{where}/nodes/")] == [second]
    assert api("GET", f"{where}/nodes/{first}/").json()["error_code"] == "NODE_NOT_FOUND"


def test_a_node_says_what_its_form_lacks(api):
    where, (node,) = api.drawn("http-request")
    assert [one["field"] for one in api.get(f"{where}/nodes/{node}/")["warnings"]] == ["url"]


@pytest.mark.parametrize("template", ["transform", {"type": "transform"}, {"id": "transform"}])
def test_a_template_is_named_in_several_ways(api, template):
    where, _ = api.drawn()
    body = {"nodeTemplate": template, "position": {"x": 1, "y": 2}, "form_values": {"output": {}}}
    assert api.post(f"{where}/nodes/add/", body, 201)["node_type"] == "transform"


def test_a_type_that_is_none_is_refused(api):
    where, _ = api.drawn()
    refused = api("POST", f"{where}/nodes/add/", json={"nodeTemplate": "no-such"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "nodeTemplate")


def test_what_could_never_be_meant_is_refused(api):
    where, (first, second) = api.drawn("start", "transform")
    bodies = [
        ({"source": "none", "target": second}, "source"),
        ({"source": first, "target": "none"}, "target"),
        ({"source": first, "target": second}, "connected already"),
        ({"source": first, "target": second, "sourceHandle": "Default"}, "connected already"),
        ({"source": first, "target": first}, "lead to itself"),
    ]
    for body, told in bodies:
        refused = api("POST", f"{where}/connections/add/", json=body)
        assert refused.status_code == 400
        assert told in refused.json()["detail"]
    taken = api("POST", f"{where}/nodes/", json={"id": first, "nodeTemplate": "end"})
    assert taken.status_code == 400


def test_handles_are_one_in_any_spelling(api):
    """`Yes` and `yes` are one way out, `subdag` is the body of a loop."""
    where, (_, choice, end) = api.drawn("start", "condition", "end")
    yes = {"source_node": choice, "target_node": end, "source_handle": "Yes"}
    made = api.post(f"{where}/connections/", yes, 201)
    assert (made["sourceHandle"], made["label"]) == ("yes", "Yes")
    assert api("POST", f"{where}/connections/", json={**yes, "source_handle": "YES"}).is_error
    loop = api.post(f"{where}/nodes/add/", {"nodeTemplate": "for-each"}, 201)["id"]
    body = {"source": loop, "target": end, "sourceHandle": "subdag"}
    made = api.post(f"{where}/connections/add/", body, 201)
    assert (made["sourceHandle"], made["label"]) == ("body", "Body")


def test_a_connection_moves_and_goes(api):
    where, (start, _, two) = api.drawn("start", "transform", "end")
    first, second = (each["id"] for each in api.get(f"{where}/connections/"))
    at = f"{where}/connections/{first}"
    moved = api("PATCH", f"{at}/", json={"target": two}).json()
    assert (moved["source"], moved["target"]) == (start, two)
    order = [each["id"] for each in api.get(f"{where}/connections/")]
    assert order == [moved["id"], second]
    assert api("GET", f"{at}/").json()["error_code"] == "CONNECTION_NOT_FOUND"
    twice = api("PUT", f"{where}/connections/{second}/", json={"source": start})
    assert twice.status_code == 400
    assert api("DELETE", f"{where}/connections/{second}/remove/").status_code == 204
    assert len(api.get(f"{where}/connections/")) == 1


def test_the_canvas_has_all_that_is_drawn(api):
    where, (counter, choice, loop) = api.drawn("counter", "condition", "for-each")
    found = api.get(f"{where}/canvas_data/")
    ports = {one["id"]: one["ports"] for one in found["nodes"]}
    assert ports[counter]["inputs"] == []
    outs = {node: {p["id"]: p["label"] for p in each["outputs"]} for node, each in ports.items()}
    assert outs[counter] == {"default": "", "error": "Error"}
    assert outs[choice].items() >= {"yes": "Yes", "no": "No"}.items()
    assert outs[loop] == {"body": "Body", "default": "Out", "error": "Error"}
    assert [one["node_type"]["category"] for one in found["nodes"]] == ["producers", "flow", "flow"]
    assert len(found["edges"]) == 2
    assert found["workflow"]["name"] == "Chain"
    raw = api.get(f"{where}/rawconfig/")
    assert [one["type"] for one in raw["nodes"]] == ["counter", "condition", "for-each"]


def test_a_canvas_of_unknown_types_can_be_drawn(api):
    nodes = [{"id": "a", "type": "gone"}, {"id": "b", "type": "end"}]
    edges = [{"source": "a", "target": "b", "sourceHandle": "done"}]
    made = api.create(definition={"nodes": nodes, "edges": edges})
    found = api.get(f"/workflow/{made['id']}/canvas_data/")["nodes"][0]
    assert found["node_type"]["known"] is False
    assert [port["id"] for port in found["ports"]["outputs"]] == ["default", "done"]


def test_two_who_draw_at_once_lose_nothing(api):
    where, (first,) = api.drawn("start")
    raced = []

    def race(batch):
        if not raced:
            raced.append(True)
            workflows = api.app.state.building.workflows
            workflows.redraw(JO, where.split("/")[-1], lambda graph: moved(graph, first, 9, 9))

    api.tables.before_transact = race
    api.post(f"{where}/nodes/add/", {"nodeTemplate": "end"}, 201)
    found = api.get(f"{where}/nodes/")
    assert (found[0]["x"], len(found)) == (9, 2)


def test_only_api_workflows_are_activated(api):
    where, _ = api.drawn("start", "end", kind="production")
    for step in ("activate", "deactivate"):
        refused = api("POST", f"{where}/{step}/")
        assert (refused.status_code, refused.json()["success"]) == (400, False)


def test_activating_publishes_what_is_drawn(api):
    where, (_, end) = api.drawn("start", "end")
    on = api.post(f"{where}/activate/", None)
    assert (on["status"], on["published"]) == ("active", 1)
    assert api.post(f"{where}/activate/", None)["published"] == 1
    api("DELETE", f"{where}/nodes/{end}/")
    assert api.get(f"{where}/")["published"] == 1
    assert api.post(f"{where}/activate/", None)["published"] == 2
    assert api.post(f"{where}/deactivate/", None)["status"] == "inactive"


def test_what_cannot_run_is_not_activated(api):
    where, _ = api.drawn("start", "http-request")
    refused = api("POST", f"{where}/activate/")
    assert (refused.status_code, refused.json()["error_code"]) == (422, "VALIDATION_ERROR")
    assert api.get(f"{where}/")["status"] == "inactive"
