"""What a stage may be told, and what keeps it from being deployed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from infra.config import STAGES, StageError, require_deployable, stage_config
from tests.infra.blueprint import ROOT

TOLD = {"mail_from": "crm@acme.com", "allowed_origins": ["https://crm.acme.com"]}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_is_told_who_it_is_can_be_deployed(stage: str) -> None:
    config = stage_config(stage, TOLD)
    require_deployable(config)
    assert config.allowed_origins == ("https://crm.acme.com",)


@pytest.mark.parametrize("stage", STAGES)
def test_a_placeholder_is_named_with_the_mend(stage: str) -> None:
    with pytest.raises(StageError, match=f"set mail_from under stages.{stage} in cdk.json"):
        require_deployable(stage_config(stage))


def test_no_origins_are_no_answer_either() -> None:
    config = replace(stage_config("prod"), mail_from="crm@acme.com")
    with pytest.raises(StageError, match=r"set allowed_origins under stages\.prod"):
        require_deployable(config)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"mail_form": "x@y.z"}, "mail_form is none of mail_from"),
        ({"mail_from": "acme.com"}, r"stages\.dev\.mail_from.*'acme\.com' cannot be used"),
        ({"allowed_origins": "https://a.b"}, "cannot be used"),
        ({"allowed_origins": ["a.b"]}, "cannot be used"),
    ],
)
def test_what_cannot_be_told_is_named(told: dict[str, object], message: str) -> None:
    with pytest.raises(StageError, match=message):
        stage_config("dev", told)


def test_an_unknown_stage_is_answered_with_those_there_are() -> None:
    with pytest.raises(StageError, match="'test' is no stage; use one of dev, prod"):
        stage_config("test")


def test_what_is_committed_tells_nothing_of_anybody() -> None:
    told = json.loads((ROOT / "cdk.json").read_text())["context"]["stages"]
    assert told == {stage: {} for stage in STAGES}


@pytest.mark.parametrize("stage", STAGES)
def test_more_nodes_than_runs_may_run_and_a_new_accounts_thousand_is_enough(stage: str) -> None:
    told = STAGES[stage].concurrency
    # Five nodes, a starter, relay and sweeper; AWS keeps a hundred for everything else.
    assert 2 * told.requests + 11 * told.runs + 2 * told.others <= 900
