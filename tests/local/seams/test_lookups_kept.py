"""What never changes is looked up once, and is what it was."""

from __future__ import annotations

from moto.core import responses
from moto.dynamodb.responses import DynamoHandler
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

HOSTS = ("sqs.us-east-1.amazonaws.com", "states.us-east-1.amazonaws.com", "moto_api", None)


def test_the_backend_of_a_host(local):
    class Looking(DomainDispatcherApplication):
        looked: list[str]

        @property
        def backend_url_patterns(self):
            self.looked.append("again")
            return self._patterns

        @backend_url_patterns.setter
        def backend_url_patterns(self, patterns):
            self._patterns = patterns

    server = Looking(lambda backend: None)
    server.looked = []
    found = [server.get_backend_for_host(host) for host in HOSTS]
    assert found == ["sqs", "stepfunctions", "moto_api", None]
    first = len(server.looked)
    assert [server.get_backend_for_host(host) for host in HOSTS] == found
    assert len(server.looked) == first > 0


def test_the_methods_of_a_class(local):
    names = responses.method_names_from_class(DynamoHandler)
    assert "transact_write_items" in names
    assert responses.method_names_from_class(DynamoHandler) is names
