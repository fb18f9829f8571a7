"""What the CRM function is told by its environment."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, Field

from functions.web.settings import HttpSettings


class ConsumerFacts(BaseModel):
    """A durable consumer, as its file declares it."""

    about: str
    topics: list[str]
    types: list[str]
    ordered: bool
    outside: bool


class CrmSettings(HttpSettings):
    """Settings of the CRM function."""

    crm_table: str = Field(description="Table of leads, their timelines and the outbox.")
    identity_table: str = Field(description="Table of members, keys and registrations.")
    executions_table: str = Field(description="Table of pipeline runs.")
    quarantine_table: str = Field(description="Table of quarantined events.")
    pipelines: dict[str, tuple[str, ...]] = Field(
        {}, description="JSON: each pipeline's name and the event types that start it."
    )
    consumers: dict[str, ConsumerFacts] = Field(
        {}, description="JSON: each durable consumer's name and what its file declares."
    )
    event_log_table: str = Field(description="Table of every event, for lists and replays.")
    events_bucket: str = Field(description="Bucket of data too large for the bus.")
    data_key_id: str = Field(description="The key of KMS that encrypts the data keys of tenants.")
    projections_table: str = Field(description="Table of what consumers make of events.")
    replay_queue_url: str = Field(description="The queue that takes the steps of replays.")
    pipeline_machines: dict[str, str] = Field(
        {}, description="JSON: each pipeline's name and its state machine."
    )
    publish_per_minute: int = Field(
        600, gt=0, description="Events that one tenant may publish over the API in a minute."
    )
    webhooks_table: str = Field(description="Table of webhook endpoints and their deliveries.")
    webhook_queue_url: str = Field(description="The queue of deliveries that are due.")
    tenant_secrets: str = Field(
        "millrace", description="First part of the names of the secrets that tenants give."
    )
    private_connections: bool = Field(
        False, description="Whether endpoints may be servers that are not on the internet."
    )
    cursor_secret_arn: str = Field(description="Secret that signs the cursors of lists.")


@lru_cache(maxsize=1)
def settings() -> CrmSettings:
    """The settings of this process; raises pydantic's error that names what is missing."""
    return CrmSettings()  # the environment gives the rest
