"""The routes of models and tools over HTTP, on fakes and the offline model."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from functions.workflow_loops.agent_ports import AgentSettings, agent_ports
from functions.workflow_loops.asking import build
from functions.workflow_loops.problems_models import ANSWERS
from local.offline_model import Fault
from shared.llm import errors
from shared.llm.errors import BudgetExceededError, NoProviderError
from shared.nodes.agents.ports import MODELS
from tests.agents.running import run_agent
from tests.fakes.counters import MemoryCounters
from tests.fakes.graphs import REGISTRY
from tests.fakes.node_ports import node_ports
from tests.fakes.secrets import MemorySecrets
from tests.fakes.tables import MemoryTables
from tests.fakes.trials import InlineTrials
from tests.unit.workflows.test_api import Api

KEY = "sk-a-key-of-acme-0001"


class Models(Api):
    """The API with everything that models and tools need."""

    def __init__(self, **told) -> None:
        super().__init__()
        self.told = AgentSettings(
            llm_table="llm", executions_table="executions", inbox_table="inbox", **told
        )
        self.tables, self.secrets, self.counters = MemoryTables(), MemorySecrets(), MemoryCounters()
        self.nodes = node_ports()
        self.app.state.asking = build(
            self.told,
            self.tables,
            self.secrets,
            self.counters,
            InlineTrials(REGISTRY, lambda tenant: self.nodes),
        )

    def ports(self, tenant="acme"):
        return agent_ports(self.told, self.tables, self.secrets, self.counters)(tenant, "jo", "w1")


@pytest.fixture
def api(offline):
    api = Models(llm_private_addresses=True)
    api.url = offline.url
    api.scripts = offline.scripts
    api.scripts.remove(KEY)
    return api


def provider(api, **more):
    return {"name": "main", "type": "custom", "apiKey": KEY, "baseUrl": api.url,
            "defaultModel": "small", "models": ["small", "large"], **more}  # fmt: skip


def put(api, *providers, **more):
    return api("POST", "/settings/llm/", json={"providers": list(providers), **more})


def test_settings_are_replaced_and_shown_without_keys(api):
    empty = api("GET", "/settings/llm/").json()
    assert empty == {"providers": [], "iteration_limit": 10, "default_model": ""}
    done = put(api, provider(api), iteration_limit=4, default_model="large")
    assert done.status_code == 200, done.text
    shown = api("GET", "/api/settings/llm").json()
    assert shown == done.json()
    assert shown["iteration_limit"] == 4
    found = shown["providers"][0]
    assert (found["hasKey"], found["defaultModel"], found["baseUrl"]) == (True, "small", api.url)
    assert KEY not in json.dumps(shown)
    assert KEY not in json.dumps(list(api.tables.items.values()), default=str)


def test_what_was_shown_can_be_sent_back_and_keeps_its_key(api):
    shown = put(api, provider(api)).json()
    shown["providers"][0]["models"] = ["other"]
    again = api("POST", "/settings/llm/", json=shown)
    assert again.json()["providers"][0]["hasKey"]
    assert len(api.secrets.values) == 1


def test_a_provider_is_known_by_its_name_where_it_has_no_id(api):
    first = put(api, provider(api)).json()["providers"][0]["id"]
    second = put(api, provider(api, apiKey=None, enabled=False)).json()["providers"][0]
    assert (second["id"], second["hasKey"], second["enabled"]) == (first, True, False)


def test_what_is_not_named_any_more_is_removed_with_its_key(api):
    put(api, provider(api), provider(api, name="other"))
    assert len(api.secrets.values) == 2
    assert len(put(api, provider(api)).json()["providers"]) == 1
    assert len(api.secrets.values) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"type": "openai", "baseUrl": None, "apiKey": "short"}, "providers.1.key"),
        ({"type": "openai", "baseUrl": None, "apiKey": "your-key-goes-here"}, "providers.1.key"),
        ({"baseUrl": "ftp://x"}, "providers.1.base_url"),
        ({"baseUrl": None}, "providers.1.base_url"),
        ({"name": "main"}, "name"),
    ],
)
def test_a_wrong_provider_is_named_and_nothing_is_changed(api, wrong, field):
    answer = put(api, provider(api), {**provider(api, name="two"), **wrong})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert api("GET", "/settings/llm/").json()["providers"] == []
    assert api.secrets.values == {}


def test_a_key_does_not_follow_to_another_server(api):
    put(api, provider(api))
    moved = put(api, provider(api, type="openai", baseUrl=None, apiKey=None))
    assert moved.status_code == 422
    elsewhere = put(api, provider(api, baseUrl="http://127.0.0.1:9/v1", apiKey=None)).json()
    assert not elsewhere["providers"][0]["hasKey"]


def test_only_admins_change_and_nobody_unknown_sees(api):
    assert api("GET", "/settings/llm/", role="user").status_code == 200
    assert api("POST", "/settings/llm/", role="manager", json={}).status_code == 403
    assert api("GET", "/settings/llm/", tenant="").status_code == 401
    put(api, provider(api))
    assert api("GET", "/settings/llm/", tenant="other").json()["providers"] == []


def test_a_provider_is_tried_out(api):
    trial = {"type": "custom", "base_url": api.url, "api_key": KEY, "model": "small"}
    done = api("POST", "/settings/llm/test/", json=trial).json()
    assert done == {"success": True, "message": "the provider answered", "kind": None}
    api.scripts.put(KEY, [Fault(kind="key_refused")])
    done = api("POST", "/settings/llm/test/", json=trial).json()
    assert (done["success"], done["kind"]) == (False, "key_refused")
    assert KEY not in done["message"]
    kept = put(api, provider(api)).json()["providers"][0]["id"]
    assert api("POST", "/settings/llm/test/", json={"id": kept}).json()["success"]
    assert api("POST", "/settings/llm/test/", json={"id": "gone"}).status_code == 404


def test_a_private_server_is_refused_where_the_operator_did_not_allow_it(offline):
    api = Models()
    trial = {"type": "custom", "base_url": "https://127.0.0.1/v1", "model": "small"}
    done = api("POST", "/settings/llm/test/", json=trial).json()
    assert (done["success"], done["kind"]) == (False, "private_address")


def test_an_agent_asks_the_tenants_provider_within_its_policy(api):
    put(api, provider(api), iteration_limit=2, default_model="large")
    api.scripts.put(KEY, [Fault(kind="tool_loop")])
    done = run_agent(None, prompt="?", tools=["calculator"], ports=api.ports())
    assert done.error.type == "StepLimit"
    asked = api.scripts.asked(KEY)[-2:]
    assert [each["model"] for each in asked] == ["large", "large"]


def test_without_any_provider_the_node_says_so():
    done = run_agent(None, prompt="?", ports=Models().ports())
    assert done.error.type == "NoProviderError"


def test_a_run_has_a_limit_that_all_its_agents_share(api):
    put(api, provider(api))
    policy = api.app.state.asking.settings.policies
    limits = policy.get("acme").run.model_copy(update={"tokens": 3_000})
    policy.put("acme", policy.get("acme").model_copy(update={"run": limits}))
    ports = api.ports()
    codes = [run_agent(None, prompt="?", ports=ports).error for _ in range(60)]
    assert codes[0] is None
    assert codes[-1].type == "BudgetExceededError"
    assert "per run" in codes[-1].message


def test_tools_are_listed_with_their_schemas(api):
    told = api("GET", "/tools/").json()
    assert told["count"] == len(told["tools"]) == 14
    found = {tool["name"]: tool for tool in told["tools"]}
    assert found["http_request"]["egress"]
    assert found["calculator"]["parameters"]["required"] == ["expression"]
    assert api("GET", "/tools/", tenant="").status_code == 401


def test_a_tool_is_called(api):
    body = {"arguments": {"expression": "6 * 7"}}
    done = api("POST", "/tools/calculator/execute/", json=body).json()
    assert done == {"tool": "calculator", "ok": True, "result": {"result": 42}, "error": None,
                    "message": "", "cut": False}  # fmt: skip
    wrong = api("POST", "/tools/calculator/execute/", json={"arguments": {"x": 1}}).json()
    assert (wrong["ok"], wrong["error"]) == (False, "malformed_arguments")
    assert api("POST", "/tools/nope/execute/", json={}).status_code == 404
    assert api("POST", "/tools/calculator/execute/", role="user", json=body).status_code == 403


def test_arguments_are_no_templates(api):
    body = {"arguments": {"data": "1", "expression": "'{{ data.arguments }}'"}}
    done = api("POST", "/tools/json_transform/execute/", json=body).json()
    assert "arguments" not in str(done["result"])


def test_the_same_key_changes_once(api):
    body = {"arguments": {"file_path": "a.txt", "content": "x", "mode": "new"}}
    for _ in range(2):
        done = api("POST", "/tools/file_writer/execute/", json=body,
                   headers={"Idempotency-Key": "k"})  # fmt: skip
        assert done.json()["result"]["file_path"] == "a.txt"


@pytest.mark.parametrize("egress", [["*"], ["http://x"], [""], ["a" * 300]])
def test_egress_of_a_call_names_servers(api, egress):
    body = {"arguments": {"url": "https://api.example.com/"}, "egress": egress}
    assert api("POST", "/tools/http_request/execute/", json=body).status_code in (400, 422)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NoProviderError("x"), 400),
        (BudgetExceededError("run", "tokens", 1, 1), 402),
        (errors.QuotaGoneError("x"), 402),
        (errors.RateLimitedError("x"), 429),
        (errors.ProviderFailedError("x"), 502),
        (errors.KeyRefusedError("x"), 502),
        (errors.ProviderTimeoutError("x"), 504),
    ],
)
def test_failures_of_models_are_problems_with_a_code(api, error, status):
    @api.app.get("/tools/fails/")
    async def fails():
        raise error

    answer = api("GET", "/tools/fails/")
    assert answer.status_code == status
    assert answer.json()["error_code"] == "LLM_PROVIDER_ERROR"
    assert answer.json()["kind"] == error.kind
    assert any(issubclass(type(error), kind) for kind in ANSWERS)


def test_a_search_goes_to_the_provider_that_is_configured():
    ports = Models(web_search_provider="brave", web_search_key=SecretStr("k")).ports()
    assert ports["web_search"].base_url == "https://api.search.brave.com"
    assert MODELS in ports
