"""Clients of AWS: the laptop's with credentials that mean nothing, AWS itself with the usual."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from millrace.failing import CommandError, MisuseError

_REGION: Final = "us-east-1"
"""The laptop's; elsewhere the region is the one of your AWS configuration."""


class Aws:
    """`with reached(url) as aws: aws.client("events").put_events(…)`."""

    def __init__(self, url: str | None) -> None:
        import boto3

        self.on_laptop = _is_local(url)
        self._url = url or None
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

        retries: Any = {"mode": "standard", "max_attempts": 1 if self.on_laptop else 4}
        how = Config(retries=retries, connect_timeout=5)
        return self._session.client(service, endpoint_url=self._url, config=how)


def is_laptop(url: str | None) -> bool:
    """Whether an address is of this machine."""
    return _is_local(url)


@contextmanager
def reached(url: str | None) -> Iterator[Aws]:
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
        raise CommandError(f"{url or 'AWS'} does not answer; {mend}") from None
    except NoCredentialsError:
        raise CommandError("no AWS credentials; run `aws configure` or `aws sso login`") from None
    except NoRegionError:
        raise CommandError("no AWS region; set AWS_DEFAULT_REGION") from None
    except BotoCoreError as error:
        raise CommandError(f"AWS was not reached: {error}") from None
    except ValueError as error:  # what botocore says of an address that is none
        raise MisuseError(f"--aws-url {url!r} is no address: {error}") from None


def _is_local(url: str | None) -> bool:
    host = urlsplit(url).hostname if url else None
    if host is None:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
