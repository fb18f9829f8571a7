"""What opens events in this process, as its environment says."""

from __future__ import annotations

from pydantic import Field

from shared.events.claims import Claims
from shared.events.data_keys import DataKeys
from shared.events.opening import Opener
from shared.events.sealing import Seals
from shared.platform.blobs import S3Blobs
from shared.platform.dynamo import DynamoTables
from shared.platform.kms import KmsKeys
from shared.platform.settings import FunctionSettings
from shared.platform.tables import Tables


class OpeningSettings(FunctionSettings):
    """Settings of functions that open events; a thin consumer has none of them."""

    events_bucket: str = Field("", description="Bucket of data too large for the bus.")
    data_key_id: str = Field(
        "", description="The key of KMS that encrypts the data keys of tenants."
    )
    identity_table: str = Field(description="Table of members, keys and registrations.")


def opener_here(tables: Tables | None = None) -> Opener:
    """The opener of this process."""
    told = OpeningSettings()  # the environment gives them
    keys = DataKeys(tables or DynamoTables(), told.identity_table, KmsKeys(told.data_key_id))
    return Opener(
        Claims(S3Blobs(told.events_bucket)) if told.events_bucket else None,
        Seals(keys) if told.data_key_id else None,
    )
