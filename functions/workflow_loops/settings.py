"""What the API of workflows is told by its environment."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from functions.web.settings import HttpSettings


class WorkflowSettings(HttpSettings):
    """Settings of the API of workflows."""

    crm_table: str = Field(description="Table of entities, their timelines and the outbox.")
    workflows_table: str = Field(description="Table of published versions of flows.")
    executions_table: str = Field(description="Table of runs: what stands for each node.")
    identity_table: str = Field(description="Table of tenants, members and keys.")
    values_bucket: str = Field(description="Bucket of values too large for the table.")
    tenant_secrets: str = Field(
        "millrace", description="First part of the names of the secrets that tenants give."
    )
    runner_function: str = Field(
        "", description="Function that runs nodes; without it nothing of a draft can be tried."
    )


@lru_cache(maxsize=1)
def settings() -> WorkflowSettings:
    """The settings of this process; raises pydantic's error that names what is missing."""
    return WorkflowSettings()  # the environment gives the rest
