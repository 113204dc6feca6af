"""A key service for tests: moto 5.2 refuses Ed25519 keys, so the answers are ours.

They are given to a real client before it would send the request, so the client's own checking of
names and types, against the service's description, is part of every test.
"""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

from botocore.awsrequest import AWSResponse
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY = "arn:aws:kms:ap-southeast-3:123456789012:key/0f0e0d0c-0b0a-4908-8706-050403020100"


class Kms:
    """Holds one Ed25519 key, as ECC_NIST_EDWARDS25519."""

    def __init__(self, private: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(private)
        self.calls: list[str] = []

    def serve(self, client: Any) -> Any:
        """Answer the calls of a client; return it."""
        client.meta.events.register("before-call.kms.GetPublicKey", self._public_key)
        client.meta.events.register("before-call.kms.Sign", self._sign)
        return client

    def _public_key(self, params: dict[str, Any], **_: Any) -> Any:
        self._asked(params, "GetPublicKey")
        public = self._private.public_key()
        return _answer(
            {
                "KeyId": KEY,
                "KeySpec": "ECC_NIST_EDWARDS25519",
                "KeyUsage": "SIGN_VERIFY",
                "SigningAlgorithms": ["ED25519_SHA_512", "ED25519_PH_SHA_512"],
                "PublicKey": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            }
        )

    def _sign(self, params: dict[str, Any], **_: Any) -> Any:
        asked = self._asked(params, "Sign")
        assert (asked["MessageType"], asked["SigningAlgorithm"]) == ("RAW", "ED25519_SHA_512")
        message = b64decode(asked["Message"])
        assert 1 <= len(message) <= 4096
        return _answer({"KeyId": KEY, "Signature": self._private.sign(message)})

    def _asked(self, params: dict[str, Any], name: str) -> dict[str, Any]:
        asked: dict[str, Any] = json.loads(params["body"])
        assert asked["KeyId"] == KEY
        self.calls.append(name)
        return asked


def _answer(parsed: dict[str, Any]) -> tuple[AWSResponse, dict[str, Any]]:
    return AWSResponse("https://kms.test/", 200, {}, None), parsed
