"""The bus that settings ask for."""

from __future__ import annotations

import pytest

from shared.events.backends import InMemoryEventBackend, LoggingEventBackend, NoOpEventBackend
from shared.events.configured import EventBusConfigurationError, EventBusSettings, backend_of


def made(backend, **options):
    return backend_of(EventBusSettings(backend=backend, options=options))


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    monkeypatch.delenv("EVENT_BUS_BACKEND", raising=False)
    monkeypatch.delenv("EVENT_BUS_OPTIONS", raising=False)


def test_the_default_carries_nowhere():
    assert isinstance(backend_of(EventBusSettings()), NoOpEventBackend)


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("EVENT_BUS_BACKEND", "shared.events.LoggingEventBackend")
    monkeypatch.setenv("EVENT_BUS_OPTIONS", '{"log_level": "ERROR"}')
    assert isinstance(backend_of(EventBusSettings()), LoggingEventBackend)


def test_backends_within_backends():
    memory = {"()": "shared.events.InMemoryEventBackend"}
    log = {"()": "shared.events.LoggingEventBackend", "log_level": "DEBUG"}
    fan = made("shared.events.backends.fan_out.FanOutEventBackend", backends=[memory, log])
    assert isinstance(fan.backends[0], InMemoryEventBackend)


@pytest.mark.parametrize(
    ("backend", "options", "told"),
    [
        ("nowhere.Backend", {}, "there is no nowhere.Backend"),
        ("shared.events.Nothing", {}, "there is no shared.events.Nothing"),
        ("json", {}, "there is no json"),
        ("shared.events.envelope.Event", {"event_type": "x", "data": {}}, "no method publish"),
        ("shared.events.LoggingEventBackend", {"level": "INFO"}, "EVENT_BUS_OPTIONS.*level"),
        ("shared.events.InMemoryEventBackend.get_events.x", {}, "there is no"),
    ],
)
def test_what_makes_no_backend_is_told(backend, options, told):
    with pytest.raises(EventBusConfigurationError, match=told):
        made(backend, **options)
