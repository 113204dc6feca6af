"""The signing key in KMS and the receipts' key in Secrets Manager.

moto 5.2 has no Ed25519 keys, so KMS is botocore's Stubber here, which checks what is sent against
the service's description, and a fake of ours in the contract and on the whole way.
"""

from __future__ import annotations

import itertools
import traceback
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber
from cryptography.hazmat.primitives.asymmetric import ec, ed448
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.portal.store.cloud import cloud
from tests.portal.store.faults import Faults, Pauses, refused
from tests.portal.store.kms import KEY

from rekap.core.errors import Corrupt, Malformed
from rekap.core.signing import keys
from rekap.portal.store.aws.patience import Unavailable
from rekap.portal.store.aws.secrets import receipt_signer
from rekap.portal.store.aws.signer import KmsSigner

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
P256 = ec.derive_private_key(7, ec.SECP256R1())
ED448 = ed448.Ed448PrivateKey.from_private_bytes(bytes(57))
NUMBERS = itertools.count()
ALGORITHMS = ["ED25519_SHA_512", "ED25519_PH_SHA_512"]


def der(private: Any) -> bytes:
    public: bytes = private.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return public


@pytest.fixture(autouse=True, scope="module")
def _account() -> Iterator[None]:
    with cloud(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield


class Service:
    """A signer over a stubbed client."""

    def __init__(self) -> None:
        self.client = boto3.client("kms")
        self.stub = Stubber(self.client)
        self.pauses = Pauses()
        self.signer = KmsSigner(self.client, KEY, patience=self.pauses.patience())
        self.stub.activate()

    def has(self, public: bytes = der(PRIVATE), algorithms: list[str] = ALGORITHMS) -> None:
        self.stub.add_response(
            "get_public_key",
            {"PublicKey": public, "SigningAlgorithms": algorithms, "KeyId": KEY},
            {"KeyId": KEY},
        )

    def signs(self, message: bytes, signature: bytes) -> None:
        self.stub.add_response(
            "sign",
            {"Signature": signature, "KeyId": KEY, "SigningAlgorithm": "ED25519_SHA_512"},
            {
                "KeyId": KEY,
                "Message": message,
                "MessageType": "RAW",
                "SigningAlgorithm": "ED25519_SHA_512",
            },
        )


@pytest.fixture
def kms() -> Iterator[Service]:
    service = Service()
    yield service
    service.stub.assert_no_pending_responses()


def test_the_public_key_is_asked_for_once(kms: Service) -> None:
    kms.has()
    for message in (b"one", b"two"):
        kms.signs(message, PRIVATE.sign(message))
    signatures = [kms.signer.sign(message) for message in (b"one", b"two")]
    assert kms.signer.public == PRIVATE.public_key().public_bytes_raw()
    assert kms.signer.keyid == keys.keyid(keys.ED25519, kms.signer.public)
    assert signatures == [PRIVATE.sign(b"one"), PRIVATE.sign(b"two")]


@pytest.mark.parametrize(
    "signature",
    [
        PRIVATE.sign(b"another message"),
        Ed25519PrivateKey.from_private_bytes(bytes(32)).sign(b"message"),
        PRIVATE.sign(b"message")[:-1],
        bytes(64),
        b"",
    ],
    ids=["other message", "other key", "short", "zeros", "empty"],
)
def test_a_signature_that_does_not_verify_is_never_given_on(kms: Service, signature: bytes) -> None:
    kms.has()
    kms.signs(b"message", signature)
    with pytest.raises(Corrupt, match="does not verify"):
        kms.signer.sign(b"message")


@pytest.mark.parametrize(
    ("public", "algorithms"),
    [
        (der(P256), ["ECDSA_SHA_256"]),
        (der(P256), ALGORITHMS),
        (der(ED448), ALGORITHMS),
        (der(PRIVATE), ["ED25519_PH_SHA_512"]),
        (b"\x30\x00", ALGORITHMS),
        (b"", ALGORITHMS),
    ],
    ids=["p256", "p256 that lies", "ed448", "hashed only", "not DER", "empty"],
)
def test_a_key_of_another_kind_is_refused(
    kms: Service, public: bytes, algorithms: list[str]
) -> None:
    kms.has(public, algorithms)
    with pytest.raises(RuntimeError, match=f"{KEY} does not sign with ED25519_SHA_512"):
        _ = kms.signer.public


def test_a_message_that_kms_would_not_take_is_not_sent(kms: Service) -> None:
    kms.has()
    longest = bytes(4096)
    kms.signs(longest, PRIVATE.sign(longest))
    assert kms.signer.sign(longest) == PRIVATE.sign(longest)
    with pytest.raises(RuntimeError, match="4096"):
        kms.signer.sign(bytes(4097))


@pytest.mark.parametrize(
    ("code", "status", "reaction"),
    [
        ("ThrottlingException", 400, Unavailable),
        ("KMSInternalException", 500, Unavailable),
        ("DependencyTimeoutException", 503, Unavailable),
        ("DisabledException", 409, RuntimeError),
        ("KMSInvalidStateException", 409, RuntimeError),
        ("KeyUnavailableException", 500, Unavailable),
        ("NotFoundException", 400, RuntimeError),
        ("AccessDeniedException", 400, RuntimeError),
    ],
)
def test_a_service_that_does_not_sign_says_which_reaction_it_wants(
    kms: Service, code: str, status: int, reaction: type[Exception]
) -> None:
    """Nothing was signed: the batch waits, and statements are receipted meanwhile."""
    kms.has()
    kms.stub.add_client_error("sign", code, http_status_code=status)
    with pytest.raises(reaction, match=code):
        kms.signer.sign(b"message")
    kms.signs(b"message", PRIVATE.sign(b"message"))
    assert kms.signer.sign(b"message") == PRIVATE.sign(b"message")


def test_a_failed_reading_of_the_public_key_is_not_kept(kms: Service) -> None:
    kms.stub.add_client_error("get_public_key", "ThrottlingException")
    with pytest.raises(Unavailable):
        _ = kms.signer.public
    kms.has()
    assert len(kms.signer.public) == 32


def test_a_silent_service_is_unavailable() -> None:
    client = boto3.client("kms")

    def silent(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://kms.test/")

    client.meta.events.register("before-call.kms.Sign", silent)
    client.meta.events.register("before-call.kms.GetPublicKey", silent)
    with pytest.raises(Unavailable):
        KmsSigner(client, KEY).sign(b"message")


# ---------------------------------------------------------------- the receipts' key


def stored(**secret: Any) -> str:
    service = boto3.client("secretsmanager")
    return str(service.create_secret(Name=f"receipt-{next(NUMBERS)}", **secret)["ARN"])


def test_the_receipts_key_is_the_secrets_text() -> None:
    text = bytes(range(32)).hex()
    for secret in (text, text + "\n"):
        signer = receipt_signer(boto3.client("secretsmanager"), stored(SecretString=secret))
        assert signer.sign(b"note") == PRIVATE.sign(b"note")


SECRET = "5ec4e7" * 10


@pytest.mark.parametrize(
    "secret",
    [
        {"SecretString": SECRET},
        {"SecretString": SECRET.upper() + "ABCD"},
        {"SecretString": '{"key":"' + SECRET + '"}'},
        {"SecretString": SECRET + "0000\n\n"},
        {"SecretBinary": bytes.fromhex(SECRET + "0000")},
    ],
)
def test_what_is_no_key_is_refused_and_never_shown(secret: dict[str, Any]) -> None:
    name = stored(**secret)
    with pytest.raises(Malformed, match="is not 64 hex digits") as refused_:
        receipt_signer(boto3.client("secretsmanager"), name)
    told = "".join(traceback.format_exception(refused_.value))
    assert SECRET not in told
    assert SECRET.upper() not in told


@pytest.mark.parametrize(
    ("code", "status", "reaction"),
    [
        ("ResourceNotFoundException", 400, RuntimeError),
        ("AccessDeniedException", 400, RuntimeError),
        ("ThrottlingException", 400, Unavailable),
        ("InternalServiceError", 500, Unavailable),
    ],
)
def test_a_secret_out_of_reach_is_named(code: str, status: int, reaction: type[Exception]) -> None:
    client = boto3.client("secretsmanager")
    faults = Faults(client, [("GetSecretValue", refused(code, status))] * 5)
    with pytest.raises(reaction, match=code):
        receipt_signer(client, "receipt", patience=Pauses().patience())
    assert faults.count("GetSecretValue") >= 1
