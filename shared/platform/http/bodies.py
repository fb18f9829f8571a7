"""Reading the body of an answer: never more of it in memory than was asked for.

Only gzip is offered and unpacked, once and piece by piece: a packed answer cannot grow before it is
counted, and one that is packed several times is refused.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from shared.platform.http.calls import HttpTooLargeError, HttpTransportError

if TYPE_CHECKING:
    import httpx

ACCEPTED: Final = "gzip"
_PIECE: Final = 65_536
_GZIP: Final = 31
"""zlib's number for gzip with its header."""


async def read_body(answer: httpx.Response, most: int, *, cut: bool = False) -> bytes:
    """The body, unpacked; with `cut` as much of it as is wanted.

    Raises:
        HttpTooLargeError: it has more bytes.
        HttpTransportError: it is packed in a way that was not offered, or broken.
    """
    unpack = _unpacker(answer.headers.get("content-encoding", ""))
    found = bytearray()
    async for part in answer.aiter_raw(_PIECE):
        found += unpack.pieces(part, most + 1 - len(found)) if unpack else part
        if len(found) > most and cut:
            break
        if len(found) > most:
            raise HttpTooLargeError(f"the answer has more than {most:,} bytes; ask for less")
    return bytes(found[:most])


class _Unpacker:
    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)

    def pieces(self, part: bytes, room: int) -> bytes:
        """What a part stands for, as far as there is room; it may be the end of several members."""
        found = bytearray()
        try:
            while part and len(found) < room:
                if self._member.eof:
                    self._member = zlib.decompressobj(_GZIP)
                found += self._member.decompress(part, room - len(found))
                part = self._member.unused_data
        except zlib.error as error:
            raise HttpTransportError("DecodingError", f"the answer is no gzip: {error}") from None
        return bytes(found)


def _unpacker(encoding: str) -> _Unpacker | None:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return _Unpacker()
    told = f"the answer is packed as {encoding:.50}; only gzip was offered"
    raise HttpTransportError("DecodingError", told)
