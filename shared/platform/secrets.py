"""Secrets, read once per process."""

from __future__ import annotations

from functools import lru_cache

from shared.platform.aws import client


@lru_cache(maxsize=8)
def secret_value(arn: str) -> str:
    """The text of a secret."""
    return str(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
