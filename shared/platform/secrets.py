"""Secrets: those of a deployment, read once per process, and those that tenants give us."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from shared.platform.aws import client


@lru_cache(maxsize=8)
def secret_value(arn: str) -> str:
    """The text of a secret."""
    return str(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])


class SecretGoneError(Exception):
    """There is no such secret."""


class Secrets(Protocol):
    """The port to secrets under names of ours. A secret never changes: a new one has a new name."""

    def create(self, name: str, value: str) -> None:
        """Keeps a secret under a name that is new."""

    def read(self, name: str) -> str:
        """The text of a secret; raises SecretGoneError."""

    def remove(self, name: str) -> None:
        """Forgets a secret for good; one that is gone already is no error."""


class AwsSecrets:
    """The port on Secrets Manager; what was read is kept for as long as the process lives."""

    def __init__(self) -> None:
        self._read = lru_cache(maxsize=200)(_read)

    def create(self, name: str, value: str) -> None:
        """See `Secrets.create`."""
        client("secretsmanager").create_secret(Name=name, SecretString=value)

    def read(self, name: str) -> str:
        """See `Secrets.read`."""
        return self._read(name)

    def remove(self, name: str) -> None:
        """See `Secrets.remove`."""
        service = client("secretsmanager")
        try:
            service.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        except service.exceptions.ResourceNotFoundException:
            return


def _read(name: str) -> str:
    service = client("secretsmanager")
    try:
        return str(service.get_secret_value(SecretId=name)["SecretString"])
    except service.exceptions.ResourceNotFoundException:
        pass
    raise SecretGoneError(f"there is no secret {name}; give the key again")
