"""What the API takes and shows of buckets, texts, opt-outs and notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from shared.nodes.files.tenant_buckets import Bucket
from shared.nodes.messages.member_notices import Notice
from shared.nodes.messages.opt_outs import OptOut
from shared.nodes.messages.tenant_texts import Text

Address = Annotated[str, Field(max_length=254, pattern=r"^[^@\s#\x00-\x1f]{1,64}@[^@\s#/]{1,190}$")]
Topic = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]


Id = Annotated[str, Path(max_length=100)]
"""In a path: longer ones are nobody's, and no key of a table."""


class BucketsView(BaseModel):
    """All buckets, by name."""

    buckets: Sequence[Bucket]


class TextsView(BaseModel):
    """All texts, by name."""

    templates: Sequence[Text]


class NewOptOut(BaseModel):
    """Who wants no mail about what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: Address
    topic: Topic = Field("everything", description="Of a node; everything stands for all")


class OptOutsView(BaseModel):
    """A page of opt-outs; `before` asks for the next one."""

    opt_outs: Sequence[OptOut]
    before: str | None = None


class NoticesView(BaseModel):
    """A page of the member's own notices, the latest first."""

    notices: Sequence[Notice]
    before: str | None = None
