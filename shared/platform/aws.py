"""boto3 clients, made once per process and only when first asked for.

boto3 is imported here and nowhere else, and lazily: a function that never calls AWS never pays
for it. Time-outs are short because a handler's own time is; retries are the SDK's adaptive ones.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

Service = Literal[
    "cognito-idp",
    "dynamodb",
    "events",
    "kms",
    "lambda",
    "s3",
    "sqs",
    "stepfunctions",
    "secretsmanager",
    "sesv2",
    "sts",
]


@lru_cache(maxsize=1)
def _session() -> Any:
    import boto3

    return boto3.Session()


@lru_cache(maxsize=16)
def client(service: Service, read_timeout: int = 10, attempts: int = 4) -> Any:
    """The client of a service; `read_timeout` in seconds, `attempts` in all."""
    from botocore.config import Config

    # Without host prefixes a synchronous execution reaches any endpoint, the laptop's too; AWS
    # serves it on the plain host as well.
    prefix = {"inject_host_prefix": False} if service == "stepfunctions" else {}
    config = Config(
        connect_timeout=3,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        **prefix,  # type: ignore[arg-type]
    )
    return _session().client(service, config=config)


@lru_cache(maxsize=100)
def dynamodb_as(key: str, secret: str, token: str) -> Any:
    """A client of DynamoDB with the credentials of a session."""
    from botocore.config import Config

    config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 4})
    return _session().client(
        "dynamodb", config=config, aws_access_key_id=key, aws_secret_access_key=secret,
        aws_session_token=token,
    )  # fmt: skip


def s3_as(key: str, secret: str, token: str, region: str) -> Any:
    """A client of S3 with the credentials of a role that somebody lets us take."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 3})
    session = boto3.Session(key, secret, token, region)
    return session.client("s3", config=config)


def error_code(error: ClientError) -> str:
    """AWS's name of what went wrong."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))
