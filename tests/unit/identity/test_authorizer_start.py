"""What the authorizer does while it starts, so that its first call has time for the caller."""

from __future__ import annotations

import os
import subprocess
import sys

ASKS = """
import functions.identity.authorizer as authorizer
from shared.platform.aws import client
print(authorizer.wired.cache_info().currsize, client.cache_info().currsize)
"""
TOLD = {
    "IDENTITY_TABLE": "t",
    "ISSUER": "i",
    "JWKS_URL": "http://127.0.0.1:1",
    "CLIENT_ID": "c",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1",
}


def test_its_clients_are_made_before_the_first_call():
    answer = subprocess.run(
        [sys.executable, "-c", ASKS], env={**os.environ, **TOLD}, capture_output=True, text=True
    )
    assert answer.stdout.split() == ["1", "1"], answer.stderr
