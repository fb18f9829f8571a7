"""Functions are given the offline model, or OpenAI, if they declare its settings; else nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from moto import mock_aws

from local import __main__ as program
from local.lambda_host import LambdaHost
from local.models import OFFLINE_KEY, Offline, OpenAI, named_by
from local.offline_model import OfflineModel
from local.platform import Options, Platform
from local.provision import Deployment
from local.provision.clients import aws
from local.provision.compute import function

ROOT = Path(__file__).parents[3]
ROLE = "arn:aws:iam::123456789012:role/asker"
DECLARED = {"LLM_TABLE": "llm", "OPENAI_BASE_URL": "", "OPENAI_API_KEY": ""}
KEY = "sk-a-key-of-the-environment"


def provisioned(models, handler, variables, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    deployment = Deployment(models.variables(), {})
    with mock_aws(
        config={"lambda": {"use_docker": False}, "iam": {"load_aws_managed_policies": False}}
    ):
        aws.cache_clear()
        trust = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"}}]}  # fmt: skip
        aws("iam").create_role(RoleName="asker", AssumeRolePolicyDocument=json.dumps(trust))
        properties = {
            "Handler": f"tests.local.models.asking_function.{handler}",
            "Role": ROLE, "Timeout": 20, "Environment": {"Variables": variables},
        }  # fmt: skip
        function(handler, properties, deployment)
        kept = json.dumps(aws("lambda").get_function(FunctionName=handler), default=str)
    aws.cache_clear()
    assert KEY not in kept
    return deployment.wiring.functions[handler]


@pytest.fixture
def offline():
    with OfflineModel() as server:
        yield Offline(server)


def invoked(spec, event):
    host = LambdaHost(ROOT, "http://127.0.0.1:1", lambda spec: {}, lambda name, line: None)
    host.add(spec)
    try:
        return json.loads(host.invoke(spec.name, json.dumps(event).encode()).payload)
    finally:
        host.close()


def test_a_function_that_declares_it_asks_the_offline_model(offline, monkeypatch):
    spec = provisioned(offline, "ask", DECLARED, monkeypatch)
    offline.server.scripts.put(OFFLINE_KEY, [])
    said = invoked(spec, {"say": "hello"})
    assert "offline model" in said
    assert "You said: hello" in said
    assert len(offline.server.scripts.asked(OFFLINE_KEY)) == 1


def test_a_function_that_declares_nothing_is_given_nothing(offline, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    spec = provisioned(offline, "see", {"MARK": "m"}, monkeypatch)
    assert dict(spec.environment) == {"MARK": "m"}
    assert invoked(spec, {}) == []


def test_with_a_key_in_the_environment_it_is_openai_and_the_key_is_not_shown(monkeypatch):
    models = named_by({"OPENAI_API_KEY": KEY})
    spec = provisioned(models, "ask", DECLARED, monkeypatch)
    assert spec.environment["OPENAI_API_KEY"] == KEY
    assert spec.environment["OPENAI_BASE_URL"] == "https://api.openai.com/v1"
    assert KEY not in f"{models!r}{models.said()}{spec!r}"
    other = named_by({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://localhost:11434/v1"})
    assert other.url == "http://localhost:11434/v1"
    assert named_by({"OPENAI_API_KEY": ""}) is None


class Greeted:
    """As much of a platform as the banner shows."""

    def __init__(self, models, home):
        self.models, self.options, self.lines = models, Options(home=home), []
        self.url = self.aws_url = "http://127.0.0.1:1"
        self.log = self

    def say(self, text):
        self.lines.append(text)


def test_the_banner_says_who_answers(offline, tmp_path):
    for models, said in (
        (offline, f"models     offline, {offline.server.url} (set OPENAI_API_KEY"),
        (OpenAI("https://api.openai.com/v1", KEY), "models     https://api.openai.com/v1, by"),
    ):
        shown = Greeted(models, tmp_path)
        program._greet(shown)
        assert said in shown.lines[0]
        assert KEY not in shown.lines[0]


def test_a_platform_serves_the_offline_model_for_as_long_as_it_runs(tmp_path):
    import requests

    with Platform(Options(port=0, aws_port=0, home=tmp_path)) as platform:
        url = platform.models.variables()["OPENAI_BASE_URL"]
        assert requests.get(f"{url}/models", timeout=5).json()["data"][0]["id"] == "offline"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/models", timeout=5)
