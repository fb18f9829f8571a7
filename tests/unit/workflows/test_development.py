"""Development mode: nodes, paths and items of drafts that are run by whoever draws them."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from tests.unit.workflows.building import Api


@pytest.fixture
def api():
    return Api()


def config(text):
    return {"output": {"text": text}, "overwrite": False}


def transform(node, text, **more):
    return {"id": node, "type": "transform", "config": config(text), **more}


def chain(api, *nodes, edges=None, **more):
    """A workflow of these nodes in a row: where it is in seed 001's words and in ours."""
    ids = [node["id"] for node in nodes]
    row = [{"source": a, "target": b} for a, b in itertools.pairwise(ids)]
    graph = {"nodes": list(nodes), "edges": row if edges is None else edges, **more}
    made = api.create(definition=graph)
    return f"/workflow/{made['id']}", f"/workflows/{made['id']}/development"


def run(api, where, node, given=None, **more):
    body = {"node_id": node, "input_data": given, **more}
    return api("POST", f"{where}/execute_and_save_node/", json=body)


def ran(trials):
    """The ids of the nodes whose record the last trial began with."""
    return {entry["node"] for entry in trials.seen[-1]["trial"]["record"].get("entries", ())}


A, B, C = (
    transform("a", "{{ data.name }}!"),
    transform("b", "{{ data.transform.text }}?"),
    transform("c", "{{ nodes.a.text }}{{ data.transform_2.text }}"),
)


def test_nodes_one_after_the_other(api):
    where, _ = chain(api, A, B, C)
    first = run(api, where, "a", {"name": "Ada"}).json()
    assert (first["success"], first["node_type"]) == (True, "transform")
    assert first["output"]["data"] == {"name": "Ada", "transform": {"text": "Ada!"}}
    second = run(api, where, "b").json()
    assert second["input_data"] == {"name": "Ada", "transform": {"text": "Ada!"}}
    assert second["output"]["data"]["transform_2"] == {"text": "Ada!?"}
    third = run(api, where, "c").json()
    assert third["output"]["data"]["transform_3"] == {"text": "Ada!Ada!?"}
    got = api.get(f"{where}/nodes/b/output/")
    assert (got["output"], got["stale"]) == (second["output"], False)


def test_the_output_is_the_output(api):
    """Seed 001 answered with the node's configuration."""
    where, _ = chain(api, A)
    run(api, where, "a", {"name": "Ada"})
    got = api.get(f"{where}/nodes/a/output/")
    assert got["result"] == {"text": "Ada!"}
    assert "config" not in got


def test_a_missing_output_is_an_error_that_names_it(api):
    where, _ = chain(api, A, B, C)
    for answer in (run(api, where, "c"), api("GET", f"{where}/nodes/c/input/")):
        assert (answer.status_code, answer.json()["error_code"]) == (409, "OUTPUT_MISSING")
        assert "no output of a" in answer.json()["detail"]
    assert api("GET", f"{where}/nodes/c/output/").status_code == 409
    by_hand = run(api, where, "b", {"transform": {"text": "x"}}).json()
    assert by_hand["output"]["data"]["transform_2"] == {"text": "x?"}
    assert api.get(f"{where}/nodes/b/output/")["stale"] is False


def test_given_keys_win_over_those_that_arrive(api):
    where, _ = chain(api, A, B)
    run(api, where, "a", {"name": "Ada"})
    given = {"transform": {"text": "mine"}}
    assert run(api, where, "b", given).json()["output"]["data"]["transform_2"]["text"] == "mine?"
    assert api.get(f"{where}/nodes/b/input/")["input"]["transform"] == {"text": "Ada!"}


def test_a_form_that_is_run_is_kept(api):
    where, _ = chain(api, A)
    values = config("Dear {{ data.name }}")
    done = run(api, where, "a", {"name": "Ada"}, form_values=values).json()
    assert done["output"]["data"]["transform"] == {"text": "Dear Ada"}
    assert api.get(f"{where}/nodes/a/")["form_values"] == values


def test_what_is_stale_is_said(api):
    where, ours = chain(api, A, B)
    run(api, where, "a", {"name": "Ada"})
    run(api, where, "b")
    run(api, where, "a", {"name": "Bob"})
    told = api.get(f"{where}/nodes/b/output/")
    assert (told["stale"], told["why"]) == (True, "what enters it has changed since")
    api("PATCH", f"{where}/nodes/a/", json={"form_values": config("new")})
    found = {one["node_id"]: one["why"] for one in api.get(f"{ours}/outputs/")["outputs"]}
    assert found["a"] == "its form was changed since"
    api("PATCH", f"{where}/nodes/b/position/", json={"x": 1, "y": 1})
    assert api.get(f"{where}/nodes/b/output/")["why"] == "what enters it has changed since"


def test_a_path_runs_only_what_is_stale(api):
    where, ours = chain(api, A, B, C)
    first = api.post(f"{ours}/run/", {"until": "b", "input": {"name": "Ada"}})
    assert (first["success"], first["nodes"]) == (True, {"a": "completed", "b": "completed"})
    api.post(f"{ours}/run/", {"until": "c"})
    assert ran(api.trials) == {"a", "b"}
    api("PATCH", f"{where}/nodes/b/", json={"form_values": config("B")})
    again = api.post(f"{ours}/run/", {"until": "c"})
    assert ran(api.trials) == {"a"}
    assert again["output"]["transform_3"] == {"text": "Ada!B"}
    api.post(f"{ours}/run/", {"until": "c", "input": {"name": "Bob"}})
    assert ran(api.trials) == set()
    api.post(f"{ours}/run/", {"until": "c", "reuse": False})
    assert ran(api.trials) == set()
    api.post(f"{ours}/run/", {"until": "c"})
    assert ran(api.trials) == {"a", "b"}


def test_the_whole_draft_with_other_forms(api):
    where, ours = chain(api, A, B)
    forms = {"b": config("tried")}
    done = api.post(f"{ours}/run/", {"input": {"name": "Ada"}, "form_values": forms})
    assert done["output"]["transform_2"] == {"text": "tried"}
    assert api.get(f"{where}/nodes/b/")["form_values"] == B["config"]
    assert api.get(f"{where}/nodes/b/output/")["why"] == "its form was changed since"


def test_outputs_end_after_a_day_and_can_be_cleared(api):
    where, ours = chain(api, A, B)
    run(api, where, "a", {"name": "Ada"})
    assert api.post(f"{where}/clear_node_output/", {"node_id": "a"})["cleared"] == 1
    assert api("GET", f"{where}/nodes/a/output/").status_code == 409
    run(api, where, "a", {"name": "Ada"})
    rows = [item for item in api.tables.all("workflows") if item["pk"].endswith("#trials")]
    assert [row["expires_at"] for row in rows] == [int(api.clock().timestamp()) + 86_400]
    api.clock.move(seconds=86_401)
    assert api("GET", f"{where}/nodes/a/output/").status_code == 409
    api.post(f"{ours}/run/", {"input": {"name": "Ada"}})
    assert api("DELETE", f"{ours}/outputs/").json() == {"cleared": 2}
    assert api.get(f"{ours}/outputs/") == {"outputs": []}


def test_a_large_output_lies_apart(api):
    where, _ = chain(api, A)
    run(api, where, "a", {"name": "x" * 9_000, "more": "y" * 9_000})
    values = config("{{ data.name * 20 }}")
    run(api, where, "a", {"name": "x" * 9_000}, form_values=values)
    assert any("/trial/" in name for name in api.blobs.texts)
    assert len(api.get(f"{where}/nodes/a/output/")["result"]["text"]) == 180_000


def test_pins_stand_above_outputs(api):
    where, ours = chain(api, A, B)
    pinned = api("PUT", f"{ours}/pins/a/", json={"value": {"text": "pinned"}})
    assert pinned.json() == {"value": {"text": "pinned"}, "route": None}
    assert run(api, where, "b").json()["output"]["data"]["transform_2"] == {"text": "pinned?"}
    run(api, where, "a", {"name": "Ada"})
    assert api.get(f"{where}/nodes/b/input/")["input"] == {"transform": {"text": "pinned"}}
    assert list(api.get(f"{ours}/pins/")["pins"]) == ["a"]
    assert api("DELETE", f"{ours}/pins/a/").json() == {"cleared": 1}
    assert api("PUT", f"{ours}/pins/none/", json={"value": 1}).status_code == 404
    api("PUT", f"{ours}/pins/a/", json={"value": 1})
    assert api("DELETE", f"{ours}/pins/").json() == {"cleared": 1}


def test_a_pinned_choice_leads_on(api):
    nodes = [{"id": "if", "type": "condition", "config": {"expression": "data.x > 1"}},
             transform("yes", "Y"), transform("no", "N")]  # fmt: skip
    edges = [{"source": "if", "target": way, "sourceHandle": way} for way in ("yes", "no")]
    where, ours = chain(api, *nodes, edges=edges)
    assert api.post(f"{ours}/run/", {"input": {"x": 2}})["nodes"]["yes"] == "completed"
    api("PUT", f"{ours}/pins/if/", json={"value": {"result": False}, "route": "no"})
    assert "no" in api.post(f"{ours}/run/", {})["nodes"]
    not_taken = api("GET", f"{where}/nodes/yes/input/")
    assert "was not taken" in not_taken.json()["detail"]


def test_what_is_broken_elsewhere_is_no_matter(api):
    """Seed 001 validated the whole graph, and one loose node kept all others from running."""
    loose = [{"id": "x", "type": "gone"}, {"id": "y", "type": "http-request"}]
    where, _ = chain(api, A, *loose, edges=[{"source": "a", "target": "x"}])
    assert run(api, where, "a", {"name": "Ada"}).json()["success"] is True
    refused = run(api, where, "x")
    assert refused.status_code == 422
    assert "unknown node type" in refused.json()["detail"]
    assert run(api, where, "nobody").status_code == 404


LOOP = [
    {"id": "each", "type": "for-each", "config": {"items": "{{ data.list }}"}},
    transform("body", "{{ data.forEachNode.state.item }}{{ data.forEachNode.results | length }}"),
    transform("after", "{{ data.loop_results | length }}"),
]
LOOP_EDGES = [
    {"source": "each", "target": "body", "sourceHandle": "subdag"},
    {"source": "each", "target": "after"},
]


def iterate(api, where, **more):
    body = {"node_id": "each", "input_data": {"list": ["a", "b"]}, **more}
    return api.post(f"{where}/execute_for_each_iteration/", body)


def test_single_items_of_a_loop(api):
    where, _ = chain(api, *LOOP, edges=LOOP_EDGES)
    first = iterate(api, where)
    assert first["iteration_output"] == {"transform": {"text": "a0"}}
    assert first["forEachNode"]["state"] == {"index": 0, "item": "a"}
    assert first["forEachNode"]["results"] == [first["iteration_output"]]
    second = iterate(api, where)
    assert second["iteration_output"] == {"transform": {"text": "b1"}}
    assert second["forEachNode"]["input"] == ["a", "b"]
    assert iterate(api, where) == {
        "success": False, "node_id": "each", "error": "iteration_index 2 out of range [0, 2)",
    }  # fmt: skip
    assert iterate(api, where, iteration_index=0)["forEachNode"]["state"]["index"] == 0
    assert iterate(api, where, iteration_index=-1)["success"] is False
    api.post(f"{where}/clear_node_output/", {"node_id": "each"})
    assert iterate(api, where)["forEachNode"]["state"]["index"] == 0
    assert api.get(f"{where}/nodes/body/output/")["result"] == {"text": "a0"}


def test_a_loop_runs_whole_with_a_body_of_one_node(api):
    """Seed 001 never ran such a body."""
    where, _ = chain(api, *LOOP, edges=LOOP_EDGES)
    done = run(api, where, "each", {"list": ["a", "b"]}).json()
    results = done["output"]["data"]["loop_results"]
    assert [one["transform"]["text"] for one in results] == ["a0", "b1"]
    assert run(api, where, "after").json()["output"]["data"]["transform"] == {"text": 2}


def test_a_loop_that_fails_keeps_the_results_before(api):
    bad = {"id": "body", "type": "condition",
           "config": {"expression": "data.forEachNode.state.item.name == 'x'"}}  # fmt: skip
    where, _ = chain(api, LOOP[0], bad, edges=LOOP_EDGES[:1])
    given = {"list": [{"name": "x"}, {}]}
    done = run(api, where, "each", given).json()
    assert (done["success"], done["error"]["node"]) == (False, "each")
    assert len(done["output"]["data"]["loop_results"]) == 2


def test_sessions_remember_how_far_a_node_came(api):
    where, _ = chain(api, {"id": "n", "type": "counter", "config": {"max_value": 1}})

    def count(session):
        done = run(api, where, "n", session_id=session).json()
        return done["output"]["data"].get("counter", {}).get("current"), done["exhausted"]

    assert [count("s") for _ in range(3)] == [(0, False), (1, False), (None, True)]
    assert (count("other"), count(None), count(None)) == ((0, False), (0, False), (0, False))
    api.clock.move(seconds=1_801)
    assert count("s") == (0, False)


def test_a_type_runs_alone_and_its_session_is_reset(api):
    def count():
        body = {"form_data": {"max_value": 5}, "session_id": "s"}
        return api.post("/nodes/counter/execute/", body)["output"]["data"]["counter"]["current"]

    assert [count(), count()] == [0, 1]
    cleared = api.post("/nodes/counter/reset-session/", {"session_id": "s"})
    assert cleared == {"success": True, "session_id": "s", "cleared": True}
    assert count() == 0
    assert not api.post("/nodes/counter/reset-session/", {"session_id": "t"})["cleared"]
    wrong = api("POST", "/nodes/http-request/execute/", json={"form_data": {"method": "X"}})
    assert (wrong.status_code, wrong.json()["error_type"]) == (400, "FormValidationError")
    assert {one["field"] for one in wrong.json()["errors"]} >= {"url"}
    assert wrong.json()["form"]["field_order"][0] == "method"


def test_whoever_waits_too_long_is_told(api):
    slow = {"id": "s", "type": "scripted", "config": {"value": 1}}
    where, _ = chain(api, slow)
    lost = {"status": "failed", "result": None, "error": {"type": "Timeout", "message": "late"}}

    class Late:
        async def run(self, by, workflow, trial):
            record = {"entries": [], "items": []}
            return {**lost, "exhausted": False, "record": record, "partial": [], "waits_for": []}

    api.app.state.building.bench._trials = Late()
    answer = run(api, where, "s", timeout=2)
    told = answer.json()
    assert (answer.status_code, told["timeout"], told["error_type"]) == (408, 2.0, "Timeout")


def test_drafts_begin_with_their_runtime_state(api):
    where, _ = chain(api, transform("a", "{{ runtime.n }}"))
    api("PATCH", f"{where}/", json={"runtime_state": {"n": 7}})
    assert run(api, where, "a").json()["output"]["data"]["transform"] == {"text": 7}


def test_the_api_runs_nothing_itself(api):
    where, _ = chain(api, A)
    run(api, where, "a", {"name": "Ada"})
    (asked,) = api.trials.seen
    assert (asked["by"]["tenant"], asked["trial"]["mode"]) == ("acme", "node")


def test_another_tenant_and_another_member(api):
    where, ours = chain(api, A)
    run(api, where, "a", {"name": "Ada"})
    api("PUT", f"{ours}/pins/a/", json={"value": 1})
    asks = [
        ("POST", f"{where}/execute_and_save_node/", {"node_id": "a"}),
        ("POST", f"{where}/execute_for_each_iteration/", {"node_id": "a"}),
        ("POST", f"{where}/clear_node_output/", {"node_id": "a"}),
        ("GET", f"{where}/nodes/a/input/", None), ("GET", f"{where}/nodes/a/output/", None),
        ("POST", f"{ours}/run/", {}), ("GET", f"{ours}/outputs/", None),
        ("DELETE", f"{ours}/outputs/", None), ("GET", f"{ours}/pins/", None),
        ("PUT", f"{ours}/pins/a/", {"value": 1}), ("DELETE", f"{ours}/pins/", None),
        ("DELETE", f"{ours}/pins/a/", None),
    ]  # fmt: skip
    assert {api(m, p, json=b, tenant="other").status_code for m, p, b in asks} == {404}
    assert run(api, where, "a").status_code == 200
    body = {"node_id": "a"}
    others = api(
        "POST", f"{where}/execute_and_save_node/", json=body, role="sales_rep", subject="al"
    )
    assert others.status_code == 403


def test_half_an_hour_is_not_a_day():
    from shared.workflows.development import outputs, sessions

    assert (timedelta(days=1), timedelta(minutes=30)) == (outputs.LIFETIME, sessions.LIFETIME)
