"""Data keys made and encrypted by KMS, each bound to the tenant that it is for."""

from __future__ import annotations

from typing import Any

from shared.platform.aws import client


class KmsKeys:
    """The port `Kms` on one key of KMS."""

    def __init__(self, key: str) -> None:
        """`key` is the key's id or ARN."""
        self._key = key

    def generate(self, tenant: str) -> tuple[bytes, bytes]:
        """A new key of 256 bits, plain and encrypted."""
        made = client("kms").generate_data_key(
            KeyId=self._key, KeySpec="AES_256", EncryptionContext=_for(tenant)
        )
        return bytes(made["Plaintext"]), bytes(made["CiphertextBlob"])

    def decrypt(self, tenant: str, encrypted: bytes) -> bytes:
        """The key that was encrypted for the tenant."""
        found: dict[str, Any] = client("kms").decrypt(
            KeyId=self._key, CiphertextBlob=encrypted, EncryptionContext=_for(tenant)
        )
        return bytes(found["Plaintext"])


def _for(tenant: str) -> dict[str, str]:
    return {"tenant": tenant}
