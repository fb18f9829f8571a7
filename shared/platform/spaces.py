"""Files in S3, below a prefix that nobody leaves: a tenant's space, or a bucket of its own."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from shared.platform.aws import client, error_code

_NUMBERED: Final = 10_000
_ATTEMPTS: Final = 5
_KEYS: Final = "keys"
"""Where an object says which calls made it what it is: the last of them."""
_REMEMBERED: Final = 40
_TAKEN: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_GONE: Final = frozenset({"404", "NoSuchKey", "NotFound"})

T = TypeVar("T")


class S3Space:
    """The port `Files` of nodes. Every write that may come again is guarded by what is there.

    An append knows its last forty calls: one that comes again after forty others adds twice.
    """

    def __init__(
        self, bucket: str, prefix: str, s3: Callable[[], Any] = lambda: client("s3")
    ) -> None:
        """`prefix` is empty for a whole bucket, else it ends with a slash."""
        if prefix and not prefix.endswith("/"):
            raise ValueError(f"prefix {prefix!r}: end it with /, or a neighbour's files are in it")
        self._bucket, self._prefix, self._s3 = bucket, prefix, s3

    async def list(self, prefix: str, most: int) -> Sequence[str]:
        """See `Files.list`."""
        return await asyncio.to_thread(self._list, prefix, most)

    async def size(self, path: str) -> int | None:
        """See `Files.size`."""
        found = await asyncio.to_thread(self._head, path)
        return None if found is None else int(found["ContentLength"])

    async def read(self, path: str, start: int, most: int) -> bytes:
        """See `Files.read`."""
        return await asyncio.to_thread(self._read, path, start, most)

    async def write(self, path: str, body: bytes) -> None:
        """See `Files.write`."""
        await asyncio.to_thread(self._put, path, body)

    async def create(self, path: str, body: bytes, idempotency_key: str) -> str:
        """See `Files.create`."""
        return await asyncio.to_thread(self._create, path, body, _hashed(idempotency_key))

    async def append(self, path: str, body: bytes, idempotency_key: str) -> None:
        """See `Files.append`."""
        await asyncio.to_thread(self._append, path, body, _hashed(idempotency_key))

    async def delete(self, path: str) -> bool:
        """See `Files.delete`."""
        return await asyncio.to_thread(self._delete, path)

    def _list(self, prefix: str, most: int) -> Sequence[str]:
        pages = (
            self._s3()
            .get_paginator("list_objects_v2")
            .paginate(
                Bucket=self._bucket,
                Prefix=self._prefix + prefix,
                PaginationConfig={"MaxItems": most, "PageSize": min(most, 1_000)},
            )
        )
        held = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
        return [key[len(self._prefix) :] for key in held]

    def _head(self, path: str) -> Any:
        return _or_none(
            lambda: self._s3().head_object(Bucket=self._bucket, Key=self._prefix + path), _GONE
        )

    def _read(self, path: str, start: int, most: int) -> bytes:
        if most <= 0:
            return b""
        found = self._s3().get_object(
            Bucket=self._bucket, Key=self._prefix + path, Range=f"bytes={start}-{start + most - 1}"
        )
        with found["Body"] as body:
            return bytes(body.read())

    def _put(self, path: str, body: bytes, **when: Any) -> Any:
        return self._s3().put_object(
            Bucket=self._bucket, Key=self._prefix + path, Body=body, **when
        )

    def _delete(self, path: str) -> bool:
        found = self._head(path) is not None
        client("s3").delete_object(Bucket=self._bucket, Key=self._prefix + path)
        return found

    def _create(self, path: str, body: bytes, key: str) -> str:
        stem, dot, end = path.rpartition(".") if "." in path else (path, "", "")
        for number in range(_NUMBERED):
            name = f"{stem}_{number}{dot}{end}" if number else path
            when = {"IfNoneMatch": "*", "Metadata": {_KEYS: key}}
            if _or_none(lambda: self._put(name, body, **when), _TAKEN) is not None:  # noqa: B023
                return name
            held = self._head(name)
            if held is not None and key in _keys(held):
                return name
        raise FileExistsError(f"{path}: there are {_NUMBERED} files of this name; clean up")

    def _append(self, path: str, body: bytes, key: str) -> None:
        for _ in range(_ATTEMPTS):
            held = self._head(path)
            known = _keys(held) if held else []
            if key in known:
                return
            before = self._read(path, 0, int(held["ContentLength"])) if held else b""
            guard = {"IfMatch": held["ETag"]} if held else {"IfNoneMatch": "*"}
            when = {**guard, "Metadata": {_KEYS: " ".join([*known, key][-_REMEMBERED:])}}
            if _or_none(lambda: self._put(path, before + body, **when), _TAKEN) is not None:  # noqa: B023
                return
        raise OSError(f"{path} is changed by many at once; try again")


def _or_none(call: Callable[[], T], codes: frozenset[str]) -> T | None:
    from botocore.exceptions import ClientError

    try:
        return call()
    except ClientError as error:
        if error_code(error) in codes:
            return None
        raise


def _keys(held: Any) -> list[str]:
    return str(held["Metadata"].get(_KEYS, "")).split()


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
