"""Which object was uploaded: S3's event, and the tenant that its folder is registered for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.platform.tables import Tables

REPORTS: Final = "reports"
"""The folder that reports go to; the rule leaves it out, so no import starts another."""

FolderTenant = Callable[[str], str | None]
"""The tenant of an import folder, or None if it is not registered."""


class NotAnUploadError(ValueError):
    """A message that no retry makes an upload; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of one object."""

    event_id: str
    bucket: str
    key: str
    version: str
    size: int

    @property
    def folder(self) -> str:
        """The first folder of the key: whose file it is."""
        return self.key.partition("/")[0] if "/" in self.key else ""

    @property
    def file(self) -> str:
        """The key without its first folder."""
        return self.key.partition("/")[2]

    @property
    def import_id(self) -> str:
        """The same for every delivery of the same upload."""
        named = json.dumps([self.bucket, self.key, self.version])
        return hashlib.sha256(named.encode()).hexdigest()[:32]

    @property
    def report_key(self) -> str:
        """Where the report goes."""
        return f"{REPORTS}/{self.folder}/{self.file}.json"


def uploaded(body: str) -> Upload:
    """The upload that a message tells of.

    Raises:
        NotAnUploadError: it tells of something else.
    """
    try:
        event = json.loads(body)
        detail = event["detail"]
        made, source = event["detail-type"], event["source"]
        told = detail["object"]
        upload = Upload(
            str(event["id"]),
            str(detail["bucket"]["name"]),
            str(told["key"]),
            str(told["version-id"]),
            int(told.get("size", 0)),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NotAnUploadError(
            f"not S3's event of an object in a bucket with versions: {error!r}"
        ) from None
    if (source, made) != ("aws.s3", "Object Created"):
        raise NotAnUploadError(f"{made} of {source} creates no object; mend the rule's pattern")
    return upload


def registered_folders(tables: Tables, table: str) -> FolderTenant:
    """Looks folders up in the table where they are registered."""

    def tenant_of(folder: str) -> str | None:
        item = tables.get(table, {"pk": f"import#{folder}", "sk": "import"})
        return str(item["tenant"]) if item else None

    return tenant_of
