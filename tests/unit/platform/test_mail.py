"""A message goes out once for its key, whoever crashes when."""

from __future__ import annotations

import pytest

from shared.platform.mail import MailBusyError, Message, SesMail
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables

MESSAGE = Message("j@example.com", "Hi", "text")


class Provider:
    def __init__(self):
        self.sent = []
        self.down = False

    def send_email(self, **request):
        if self.down:
            raise ConnectionError
        self.sent.append(request)


@pytest.fixture
def world():
    provider, clock, tables = Provider(), MovedClock(), MemoryTables()
    return provider, clock, SesMail(tables, "inbox", "us@example.com", provider.send_email, clock)


def test_once_per_key_and_tenant(world):
    provider, _, mail = world
    assert mail.send("a", "k", MESSAGE)
    assert not mail.send("a", "k", MESSAGE)
    assert mail.send("b", "k", MESSAGE)
    assert len(provider.sent) == 2
    assert provider.sent[0]["FromEmailAddress"] == "us@example.com"


def test_a_try_that_failed_is_taken_over_after_its_lease(world):
    provider, clock, mail = world
    provider.down = True
    with pytest.raises(ConnectionError):
        mail.send("a", "k", MESSAGE)
    provider.down = False
    with pytest.raises(MailBusyError):
        mail.send("a", "k", MESSAGE)
    clock.move(seconds=61)
    assert mail.send("a", "k", MESSAGE)


def test_two_at_once(world):
    provider, _, mail = world
    inner = []

    def meanwhile(writes):
        if not inner:
            inner.append(True)
            mail.send("a", "k", MESSAGE)

    mail._tables.before_transact = meanwhile
    with pytest.raises(MailBusyError):
        mail.send("a", "k", MESSAGE)
    assert len(provider.sent) == 1
