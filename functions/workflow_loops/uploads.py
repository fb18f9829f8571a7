"""A document that comes as a file of a form, or as the whole body."""

from __future__ import annotations

import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from fastapi import Request

from functions.web.problems import BadRequestError

_FIX = "send a JSON document, as the body or as the file of a form"


async def document(request: Request) -> dict[str, Any]:
    """The JSON object that a request brings.

    Raises:
        BadRequestError: it brings none.
    """
    kind, body = request.headers.get("content-type", ""), await request.body()
    if kind.lower().startswith("multipart/form-data"):
        body = _file(kind, body)
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except RecursionError:
        raise BadRequestError("file", "it is nested too deep", _FIX) from None
    except ValueError as error:
        raise BadRequestError("file", f"it is no JSON: {error}", _FIX) from None
    if not isinstance(found, dict):
        raise BadRequestError("file", "it is no JSON object", _FIX)
    return found


def _file(kind: str, body: bytes) -> bytes:
    """The first file of a form; e-mails are made of the same parts."""
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = list(message.iter_parts()) if message.is_multipart() else []
    for part in parts:
        if part.get_filename() or part.get_param("name", header="content-disposition") == "file":
            held = part.get_payload(decode=True)
            return held if isinstance(held, bytes) else b""
    raise BadRequestError("file", "the form has no file", _FIX)
