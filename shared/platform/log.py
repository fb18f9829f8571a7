"""The structured log: ids in every line, payloads in none."""

from __future__ import annotations

from aws_lambda_powertools import Logger


def logger(service: str) -> Logger:
    """The log of one function; its level is the setting LOG_LEVEL."""
    return Logger(service=service, utc=True, log_uncaught_exceptions=False)
