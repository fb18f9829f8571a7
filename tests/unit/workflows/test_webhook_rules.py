"""Who may call a webhook, and what of a call is kept."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.graph.values import freeze
from shared.workflows.webhooks.calls import call, kept, replay_key
from shared.workflows.webhooks.signatures import check, new_signing_secret, sign
from shared.workflows.webhooks.webhook import Webhook, WebhookRefusedError

NOW = 1_790_000_000
SECRET = new_signing_secret()


def webhook(auth, secret=""):
    return Webhook(
        id="i", tenant="acme", workflow_id="w", node_id="n", auth=auth, secret=secret, created_at=""
    )


def told(body=b"", method="POST", headers=None, query=()):
    return call(method, headers or {}, query, body, "2026-03-01T12:00:00Z")


def standard(body=b"{}", at=NOW, message="m1", secret=SECRET):
    return {
        "webhook-id": message, "webhook-timestamp": str(at),
        "webhook-signature": f"v1,AAAA {sign(secret, message, at, body)}",
    }  # fmt: skip


def hub(body=b"{}", secret=SECRET):
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={made}"}


@pytest.mark.parametrize("headers", [standard(), hub(), standard(at=NOW - 300)])
def test_signed_calls_come_through(headers):
    check(webhook("hmac"), SECRET, headers, b"{}", NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {}, standard(at=NOW - 301), standard(at=NOW + 301), standard(body=b"{ }"), hub(b"[]"),
        standard(secret=new_signing_secret()), hub(secret="x"),
        {**standard(), "webhook-id": "m2"}, {**standard(), "webhook-timestamp": "²"},
        {**standard(), "webhook-timestamp": "9" * 400}, {**hub(), "webhook-signature": "v1,"},
        {"x-hub-signature-256": "sha256=ü"},
    ],
)  # fmt: skip
def test_others_do_not(headers):
    with pytest.raises(WebhookRefusedError, match="sign the body"):
        check(webhook("hmac"), SECRET, headers, b"{}", NOW)


def test_a_secret_that_is_gone_lets_nobody_in():
    with pytest.raises(WebhookRefusedError):
        check(webhook("hmac"), None, standard(), b"{}", NOW)


def test_the_example_of_standard_webhooks():
    """The one that its specification prints."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    made = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_key_is_compared_by_its_hash():
    guarded = webhook("key", hashlib.sha256(b"mrhook_1").hexdigest())
    check(guarded, None, {"x-webhook-key": "mrhook_1"}, b"", NOW)
    for headers in ({}, {"x-webhook-key": "mrhook_2"}):
        with pytest.raises(WebhookRefusedError, match="X-Webhook-Key"):
            check(guarded, None, headers, b"", NOW)


def test_bodies_as_seed_001_reads_them():
    assert told(b'{"a": 1}')["body"] == {"a": 1}
    assert told(b'{"input": {"a": 1}}')["body"] == {"a": 1}
    assert told(b'{"input": {"a": 1}, "b": 2}')["body"] == {"input": {"a": 1}, "b": 2}
    assert told(b'{"input": [1]}')["body"] == {"input": [1]}
    assert told(b"[1, 2]")["body"] == [1, 2]
    assert "raw" not in told(b" ")


@pytest.mark.parametrize(
    "body", [b"{", b"a=1", b"\xff", b'{"a": NaN}', b"[" * 100_000, b"1e999", b"Infinity"]
)
def test_what_is_no_json_is_empty_with_its_text_beside(body):
    found = told(body)
    assert (found["body"], found["raw"]) == ({}, body.decode("utf-8", "replace"))


def test_nothing_that_opens_doors_is_kept():
    headers = {"Authorization": "Bearer x", "COOKIE": "a=b", "X-Api-Key": "k", "X-Event": "push",
               "Webhook-Signature": "v1,s", "X-Hub-Signature-256": "s", "X-Webhook-Key": "k",
               "X-Forwarded-For": "1.2.3.4", "Content-Type": "application/json"}  # fmt: skip
    assert kept(headers) == {"x-event": "push", "content-type": "application/json"}
    many = kept({f"x-{n}": "v" * 9_000 for n in range(500)})
    assert (len(many), {len(value) for value in many.values()}) == (60, {2_000})


def test_queries_and_replays():
    assert told(query=[("a", "1"), ("b", "2"), ("a", "3")])["query_params"] == {
        "a": ["1", "3"], "b": "2",
    }  # fmt: skip
    assert replay_key({"idempotency-key": "x", "webhook-id": "y"}) == "y"
    assert (replay_key({"webhook-id": "y"}), replay_key({"webhook-id": ""})) == ("y", None)


@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_any_body_becomes_a_value_that_can_be_kept(body):
    found = told(body)
    assert freeze(found) == found
    json.dumps(found).encode()
