"""Rate limits and pages of others, over HTTP."""

from __future__ import annotations

import dataclasses

import pytest

from shared.identity.rate_limits import RateLimits


def limited(crm, units):
    crm.app.state.limiter = dataclasses.replace(crm.app.state.limiter, per_tenant=units)


def test_each_answer_says_how_the_caller_stands(crm):
    limited(crm, 20)
    answer = crm.call("GET", "/leads/")
    assert answer.headers["ratelimit-policy"] == '"default";q=20;w=60'
    assert answer.headers["ratelimit"].startswith('"default";r=19;t=')
    assert crm.call("POST", "/leads/", json={"name": "Ann"}).headers["ratelimit"][10:14] == "r=14"


def test_too_many_requests_are_refused_until_the_minute_is_over(crm):
    limited(crm, 10)
    assert [crm.call("POST", "/leads/", json={"name": "A"}).status_code for _ in range(3)] == [
        201, 201, 429]  # fmt: skip
    refused = crm.call("GET", "/leads/")
    assert refused.status_code == 429
    assert refused.json()["title"] == "Too many requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert crm.call("GET", "/leads/", tenant="other").status_code == 200
    assert crm.call("GET", "/health/", tenant=None).status_code == 200


def test_a_counter_that_is_away_does_not_take_the_api_with_it(crm):
    class Away:
        def add(self, *told):
            raise ConnectionError("no table")

    away = RateLimits(Away(), "inbox", crm.clock)
    crm.app.state.limiter = dataclasses.replace(crm.app.state.limiter, limits=away)
    answer = crm.call("GET", "/leads/")
    assert answer.status_code == 200
    assert "ratelimit" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Cookie": "chat=1"}, 201),
        ({"Cookie": "chat=1", "Origin": "http://localhost:8000"}, 201),
        ({"Cookie": "chat=1", "Origin": "http://localhost:3000"}, 201),
        ({"Cookie": "chat=1", "Origin": "https://evil.example"}, 403),
        ({"Cookie": "chat=1", "Origin": "null"}, 403),
        ({"Cookie": "chat=1", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Cookie": "chat=1", "Sec-Fetch-Site": "same-origin"}, 201),
        ({"Origin": "https://evil.example"}, 201),  # no cookie: only its own credentials count
    ],
)
def test_a_page_of_others_changes_nothing_with_our_cookies(crm, headers, status):
    assert crm.call("POST", "/leads/", json={"name": "A"}, headers=headers).status_code == status


def test_reading_needs_no_origin(crm):
    headers = {"Cookie": "chat=1", "Origin": "https://evil.example"}
    answer = crm.call("GET", "/leads/", headers=headers)
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def test_a_cookie_carries_no_rights(crm):
    headers = {"Cookie": "session=x; Authorization=Bearer abc"}
    assert crm.call("GET", "/leads/", tenant=None, headers=headers).status_code == 401
