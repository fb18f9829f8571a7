"""The laptop's keys of KMS: what one start encrypted, the next one reads."""

from __future__ import annotations

import pytest
from moto import mock_aws

from local.blueprint import REGION
from local.provision import storage
from local.provision.clients import aws
from local.provision.deployment import Deployment
from shared.platform.aws import _session, client
from shared.platform.kms import KmsKeys


@pytest.fixture(autouse=True)
def _aws(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    _forget_clients()
    yield
    _forget_clients()


def _forget_clients():
    aws.cache_clear()
    client.cache_clear()
    _session.cache_clear()


def _started(secrets):
    return storage.key("DataKeysKey", {"Description": "x"}, Deployment({}, secrets, print))


def test_a_restart_brings_the_key_back():
    with mock_aws():
        first = _started({})
        plain, encrypted = KmsKeys(first["Ref"]).generate("acme")
    _forget_clients()
    with mock_aws():
        again = _started({"DataKeysKey": first["Value"]})
        assert again == first
        assert KmsKeys(again["Arn"]).decrypt("acme", encrypted) == plain


def test_a_data_key_is_bound_to_its_tenant():
    with mock_aws():
        keys = KmsKeys(_started({})["Ref"])
        _, encrypted = keys.generate("acme")
        with pytest.raises(Exception, match="InvalidCiphertext"):
            keys.decrypt("other", encrypted)
