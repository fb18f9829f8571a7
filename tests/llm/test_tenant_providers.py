"""Providers of tenants: kept with their keys apart, tested with a call, chosen by model."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from local.offline_model import Fault, Say
from shared.llm import errors
from shared.llm.budget import Limits, LocalMeter
from shared.llm.language_models import LanguageModels
from shared.llm.messages import UserMessage
from shared.llm.port import Request
from shared.llm.provider import InvalidProviderError, ProviderFields
from shared.llm.settings import ModelSettings
from shared.llm.tenant_policies import ModelPolicy, TenantPolicies
from shared.llm.tenant_providers import (
    ProviderChangedError,
    ProviderNotFoundError,
    TenantProviders,
    TooManyProvidersError,
)
from shared.platform.tables import FieldIs, Put, TransactionRefusedError
from tests.fakes.counters import MemoryCounters
from tests.fakes.ports import MovedClock
from tests.fakes.secrets import MemorySecrets
from tests.fakes.tables import MemoryTables

KEY = SecretStr("sk-a-key-of-some-length")
OTHER_KEY = SecretStr("sk-another-key-of-length")
FIELDS = ProviderFields(name="Ours", kind="openai", default_model="gpt-4o-mini")
ASKED = Request([UserMessage(text="hello")])


class World:
    def __init__(self, **more):
        self.tables, self.secrets, self.clock = MemoryTables(), MemorySecrets(), MovedClock()
        given = {"private_addresses": True, "clock": self.clock, **more}
        self.providers = TenantProviders(self.tables, self.secrets, "llm", "millrace-dev", **given)

    def models(self, **settings):
        known = {"llm_private_addresses": True, "openai_base_url": "", "openai_api_key": ""}
        settings = ModelSettings(llm_table="llm", **(known | settings))
        return LanguageModels(self.providers, settings)


@pytest.fixture
def world():
    return World()


def custom(url, **more):
    given = {"name": "Own", "kind": "custom", "base_url": url, "default_model": "mine"}
    return ProviderFields(**(given | more))


def test_the_key_is_a_secret_under_the_tenants_name_and_in_no_row(world):
    made = world.providers.create("acme", FIELDS, KEY)
    (name,) = world.secrets.values
    assert name.startswith(f"millrace-dev/acme/llm/{made.id}/")
    assert KEY.get_secret_value() not in json.dumps(world.tables.all("llm"))
    assert KEY.get_secret_value() not in f"{made!r}{made.model_dump_json()}"
    assert made.has_key
    assert world.providers.list("acme") == [made] == [world.providers.get("acme", made.id)]


def test_tenants_never_meet(world):
    made = world.providers.create("acme", FIELDS, KEY)
    assert world.providers.list("globex") == []
    for call in (
        lambda: world.providers.get("globex", made.id),
        lambda: world.providers.key("globex", made.id),
        lambda: world.providers.test("globex", made.id),
        lambda: world.providers.update("globex", made.id, FIELDS, KEY, version=1),
        lambda: world.providers.delete("globex", made.id),
    ):
        with pytest.raises(ProviderNotFoundError):
            call()
    with pytest.raises(ValueError, match="no id of a tenant"):
        world.providers.create("acme/llm", FIELDS, KEY)


def test_a_new_key_goes_beside_the_old_one_which_is_then_removed(world):
    made = world.providers.create("acme", FIELDS, KEY)
    kept = world.providers.update("acme", made.id, FIELDS, version=1)
    assert world.providers.key("acme", made.id) == KEY
    changed = world.providers.update("acme", made.id, FIELDS, OTHER_KEY, version=kept.version)
    assert world.providers.key("acme", made.id) == OTHER_KEY
    assert list(world.secrets.values.values()) == [OTHER_KEY.get_secret_value()]
    assert (kept.version, changed.version) == (2, 3)


def test_who_comes_late_changes_nothing(world):
    made = world.providers.create("acme", FIELDS, KEY)
    world.providers.update("acme", made.id, FIELDS, version=1)
    with pytest.raises(ProviderChangedError, match="read it"):
        world.providers.update("acme", made.id, FIELDS, OTHER_KEY, version=1)
    assert list(world.secrets.values.values()) == [KEY.get_secret_value()]
    assert world.providers.key("acme", made.id) == KEY


def test_a_transaction_that_is_refused_leaves_no_key(world):
    refusing = Put("audit", {"pk": "acme", "sk": "1"}, FieldIs("version", 1), label="audit")
    with pytest.raises(TransactionRefusedError):
        world.providers.create("acme", FIELDS, KEY, also=[refusing])
    assert world.secrets.values == {}
    assert world.providers.list("acme") == []


def test_deleted_with_its_key(world):
    made = world.providers.create("acme", FIELDS, KEY)
    world.providers.delete("acme", made.id)
    assert world.secrets.values == {}
    with pytest.raises(ProviderNotFoundError):
        world.providers.delete("acme", made.id)


def test_a_key_is_never_sent_to_where_it_was_not_given_for(world):
    made = world.providers.create("acme", FIELDS, KEY)
    with pytest.raises(InvalidProviderError, match="key"):
        world.providers.update(
            "acme", made.id, FIELDS.model_copy(update={"kind": "gemini"}), version=1
        )
    moved = world.providers.update("acme", made.id, custom("https://evil.example/v1"), version=1)
    assert not moved.has_key
    assert world.providers.key("acme", made.id).get_secret_value() == "none"
    assert world.secrets.values == {}


@pytest.mark.parametrize(
    "key", [None, "", "short", "your-api-key-here", "sk-xxxxxxxxxxxxx", "a b" * 9]
)
def test_keys_that_are_none(world, key):
    with pytest.raises(InvalidProviderError, match="key") as raised:
        world.providers.create("acme", FIELDS, None if key is None else SecretStr(key))
    assert raised.value.field == "key"
    assert not key or key not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [None, "", "http://models.example/v1", "ftp://x/", "https://", "https://u:p@models.example/",
     "https://models.example/?key=1", "https://[broken/", "https://models.example:99999/"],
)  # fmt: skip
def test_base_urls_that_are_none(url):
    with pytest.raises(InvalidProviderError) as raised:
        World(private_addresses=False).providers.create("acme", custom(url), None)
    assert raised.value.field == "base_url"


def test_there_is_an_end_to_providers(world):
    for _ in range(50):
        world.providers.create("acme", FIELDS, KEY)
    with pytest.raises(TooManyProvidersError, match="50"):
        world.providers.create("acme", FIELDS, KEY)


def test_the_test_call_says_what_is_wrong(world, offline):
    offline.scripts.put(KEY.get_secret_value(), [Say(text="ok"), Fault(kind="key_refused")])
    made = world.providers.create("acme", custom(offline.url), KEY)
    assert world.providers.test("acme", made.id).works
    refused = world.providers.test("acme", made.id)
    assert (refused.works, refused.kind) == (False, "key_refused")
    assert KEY.get_secret_value() not in refused.message
    assert "'Own'" in refused.message


def test_a_test_call_reaches_no_network_of_ours(offline):
    url = offline.url.replace("http:", "https:")
    tried = World(private_addresses=False).providers.try_out(custom(url), KEY)
    assert (tried.works, tried.kind) == (False, "private_address")


def test_the_tenants_own_provider_goes_before_the_environments(world, offline):
    priced = {"Mine": {"input": 1, "output": 1}}
    own = custom(offline.url, models=("mine", "Yours"), prices=priced)
    world.providers.create("acme", own, KEY)
    models = world.models(openai_base_url=offline.url, openai_api_key="environments-key")
    for name, provider in (("", "Own"), ("YOURS", "Own"), ("mine", "Own"), ("other", "openai")):
        answer = models.of("acme", name).answer(ASKED)
        assert answer.provider == provider
    assert models.of("acme", "YOURS").name == "Yours"
    assert models.of("acme", "mine").answer(ASKED).cost > 0
    assert models.of("globex").answer(ASKED).provider == "openai"


def test_without_any_provider_the_error_says_what_to_do(world):
    with pytest.raises(errors.NoProviderError, match="add one with a key"):
        world.models().of("acme", "gpt-4o")
    disabled = FIELDS.model_copy(update={"enabled": False})
    world.providers.create("acme", disabled, KEY)
    with pytest.raises(errors.NoProviderError):
        world.models().of("acme")


@pytest.mark.parametrize(
    ("model", "kind"),
    [("claude-sonnet-4-5", "anthropic"), ("gemini-2.5-flash", "gemini"), ("gpt-4o", "openai")],
)
def test_the_environment_has_a_key_for_each_family(world, model, kind):
    keys = {f"{name}_api_key": f"key-of-{name}" for name in ("openai", "anthropic", "gemini")}
    endpoint = world.models(**keys)._from_environment(model)
    assert (endpoint.kind, endpoint.key.get_secret_value()) == (kind, f"key-of-{kind}")
    assert endpoint.confined


def test_policies_bound_what_a_user_and_a_tenant_spend_in_a_day(world, offline):
    counters = MemoryCounters()
    policies = TenantPolicies(world.tables, "llm", counters, "inbox", world.clock)
    assert policies.get("acme").iteration_limit == 10
    policies.put("acme", ModelPolicy(user_day=Limits(steps=1), tenant_day=Limits(steps=2)))
    models = world.models(openai_base_url=offline.url, openai_api_key="environments-key")

    def ask(user: str, tenant: str = "acme") -> None:
        turn = LocalMeter("turn", policies.get(tenant).turn)
        models.of(tenant, budget=policies.budget(tenant, user, [turn])).answer(ASKED)

    ask("u1")
    with pytest.raises(errors.BudgetExceededError, match="per user and day"):
        ask("u1")
    ask("u2")
    with pytest.raises(errors.BudgetExceededError, match="per tenant and day"):
        ask("u3")
    ask("u1", "globex")
    world.clock.move(days=1)
    ask("u1")
