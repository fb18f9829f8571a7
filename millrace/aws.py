"""Clients of AWS: the laptop's with credentials that mean nothing, AWS itself with the usual."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from millrace.addresses import is_laptop
from millrace.failing import CommandError, MisuseError

AWS_ITSELF: Final = "aws"
_ADDRESS: Final = "write it as http://host:port, or aws"
_REGION: Final = "us-east-1"
"""The laptop's; elsewhere the region is the one of your AWS configuration."""


class Aws:
    """`with reached(url) as aws: aws.client("events").put_events(…)`."""

    def __init__(self, url: str) -> None:
        import boto3

        if url != AWS_ITSELF and urlsplit(url).scheme not in ("http", "https"):
            raise MisuseError(f"--aws-url {url!r} is no address; {_ADDRESS}")
        self.on_laptop = is_laptop(url)
        self._url = None if url == AWS_ITSELF else url
        # Dummies only for this machine: a real secret key never signs for an unknown address,
        # and a dummy never hides that somebody has no credentials.
        self._session = (
            boto3.Session(
                aws_access_key_id="local", aws_secret_access_key="local", region_name=_REGION
            )
            if self.on_laptop
            else boto3.Session()
        )

    def client(self, service: Any) -> Any:
        """The client of a service."""
        from botocore.config import Config

        how = Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=5)
        try:
            return self._session.client(service, endpoint_url=self._url, config=how)
        except ValueError:
            raise MisuseError(f"--aws-url {self._url!r} is no address; {_ADDRESS}") from None


@contextmanager
def reached(url: str) -> Iterator[Aws]:
    """AWS; what it refuses becomes one sentence.

    Raises:
        CommandError: it refused or was not reached; the sentence says what to mend.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        EndpointConnectionError,
        NoCredentialsError,
        NoRegionError,
    )

    try:
        yield Aws(url)
    except ClientError as error:
        said = error.response.get("Error", {})
        raise CommandError(
            f"AWS refused {error.operation_name}: {said.get('Message') or said.get('Code')}"
        ) from None
    except EndpointConnectionError:
        mend = "start the laptop's with `millrace dev`, or name another with --aws-url"
        raise CommandError(f"{url} does not answer; {mend}") from None
    except NoCredentialsError:
        raise CommandError("no AWS credentials; run `aws configure` or `aws sso login`") from None
    except NoRegionError:
        raise CommandError("no AWS region; set AWS_DEFAULT_REGION") from None
    except BotoCoreError as error:
        raise CommandError(f"AWS was not reached: {error}") from None
