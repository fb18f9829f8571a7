"""Events: what the catalogue has, and what is refused before anything is sent."""

from __future__ import annotations

import json

import pytest

from shared.events.catalog import all_types


def test_types(millrace):
    listed = json.loads(millrace("events", "types", "--json").stdout)["types"]
    assert [one["name"] for one in listed] == [kind.name for kind in all_types()]
    lead = next(one for one in listed if one["name"] == "lead.created")
    assert {"name", "company?"} <= set(lead["fields"])
    assert "lead.created" in millrace("events", "types").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["lead.created", "--data", "{"], 2, "not JSON"),
        (["lead.created", "--data", "[1]"], 2, "no object"),
        (["lead.created", "--data", "@/nowhere"], 2, "No such file"),
        (["lead.created", "--data", '{"nam": "x"}'], 1, "nam: Extra inputs"),
        (["process_lead", "--source", "millrace.crm"], 2, "only the outbox"),
        (["process_lead", "--aws-url", "aws"], 2, "--source is missing"),
        (["process_lead", "--aws-url", "nowhere", "--source", "a.b"], 1, "name: Field required"),
    ],
)
def test_what_is_refused_before_it_is_sent(millrace, arguments, code, said):
    result = millrace("events", "put", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr


def test_data_from_a_file_and_from_the_input(millrace, tmp_path, closed_url):
    file = tmp_path / "lead.json"
    file.write_text('{"name": "Ann"}')
    for given in (f"@{file}", "@-"):
        result = millrace(
            "events", "put", "process_lead", "--data", given, "--aws-url", closed_url,
            input='{"name": "Ann"}',
        )  # fmt: skip
        assert result.exit_code == 1
        assert f"{closed_url} does not answer" in result.stderr


def test_more_than_an_event_may_carry(millrace):
    data = json.dumps({"name": "Ann", "more": "a" * 300_000})
    result = millrace("events", "put", "process_lead", "--data", data)
    assert result.exit_code == 1
    assert "is larger than" in result.stderr


@pytest.mark.parametrize("command", [["put", "process_lead", "--data", '{"name": "A"}'], ["tail"]])
def test_aws_that_is_not_there(millrace, closed_url, command):
    result = millrace("events", *command, "--aws-url", closed_url)
    assert result.exit_code == 1
    assert result.stderr.strip().endswith("name another with --aws-url")
    result = millrace("events", *command, "--aws-url", "nowhere", env={"MILLRACE_SOURCE": "a.b"})
    assert result.exit_code == 2
    assert "--aws-url 'nowhere' is no address" in result.stderr


def test_aws_itself_without_a_region_or_credentials(millrace, monkeypatch, tmp_path):
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "DEFAULT_REGION", "REGION", "PROFILE"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    for name in ("CONFIG_FILE", "SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(f"AWS_{name}", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    result = millrace("events", "tail", "--aws-url", "aws")
    assert (result.exit_code, "no AWS region" in result.stderr) == (1, True)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    result = millrace("events", "tail", "--aws-url", "aws")
    assert (result.exit_code, "no AWS credentials" in result.stderr) == (1, True)


def test_an_unknown_type_goes_unchecked_with_a_word(millrace, closed_url):
    result = millrace("events", "put", "new.thing", "--aws-url", closed_url)
    assert "new.thing is not in the catalogue" in result.stderr
