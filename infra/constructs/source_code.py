"""The code of every function: the sources of `functions/` and `shared/`, one asset."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

ROOT: Final = Path(__file__).resolve().parents[2]

_ONLY_SOURCES: Final = [
    "/*",
    "!/functions",
    "!/shared",
    "**/__pycache__",
]


def source_code() -> lambda_.Code:
    """The sources as code for one stack; equal content is uploaded once for all stacks."""
    return lambda_.Code.from_asset(str(ROOT), exclude=_ONLY_SOURCES, ignore_mode=cdk.IgnoreMode.GIT)
