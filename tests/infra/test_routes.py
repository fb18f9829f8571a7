"""Which function answers which path: what applications declare against what the API routes."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from functions.web.access import Declared, declared
from local.gateway import Routes
from local.gateway.routes import Route
from shared.assistant.conversations import paths as chat_paths
from shared.identity import paths
from shared.pipelines import paths as pipeline_paths
from shared.workflows import paths as workflow_paths
from tests.infra.blueprint import of_type, target, text
from tools.generate import apps

CRM, IDENTITY, WORKFLOWS, CHAT = (list(declared(app)) for app in apps())
CHATS = {
    "ChatSubmitFunction": ("/chat/",),
    "ChatStatusFunction": ("/chat/status/{task_id}/",),
    "ChatClearFunction": ("/chat/clear/",),
    "ChatConversationsFunction": (
        "/conversations/",
        "/conversations/{conversation_id}/",
        "/conversations/{conversation_id}/messages/",
    ),
}
SERVED = {
    "CrmFunction": CRM,
    "IdentityFunction": IDENTITY,
    "WorkflowFunction": WORKFLOWS,
    **{name: [one for one in CHAT if one.path in paths] for name, paths in CHATS.items()},
}
SPELLINGS = {
    "CrmFunction": pipeline_paths.spellings,
    "IdentityFunction": paths.spellings,
    "WorkflowFunction": workflow_paths.spellings,
    **dict.fromkeys(CHATS, chat_paths.spellings),
}
OWN = {
    "CrmFunction": pipeline_paths.own,
    "IdentityFunction": paths.own,
    "WorkflowFunction": workflow_paths.own,
    **dict.fromkeys(CHATS, chat_paths.own),
}
PAIRS = [(function, one) for function, served in SERVED.items() for one in served]


def route(properties) -> Route:
    integration = of_type("ApiGatewayV2::Integration")[text(properties["Target"]).split("/")[1]]
    function = target(integration["IntegrationUri"]).removesuffix("Live")
    guard = target(properties["AuthorizerId"]) if "AuthorizerId" in properties else None
    return Route(properties["RouteKey"], function, guard, 60)


API = [route(properties) for properties in of_type("ApiGatewayV2::Route").values()]


def sample(path: str) -> str:
    """A path as a client sends it."""
    return re.sub(r"\{\w+\}", "0190", path)


def spelled(function: str, one: Declared) -> list[str]:
    bare = sample(one.path).rstrip("/")
    return SPELLINGS[function](bare)


@pytest.mark.parametrize(
    ("function", "one"), PAIRS, ids=[f"{one.method} {one.path}" for _, one in PAIRS]
)
def test_the_api_leads_each_spelling_to_the_route(function, one):
    for path in spelled(function, one):
        found = Routes(API).find(one.method, path)
        assert found is not None
        chosen, _ = found
        assert chosen.function == function, path
        assert (chosen.authorizer is None) == one.needs.open, path
        fits = [match[0] for each in API if (match := each.match(one.method, path))]
        assert Counter(fits)[max(fits)] == 1, f"{path} fits two routes of the API equally well"
        assert OWN[function](path).rstrip("/") == sample(one.path).rstrip("/")


@pytest.mark.parametrize(
    ("function", "one"), PAIRS, ids=[f"{one.method} {one.path}" for _, one in PAIRS]
)
def test_no_two_routes_answer_one_path(function, one):
    """A fixed path may lie within one with a parameter: it is declared first, then."""
    path = sample(one.path)
    expressions = [
        (each, re.compile(re.sub(r"\{\w+\}", "[^/]+", each.path)))
        for each in CRM + IDENTITY + WORKFLOWS + CHAT
        if each.method == one.method
    ]
    fits = [each for each, expression in expressions if expression.fullmatch(path)]
    assert fits[0] == one, f"{path} is answered by {fits[0].path}"
    assert {each.path.count("{") for each in fits[1:]} <= {1, 2} - {one.path.count("{")}


def test_old_paths_lead_to_our_own():
    own = {sample(one.path).rstrip("/") for one in IDENTITY}
    assert set(paths.OLD.values()) <= own
    assert set(paths.OPEN) == {
        one.path.rstrip("/") for one in IDENTITY if one.needs.open and one.method == "POST"
    }
    assert not set(paths.OLD) & own
    for path in ("/leads", "/auth/login", "/api/leads", "/api/authors"):
        assert paths.own(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "/workflows",
        "/api/workflows/1/",
        "/users/1/executions",
        "/api/users/1/executions/",
        "/import",
    ],
)
def test_paths_of_workflows_lead_to_their_function(path):
    for method in ("GET", "POST", "OPTIONS"):
        found = Routes(API).find(method, path)
        assert found is not None
        assert found[0].function == "WorkflowFunction"
        assert (found[0].authorizer is None) == (method == "OPTIONS")


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/api/workflows/1/", "/workflows/1"),
        ("/api/workflowsome", "/api/workflowsome"),
        ("/api/users/1/executions", "/users/1/executions"),
        ("/api/users/1", "/api/users/1"),
        ("/api", "/api"),
    ],
)
def test_only_paths_of_workflows_are_rewritten(path, own):
    assert workflow_paths.own(path) == own


def test_old_paths_of_pipelines_lead_to_our_own():
    own = {one.path.rstrip("/") for one in CRM}
    assert set(pipeline_paths.OLD.values()) <= own
    opened = {one.path.rstrip("/") for one in CRM if one.needs.open and one.method == "POST"}
    assert set(pipeline_paths.OPEN) == opened
    assert not {one for one in own if one.startswith(pipeline_paths.OLD_PREFIX)}
    for path in ("/leads", "/api/leads", "/api/eventss/x", "/api/auth/login", "/pipelines"):
        assert pipeline_paths.own(path) == path


def test_every_route_of_the_assistant_is_served():
    assert sorted(one.path for name in CHATS for one in SERVED[name]) == sorted(
        one.path for one in CHAT
    )


def test_the_builder_of_workflows_keeps_its_body_at_the_older_path():
    """One row per collision: the function looks at the body, see tests/unit/chat."""
    found = Routes(API).find("POST", chat_paths.BUILDERS)
    assert found is not None
    assert found[0].function == "ChatSubmitFunction"
    assert chat_paths.BUILDERS == "/api/chat"


@pytest.mark.parametrize("path", ["/chats", "/api/chatter", "/api/leads", "/leads", "/chat"])
def test_only_paths_of_the_assistant_are_rewritten(path):
    assert chat_paths.own(path) == path
