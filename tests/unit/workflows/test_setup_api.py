"""The API of buckets, texts, opt-outs and notices over HTTP, on fakes."""

from __future__ import annotations

import pytest

from functions.workflow_loops.setup_services import build
from shared.identity.audit import Audit
from shared.platform.foreign_buckets import BucketClosedError
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables
from tests.unit.workflows.test_api import Api

ROLE = "arn:aws:iam::111122223333:role/millrace-bucket-acme"


class Opening:
    """The port `Opening`: opens what was let in."""

    def __init__(self):
        self.closed = ""
        self.asked = []

    def account(self):
        return "999999999999"

    def open(self, bucket):
        return bucket

    def check(self, bucket):
        self.asked.append(bucket)
        if self.closed:
            raise BucketClosedError(self.closed)


class SetupApi(Api):
    def __init__(self):
        super().__init__()
        self.tables, self.clock, self.opening = MemoryTables(), MovedClock(), Opening()
        audit = Audit(self.tables, "audit", self.clock)
        made = build(self.tables, "workflows", audit, self.opening, self.clock)
        self.app.state.setup = made
        self.notices = made.notices

    def audited(self):
        return [item["action"] for item in self.tables.all("audit") if item["outcome"] == "done"]


@pytest.fixture
def api():
    return SetupApi()


def test_a_bucket_over_http(api):
    made = api("POST", "/connections/buckets/", json={"name": "acme-data", "role": ROLE})
    assert made.status_code == 201
    assert made.json()["external_id"].startswith("millrace-")
    assert made.json()["works"] is None
    tested = api("POST", "/connections/buckets/acme-data/test/").json()
    assert (tested["works"], tested["message"]) == (True, "the bucket was listed")
    assert api.opening.asked[0].external_id == made.json()["external_id"]
    api.opening.closed = "AccessDenied; look at the role's policies"
    api("POST", "/connections/buckets/acme-data/test/")
    [shown] = api("GET", "/connections/buckets/").json()["buckets"]
    assert (shown["works"], shown["message"]) == (False, api.opening.closed)
    assert api("GET", "/connections/buckets/acme-data/").json() == shown
    again = api("POST", "/connections/buckets/", json={"name": "acme-data", "role": ROLE})
    assert again.status_code == 409
    assert api("DELETE", "/connections/buckets/acme-data/").status_code == 204
    assert api("GET", "/connections/buckets/acme-data/").status_code == 404
    assert api.audited() == ["bucket.added", "bucket.tested", "bucket.tested", "bucket.removed"]


def test_security_no_role_of_millraces_own_account_is_registered(api):
    """Its roles may be taken by its functions; a tenant that named one would be everybody."""
    role = "arn:aws:iam::999999999999:role/millrace-bucket-sessions"
    refused = api("POST", "/connections/buckets/", json={"name": "acme-data", "role": role})
    assert (refused.status_code, api.tables.all("workflows")) == (409, [])


def test_security_each_registration_has_an_external_id_of_its_own(api):
    body = {"name": "acme-data", "role": ROLE}
    ids = {
        api("POST", "/connections/buckets/", json=body, tenant=tenant).json()["external_id"]
        for tenant in ("acme", "other")
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    "said",
    [{"name": "A"}, {"name": "../x"}, {"role": "x"}, {"role": ROLE + "\n"},
     {"role": "arn:aws:iam::111122223333:role/admin"}, {"role": ROLE.replace("role/", "role/x/")},
     {"prefix": "/x/"}, {"prefix": "x"}, {"region": "evil.example"},
     {"region": "us-east-1.evil.example/-1"}],
)  # fmt: skip
def test_what_no_bucket_can_be(api, said):
    body = {"name": "acme-data", "role": ROLE, **said}
    assert api("POST", "/connections/buckets/", json=body).status_code == 400


def test_a_text_over_http(api):
    where = "/settings/templates/welcome"
    said = {"subject": "Welcome", "body": "Dear {{ data.name }}"}
    made = api("PUT", where, json=said)
    assert made.status_code == 200, made.text
    assert api("GET", where).json() == made.json()
    api("PUT", where, json={**said, "subject": "Hello"})
    assert [one["subject"] for one in api("GET", "/settings/templates/").json()["templates"]] == [
        "Hello"
    ]
    assert api("DELETE", where).status_code == 204
    assert api("GET", where).status_code == api("DELETE", where).status_code == 404
    assert api.audited() == ["text.added", "text.changed", "text.removed"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("welcome", {"body": "{{ data."}), ("welcome", {"body": ""}), ("Up", {"body": "x"}),
     ("welcome", {"body": "x", "subject": "a\r\nBcc: b"}), ("a#b", {"body": "x"})],
)  # fmt: skip
def test_what_no_text_can_be(api, name, said):
    answer = api("PUT", f"/settings/templates/{name.replace('#', '%23')}", json=said)
    assert answer.status_code == 400


def test_opt_outs_over_http(api):
    for address in ("Ada@example.com", "bob@example.com"):
        added = api("POST", "/settings/opt-outs/", json={"address": address})
        assert added.status_code == 201
    page = api("GET", "/settings/opt-outs/", params={"limit": 1}).json()
    rest = api("GET", "/settings/opt-outs/", params={"before": page["before"]}).json()
    shown = [one["address"] for part in (page, rest) for one in part["opt_outs"]]
    assert shown == ["bob@example.com", "ada@example.com"]
    assert api("DELETE", "/settings/opt-outs/ADA@example.com").status_code == 204
    assert len(api("GET", "/settings/opt-outs/").json()["opt_outs"]) == 1
    for wrong in ({"address": "x"}, {"address": "a@b", "topic": "a#b"}, {"address": "a#@b.c"}):
        assert api("POST", "/settings/opt-outs/", json=wrong).status_code == 400


def test_a_member_sees_their_own_notices(api):
    for number in range(3):
        api.notices.tell("acme", "jo", (f"Notice {number}", "", "/leads/"), f"x/{number}")
    api.notices.tell("acme", "ann", ("Hers", "", ""), "x/9")
    first = api("GET", "/notices/", params={"limit": 2}).json()
    rest = api("GET", "/notices/", params={"before": first["before"], "limit": 2}).json()
    assert [one["title"] for part in (first, rest) for one in part["notices"]] == [
        "Notice 2", "Notice 1", "Notice 0",
    ]  # fmt: skip
    one = first["notices"][0]
    assert api("POST", f"/notices/{one['id']}/read/").json() == {**one, "read": True}
    assert api("GET", "/notices/").json()["notices"][0]["read"] is True
    assert api("POST", f"/notices/{one['id']}/read/", tenant="other").status_code == 404
    assert api("GET", "/notices/", tenant="other").json()["notices"] == []
    api.clock.move(days=91)
    assert api("GET", "/notices/").json()["notices"] == []


def test_another_tenant_finds_nothing(api):
    api("POST", "/connections/buckets/", json={"name": "acme-data", "role": ROLE})
    api("PUT", "/settings/templates/welcome", json={"body": "x"})
    api("POST", "/settings/opt-outs/", json={"address": "a@b.c"})
    for path in ("/connections/buckets/acme-data/", "/settings/templates/welcome/"):
        for method in ("GET", "DELETE"):
            assert api(method, path, tenant="other").status_code == 404
    for path in ("/connections/buckets/", "/settings/templates/", "/settings/opt-outs/"):
        assert [] in api("GET", path, tenant="other").json().values()


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [("POST", "/connections/buckets/", "sales_rep"), ("GET", "/connections/buckets/", "user"),
     ("PUT", "/settings/templates/a/", "user"), ("DELETE", "/settings/templates/a/", "sales_rep"),
     ("POST", "/settings/opt-outs/", "user")],
)  # fmt: skip
def test_what_a_role_may_not(api, method, path, role):
    assert api(method, path, role=role, json={}).status_code == 403
