"""A CSV that is put into the import bucket becomes leads; what cannot is reported."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.xdist_group("faults")

CSV = (
    "Name,E-Mail,Value,Status,Services,Fax\n"
    'Ann Import,ann@example.com,60000,proposal sent,"AI automation|Audit",1\n'
    ",nobody@example.com,1,,,\n"
    "Bob Import,bob@example.com,a lot,,,\n"
    '"Cleo\nImport",cleo@example.com,,,,\n'
    "Dan Import,d@example.com,1,,,,,\n"
)


@pytest.fixture
def bucket(running):
    running.platform.ready.wait(30)
    return running.platform.deployment.name("ImportBucket")


def report_of(running, bucket, key):
    s3 = running.aws("s3")

    def found():
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"reports/{key}.json")
        return listed.get("Contents")

    running.eventually(found, seconds=90)
    return json.loads(s3.get_object(Bucket=bucket, Key=f"reports/{key}.json")["Body"].read())


def leads_named(running, part):
    columns = running.get("/leads/").values()
    return [lead for column in columns for lead in column if part in lead["name"]]


def test_rows_become_leads_and_a_broken_one_is_reported(running, bucket):
    key = "demo/März 2026+.csv"  # characters that some services encode
    running.aws("s3").put_object(Bucket=bucket, Key=key, Body=("\ufeff" + CSV).encode())
    report = report_of(running, bucket, key)
    assert (report["created"], report["refused"]) == (2, 3)
    assert [(p["line"], p["field"]) for p in report["problems"]] == [
        (3, "name"), (4, "value"), (7, None)]  # fmt: skip
    assert report["unknown_columns"] == ["Fax"]
    made = sorted(leads_named(running, "Import"), key=lambda lead: lead["name"])
    assert [lead["name"] for lead in made] == ["Ann Import", "Cleo\nImport"]
    assert (made[0]["status"], made[0]["value"]) == ("Proposal sent", 60000)
    assert made[0]["services"] == ["AI automation", "Audit"]
    # Each is a lead like any other: its pipeline runs.
    assert running.eventually(lambda: running.completed(made[0]["id"]))
    created = running.events(made[0]["id"])[0]
    assert created["type"] == "lead.created"


def test_the_same_upload_delivered_again_creates_nothing(running, bucket):
    name = f"Twice {uuid.uuid4()}"
    key = f"demo/{uuid.uuid4()}.csv"
    told = running.aws("s3").put_object(Bucket=bucket, Key=key, Body=f"name\n{name}\n".encode())
    report_of(running, bucket, key)
    sqs = running.aws("sqs")
    url = sqs.get_queue_url(QueueName=running.platform.deployment.name("LeadImportQueue"))
    event = {
        "id": "again", "source": "aws.s3", "detail-type": "Object Created",
        "detail": {"bucket": {"name": bucket},
                   "object": {"key": key, "version-id": told["VersionId"], "size": 1}},
    }  # fmt: skip
    # Another upload behind it tells when it was handled: one that is refused whole.
    sqs.send_message(QueueUrl=url["QueueUrl"], MessageBody=json.dumps(event))
    running.aws("s3").put_object(Bucket=bucket, Key="demo/behind.csv", Body=b"phone\n1\n")
    assert "names no column `name`" in report_of(running, bucket, "demo/behind.csv")["error"]
    assert len(leads_named(running, name)) == 1


def test_an_unknown_folder_goes_to_quarantine_with_a_sentence(running, bucket):
    running.aws("s3").put_object(Bucket=bucket, Key="stranger/leads.csv", Body=b"name\nEve\n")
    table = running.platform.table("QuarantineTable")

    def kept():
        answer = running.aws("dynamodb").query(
            TableName=table,
            KeyConditionExpression="pk = :none",
            ExpressionAttributeValues={":none": {"S": "-"}},
        )
        return answer["Items"]

    [entry] = running.eventually(kept, seconds=60)
    assert entry["error"]["S"] == "the folder stranger is not registered; register it for a tenant"
    assert leads_named(running, "Eve") == []


@pytest.mark.skipif(not shutil.which("aws"), reason="the AWS CLI is not installed")
def test_the_command_of_the_docs(running, bucket, tmp_path):
    name = f"Copied {uuid.uuid4()}"
    (tmp_path / "leads.csv").write_text(f"name;value\n{name};70000.50\n")
    text = (ROOT / "docs" / "imports.md").read_text()
    command = re.search(r"^aws s3 cp .*$", text, re.MULTILINE)[0]
    done = subprocess.run(
        command.replace("http://localhost:8001", running.platform.aws_url).split(),
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
             "AWS_DEFAULT_REGION": "us-east-1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert report_of(running, bucket, "demo/leads.csv")["created"] == 1
    assert [lead["value"] for lead in leads_named(running, name)] == [70000.5]
