"""What cdk-nag finds is either mended or acknowledged here, by resource and with the reason."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path

OPEN_ROUTES = "it tells nothing and changes nothing; preflights carry no credentials"
SIGNING_IN = "whoever calls it has no credentials yet, or sends them in the body"
OWN_RETRIES = "nothing calls it asynchronously; its caller retries and keeps what failed"
EXPORTED = "millrace-dev-data:ExportsOutputFnGetAttImportBucketArn982E615A"
_OWN = "<AWS::Region>:<AWS::AccountId>"
FLOWS = {
    f"arn:<AWS::Partition>:states:{_OWN}:stateMachine:millrace-flow-*",
    f"arn:<AWS::Partition>:states:{_OWN}:execution:millrace-flow-*",
    f"arn:<AWS::Partition>:secretsmanager:{_OWN}:secret:millrace/*",
    f"arn:<AWS::Partition>:secretsmanager:{_OWN}:secret:millrace/*/webhooks/*",
    "arn:<AWS::Partition>:iam::*:role/millrace-bucket-*",
}
"""What is made while the platform runs, or is a tenant's own: nothing else has such a name."""
AT_RUN_TIME = "made while the platform runs, or a tenant's own; nothing else has such a name"
VALUES = "millrace-dev-data:ExportsOutputFnGetAttValuesBucketArnB5880237"
EVENTS = "millrace-dev-data:ExportsOutputFnGetAttEventsBucketArn8527E1E9"
SPACES = "millrace-dev-data:ExportsOutputFnGetAttSpacesBucketArnA074F0A1"
UPLOADS = "an upload may lie in any folder; reports may be written below one prefix only"
LATEST = "3.13 is the newest runtime that every locked wheel is built for"
TRACES = "X-Ray and log delivery have no resource-level permissions"
IS_DEAD_LETTERS = "it is itself where failures end, for a stream or a schedule"

ACKNOWLEDGED: dict[str, list[tuple[str, str]]] = {
    "AwsSolutions-DDB3": [("tables/InboxTable/*", "its items expire; nothing to restore")],
    "AwsSolutions-SMG4": [
        ("tables/CursorSecret/*", "a rotation would void the cursors that readers hold")
    ],
    "AwsSolutions-COG2": [("users/UserPool/*", "each person may require it of themselves")],
    "AwsSolutions-COG8": [("users/UserPool/*", "the plus plan is charged per user")],
    "AwsSolutions-IAM5[Resource::*]": [("*Function/Role/*", TRACES), ("*Machine/Role/*", TRACES)],
    f"AwsSolutions-IAM5[Resource::{EXPORTED}/*]": [("LeadImport/*Function/Role/*", UPLOADS)],
    f"AwsSolutions-IAM5[Resource::{EXPORTED}/reports/*]": [
        ("LeadImport/*Function/Role/*", UPLOADS)
    ],
    f"AwsSolutions-IAM5[Resource::{VALUES}/*]": [
        (
            "*Function/Role/*",
            "the tenant leads every key, and the hash of a value ends it",
        )
    ],
    "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:"
    "<AWS::AccountId>:secret:millrace/*]": [
        ("workflows/*Function/Role/*", "tenants give them; the tenant leads every name"),
        ("answers/*Function/Role/*", "tenants give them; the tenant leads every name"),
    ],
    "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::*:role/millrace-bucket-*]": [
        ("workflows/*Function/Role/*", "roles of tenants' accounts, which ask for an external id"),
    ],
    **{
        f"AwsSolutions-IAM5[Resource::{one}]": [
            ("*Function/Role/*", AT_RUN_TIME),
        ]
        for one in FLOWS
    },
    f"AwsSolutions-IAM5[Resource::{EVENTS}/*/events/*]": [
        ("*Function/Role/*", "the tenant leads every key, and the hash of the data ends it")
    ],
    f"AwsSolutions-IAM5[Resource::{SPACES}/*]": [
        ("nodes/*Function/Role/*", "the tenant leads every key of its files")
    ],
    "AwsSolutions-IAM5[Resource::<MailInputMailBucket.Arn>/*]": [
        ("MailInput/*Function/Role/*", "SES names each mail; its notice says which is meant")
    ],
    "AwsSolutions-VPC7": [("nodes/PythonTool/Network/*", "nothing can leave it, or enter")],
    "AwsSolutions-S1": [
        (
            "tables/ImportBucket/*",
            "each upload is an event; a log would outlive it",
        ),
        ("MailInput/MailBucket/*", "each mail is a notice; a log would outlive it"),
        ("tables/ValuesBucket/*", "only functions read it, and the record says which run did"),
        ("tables/SpacesBucket/*", "only nodes read it, and the record says which run did"),
        ("tables/EventsBucket/*", "only functions read it, and the log says which event did"),
    ],
    "AwsSolutions-L1": [("*Function/*", LATEST)],
    "AwsSolutions-SQS3": [
        ("outbox/*DeadLetters/*", IS_DEAD_LETTERS),
        ("upkeep/*DeadLetters/*", IS_DEAD_LETTERS),
        ("Webhooks/SweeperDeadLetters/*", IS_DEAD_LETTERS),
        ("answers/*DeadLetters/*", IS_DEAD_LETTERS),
    ],
    "AwsSolutions-APIG4": [
        ("api/Health*Route", OPEN_ROUTES),
        ("api/Test*Route", OPEN_ROUTES),
        ("api/*Preflight*Route", OPEN_ROUTES),
        ("api/Post*Route", SIGNING_IN),
        ("workflows/Preflight*Route", OPEN_ROUTES),
        ("workflows/Open*Webhooks*Route", "an id that cannot be guessed names the workflow"),
        ("workflows/OpenGet*Callback*Route", "a state that cannot be guessed names who asked"),
        ("api/Form*Route", "a public key names the tenant; the application judges it"),
    ],
    "Serverless-LambdaStarPermissions": [("*Function/Role/*", TRACES)],
    "Serverless-LambdaDLQ": [
        ("outbox/SweeperFunction/*", "the next minute sweeps again, and an error is an alarm"),
        ("outbox/RelayFunction/*", OWN_RETRIES),
        ("*Pipeline/*Function/*", OWN_RETRIES),
        ("*Consumer/Function/*", OWN_RETRIES),
        ("Replays/*Function/*", OWN_RETRIES),
        ("Webhooks/*Function/*", "its queue keeps it, or the next minute sweeps again"),
        ("LeadImport/*Function/*", OWN_RETRIES),
        ("MailInput/*Function/*", OWN_RETRIES),
        ("ReturnedMail/Function/*", OWN_RETRIES),
        ("AlarmNotices/Function/*", OWN_RETRIES),
        ("Triggered/*Function/*", OWN_RETRIES),
        ("crm/*Function/*", OWN_RETRIES),
        ("identity/*Function/*", OWN_RETRIES),
        ("workflows/*Function/*", OWN_RETRIES),
        ("nodes/*Function/*", OWN_RETRIES),
        ("chat/*Function/*", OWN_RETRIES),
        ("answers/*Function/*", "the queue brings it again; the next minute sweeps again"),
        ("upkeep/*Function/*", "the next call does what this one left, or its queue keeps it"),
    ],
    "Serverless-LambdaLatestVersion": [("*Function/*", LATEST)],
    "Serverless-SQSRedrivePolicy": [("*DeadLetters/*", "it is itself where failures end")],
    "Serverless-LambdaEventSourceMappingDestination": [
        ("*QueueMapping", "a queue has a redrive policy; destinations are for streams")
    ],
}


def findings(assembly: Path) -> set[tuple[str, str]]:
    """Rule and resource of each finding, the stack's name left out."""
    report = json.loads((assembly / "validation-report.json").read_text())
    return {
        (violation["ruleName"], construct["constructPath"].partition("/")[2])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    }


def test_every_finding_is_acknowledged(assembly: Path) -> None:
    unacknowledged = {
        (rule, path)
        for rule, path in findings(assembly)
        if not any(fnmatchcase(path, known) for known, _ in ACKNOWLEDGED.get(rule, []))
    }
    assert unacknowledged == set()


def test_no_acknowledgement_outlives_its_finding(assembly: Path) -> None:
    found = findings(assembly)
    stale = {
        (rule, known)
        for rule, entries in ACKNOWLEDGED.items()
        for known, _ in entries
        if not any(rule == other and fnmatchcase(path, known) for other, path in found)
    }
    assert stale == set()
