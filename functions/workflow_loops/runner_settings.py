"""What the node runner is told by its environment."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from shared.platform.settings import FunctionSettings


class RunnerSettings(FunctionSettings):
    """Settings of the node runner."""

    executions_table: str = Field(description="Table of runs: what stands for each node.")
    workflows_table: str = Field(description="Table of published versions of flows.")
    crm_table: str = Field(description="Table of entities, their timelines and the outbox.")
    inbox_table: str = Field(description="Table of what expires: inbox, keys, sessions, counters.")
    audit_table: str = Field(description="Table of the audit.")
    identity_table: str = Field(description="Table of tenants, members and keys.")
    values_bucket: str = Field(description="Bucket of values too large for the table.")
    spaces_bucket: str = Field(description="Bucket of tenants' files, each below its tenant.")
    events_bucket: str = Field(description="Bucket of data too large for the bus.")
    mail_from: str = Field(description="Verified sender of mails.")
    tenant_secrets: str = Field(
        "millrace", description="First part of the names of the secrets that tenants give."
    )
    private_connections: bool = Field(
        False, description="Whether connections may name servers that are not on the internet."
    )
    rows_role_arn: str = Field(
        description="The role that reaches rows, taken for one tenant at a time."
    )
    row_tables: str = Field(description="ARNs of the tables that it reaches, separated by commas.")


@lru_cache(maxsize=1)
def settings() -> RunnerSettings:
    """The settings of this process; raises pydantic's error that names what is missing."""
    return RunnerSettings()  # the environment gives them
