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
    node_runner_arn: str = Field(description="The function that runs nodes.")
    machine_role_arn: str = Field(description="The role that state machines of flows act with.")
    machines_per_tenant: int = Field(
        200, gt=0, description="State machines of flows that one tenant may have at once."
    )
    tenant_secrets: str = Field(
        "millrace", description="First part of the names of the secrets that tenants give."
    )
    public_url: str = Field(
        "", description="The API's address as browsers see it; empty is the request's own."
    )
    private_connections: bool = Field(
        False, description="Whether connections may name servers that are not on the internet."
    )


@lru_cache(maxsize=1)
def settings() -> WorkflowSettings:
    """The settings of this process; raises pydantic's error that names what is missing."""
    return WorkflowSettings()  # the environment gives the rest
