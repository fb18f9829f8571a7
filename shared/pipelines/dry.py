"""Ports that write down what was asked of them, and do nothing: those of a dry run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.pipelines.context import Opens


class NoStandInError(LookupError):
    """A port that a dry run cannot replace; the message names it and the mend."""


class RecordingMail:
    """The port `Mail` that sends nothing."""

    def __init__(self, effects: list[dict[str, Any]]) -> None:
        self._effects = effects

    def send(self, tenant: str, key: str, message: Any) -> bool:
        """Writes the mail down; as if it had not been sent before."""
        said = {"to": message.to, "subject": message.subject, "body": message.body}
        self._effects.append({"port": "mail", "do": "send", "key": key, **said})
        return True


_STAND_INS = {"mail": RecordingMail}


def recording(ports: Mapping[str, Opens], effects: list[dict[str, Any]]) -> dict[str, Opens]:
    """A recording port in the place of each one.

    Raises:
        NoStandInError: nothing here stands in for one of them.
    """
    if unknown := sorted(ports.keys() - _STAND_INS.keys()):
        raise NoStandInError(
            f"a dry run has nothing in the place of {', '.join(unknown)}; "
            "add a recording port to shared/pipelines/dry.py"
        )
    return {name: _opening(name, effects) for name in ports}


def _opening(name: str, effects: list[dict[str, Any]]) -> Opens:
    return lambda: _STAND_INS[name](effects)
