"""Secrets in memory."""

from __future__ import annotations

from shared.platform.secrets import SecretGoneError


class MemorySecrets:
    """The port `Secrets`."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def create(self, name: str, value: str) -> None:
        assert name not in self.values
        self.values[name] = value

    def read(self, name: str) -> str:
        if name not in self.values:
            raise SecretGoneError(name)
        return self.values[name]

    def remove(self, name: str) -> None:
        self.values.pop(name, None)
