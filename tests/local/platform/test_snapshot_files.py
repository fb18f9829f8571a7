"""Snapshots: what comes back after a restart, and what is done with a file that cannot be read."""

from __future__ import annotations

import stat

import pytest

from local import snapshots
from local.provision.clients import aws
from local.snapshots import Snapshots, replace_file


@pytest.fixture
def said():
    return []


@pytest.fixture
def made(tmp_path, said):
    return lambda: Snapshots(tmp_path, lambda about, text: said.append(text))


def _put(table, **item):
    table.put_item(TableName="t", Item={name: {"S": value} for name, value in item.items()})


def _empty(table):
    for item in table.scan(TableName="t")["Items"]:
        table.delete_item(TableName="t", Key={"pk": item["pk"], "sk": item["sk"]})


def test_items_and_messages_come_back(local, table, made):
    url = aws("sqs").create_queue(QueueName="q")["QueueUrl"]
    _put(table, pk="a", sk="b", v="kept")
    aws("sqs").send_message(QueueUrl=url, MessageBody="in hand")
    aws("sqs").receive_message(QueueUrl=url)
    first = made()
    first.start()
    first.close()
    _empty(table)
    aws("sqs").purge_queue(QueueUrl=url)
    local.records.clear()

    made().restore()
    assert [item["v"]["S"] for item in table.scan(TableName="t")["Items"]] == ["kept"]
    (message,) = aws("sqs").receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "in hand"
    assert local.records == [], "what is restored did not happen again"


def test_changes_are_written_while_it_runs(monkeypatch, table, made, tmp_path):
    monkeypatch.setattr(snapshots, "_EVERY_SECONDS", 0.02)
    running = made()
    running.start()
    _put(table, pk="a", sk="b")
    for _ in range(200):
        if b"pk" in ((tmp_path / "state.bin").read_bytes() if _exists(tmp_path) else b""):
            break
        running._closed.wait(0.02)
    written = (tmp_path / "state.bin").stat().st_mtime_ns
    running._closed.wait(0.1)
    assert (tmp_path / "state.bin").stat().st_mtime_ns == written, "nothing changed"
    running.close()


def _exists(folder):
    return (folder / "state.bin").exists()


@pytest.mark.parametrize("content", [b"", b"something else", b"millrace-state 1\nbroken"])
def test_what_cannot_be_read_is_set_aside_and_said(local, made, said, tmp_path, content):
    (tmp_path / "state.bin").write_bytes(content)
    made().restore()
    (aside,) = tmp_path.glob("state.unreadable-*")
    assert aside.read_bytes() == content
    assert len(said) == 1
    assert aside.name in said[0]


def test_what_a_table_held_that_is_gone_is_said(local, table, made, said):
    _put(table, pk="a", sk="b")
    made().close()
    table.delete_table(TableName="t")
    made().restore()
    assert said == ["t no longer exists; what it held is dropped"]


def test_a_disk_that_refuses_is_said_and_tried_again(local, made, said, tmp_path):
    (tmp_path / "state.draft").mkdir()
    one = made()
    one.close()
    assert "not written" in said[0]
    (tmp_path / "state.draft").rmdir()
    one.close()
    assert _exists(tmp_path)


def test_secrets_stay_and_are_for_their_owner(made, tmp_path):
    assert made().secrets() == {}
    made().keep_secrets({"S": "value"})
    assert made().secrets() == {"S": "value"}
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_file_is_whole_or_the_old_one(tmp_path):
    path = tmp_path / "a.bin"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_a_clean_stop_writes_what_is_not_counted_as_a_change(local, made, tmp_path):
    first = made()
    first.start()
    first._write()
    aws("secretsmanager").create_secret(Name="of-a-tenant", SecretString="x")
    first.close()
    assert b"of-a-tenant" in (tmp_path / "state.bin").read_bytes()
