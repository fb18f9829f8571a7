"""The port to secrets on Secrets Manager's API."""

from __future__ import annotations

import pytest
from moto import mock_aws

from shared.platform import aws
from shared.platform.secrets import AwsSecrets, SecretGoneError


@pytest.fixture
def secrets(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        aws.client.cache_clear()
        yield AwsSecrets()
    aws.client.cache_clear()


def test_kept_read_and_forgotten(secrets):
    secrets.create("millrace/acme/llm/1/1", "a key")
    assert secrets.read("millrace/acme/llm/1/1") == "a key"
    secrets.remove("millrace/acme/llm/1/1")
    secrets.remove("millrace/acme/llm/1/1")
    with pytest.raises(SecretGoneError, match="give the key again"):
        AwsSecrets().read("millrace/acme/llm/1/1")
