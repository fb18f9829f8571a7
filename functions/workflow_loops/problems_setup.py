"""What errors about buckets, texts and notices are answered with."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from functions.web.problems import Answers, problem
from shared.nodes.files.tenant_buckets import BucketNotFoundError, BucketRefusedError
from shared.nodes.messages.member_notices import NoticeNotFoundError
from shared.nodes.messages.tenant_texts import TextNotFoundError, TooManyTextsError


async def _absent(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", str(exc))


async def _refused(_: Request, exc: Any) -> Response:
    return problem(409, "Refused", str(exc))


ANSWERS: Final[Answers] = {
    BucketNotFoundError: _absent,
    BucketRefusedError: _refused,
    NoticeNotFoundError: _absent,
    TextNotFoundError: _absent,
    TooManyTextsError: _refused,
}
