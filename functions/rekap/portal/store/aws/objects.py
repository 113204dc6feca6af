"""Objects in S3: the site and `log/` in the public bucket, `state/` in one of its own.

Relies on: a read sees every write that was acknowledged before it began; a put with
`If-None-Match: *` or `If-Match` is done only if that holds when the object is replaced. The tag of
an object is its ETag. Of the answers to a conditional put

    412  the condition does not hold                 Conflict
    404  there is nothing that could have the tag    Conflict
    409  another put of this key is under way        again, a few times, then Conflict

A put whose answer was lost is sent again by the client and then meets its own object: also a
Conflict. Whoever gets one looks at what is stored, as it must anyway (ADR 0008).
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final, TypeVar

from botocore.exceptions import (
    ClientError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
)

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.ports import Stored
from rekap.portal.store import paths
from rekap.portal.store.aws.patience import PATIENT, Met, Patience, asking, error_code
from rekap.portal.store.headers import CacheRules, content_type

_CONFLICT, _PRECONDITION_FAILED = 409, 412
Got = TypeVar("Got")
_CUT_SHORT: Final = (HTTPClientError, IncompleteReadError)


class S3Objects:
    """The port `Objects`. Without a bucket for `state/`, that area is not this function's."""

    def __init__(
        self,
        client: Any,
        *,
        public: str,
        state: str | None,
        cache: CacheRules,
        patience: Patience = PATIENT,
    ) -> None:
        self._client = client
        self._public = public
        self._state = state
        self._cache = cache
        self._patience = patience

    def get(self, path: str) -> Stored | None:
        """Return the object's bytes and its tag, or None.

        Raises Corrupt unless the bytes have the SHA-256 that was stored with them.
        """
        return self._asked(path, _whole, ChecksumMode="ENABLED")

    def part(self, path: str, start: int, length: int) -> bytes | None:
        """Return these bytes of an object, or None; S3 has no SHA-256 of a part."""
        return self._asked(path, _body, Range=f"bytes={start}-{start + length - 1}")

    def _asked(
        self, path: str, read: Callable[[dict[str, Any], str], Got], **request: str
    ) -> Got | None:
        bucket = self._bucket(path)

        def once() -> Got | None:
            with asking(f"get {path}"):
                try:
                    answer = self._client.get_object(Bucket=bucket, Key=path, **request)
                except ClientError as error:
                    if error_code(error) == "NoSuchKey":
                        return None
                    raise
                return read(answer, path)

        return self._patience.insist(f"get {path}", once)

    def put_new(self, path: str, data: bytes) -> None:
        """Create an object; Conflict if there is one, or if somebody else is creating it."""
        self._put(path, data, IfNoneMatch="*")

    def put_if(self, path: str, data: bytes, tag: str | None) -> str:
        """Replace the object that has `tag` (None: create it) and return the new tag.

        Conflict if the object has another tag, if there is none, or if somebody else is
        replacing it.
        """
        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        return self._put(path, data, **condition)

    def _put(self, path: str, data: bytes, **condition: str) -> str:
        request = {
            "Bucket": self._bucket(path),
            "Key": path,
            "Body": data,
            "ChecksumAlgorithm": "SHA256",
            "ChecksumSHA256": _checksum(data),
            "ContentType": content_type(path),
            **condition,
        }
        if not path.startswith(paths.STATE):
            request["CacheControl"] = self._cache.of(path)

        def once() -> str:
            with asking(f"put {path}"):
                try:
                    return str(self._client.put_object(**request)["ETag"])
                except ClientError as error:
                    _react(error, path)
                    raise

        return self._patience.insist(f"put {path}", once, at_last=Conflict)

    def _bucket(self, path: str) -> str:
        if not paths.check(path).startswith(paths.STATE):
            return self._public
        if self._state is None:
            raise RuntimeError("this function has no bucket for state/: set REKAP_STATE_BUCKET")
        return self._state


def _react(error: ClientError, path: str) -> None:
    """Raise what a refused put asks for; return if it is no matter of conditions."""
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if status == _CONFLICT:
        raise Met(f"{path}: {error_code(error)}") from error
    if status == _PRECONDITION_FAILED:
        raise Conflict(f"{path} is not what was read") from error
    if error_code(error) == "NoSuchKey":
        raise Conflict(f"{path} is not there") from error


def _whole(answer: dict[str, Any], path: str) -> Stored:
    data, stored = _body(answer, path), answer.get("ChecksumSHA256")
    if stored != _checksum(data):
        raise Corrupt(f"{path} has SHA-256 {_checksum(data)}, stored with it is {stored}")
    return Stored(data, answer["ETag"])


def _body(answer: dict[str, Any], path: str) -> bytes:
    """Read the bytes to their end; a connection that ends before is Met: ask again."""
    try:
        data: bytes = answer["Body"].read()
    except FlexibleChecksumError as error:
        raise Corrupt(f"{path}: {error}") from error
    except _CUT_SHORT as error:
        raise Met(f"{path}: {error}") from error
    return data


def _checksum(data: bytes) -> str:
    return b64encode(hashlib.sha256(data).digest()).decode()
