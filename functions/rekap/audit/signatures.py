"""All signatures of a log verified beforehand, on all processors.

Whether a signature verifies depends on bytes alone: a key id names one public key. Whether its key
is entitled depends on the entries before it, and stays with the fold.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from rekap.audit.log import LogContent, Progress
from rekap.audit.workers import chunks, each
from rekap.core.errors import Malformed, NotVerified
from rekap.core.ledger import authority
from rekap.core.ledger.fold import fold
from rekap.core.ledger.state import State
from rekap.core.signing import envelope as dsse
from rekap.core.signing.keys import PublicKey, WebAuthnScope, read_key, verify
from rekap.core.signing.signature import Signature

_CHUNK: Final = 512
_NAMING: Final = (b'"kind":"log"', b'"kind":"election"', b'"kind":"grant"')

Good = tuple[str, ...]


class Signatures:
    """Knows which signatures of which entry hold, and folds entries by that.

    `count` are the signatures that the fold has asked for.
    """

    def __init__(self, content: LogContent) -> None:
        self.count = 0
        self._content = content
        self._keys: dict[str, PublicKey] = {}
        self._scope: WebAuthnScope | None = None
        self._good: dict[int, Good] = {}

    def verify_all(self, processes: int, progress: Progress) -> None:
        """Verify beforehand every signature by a key that some entry names, if it can be shared."""
        if processes < 2:
            return
        total = self._content.complete
        for index in range(total):
            self._learn(index)
        runs = chunks(range(total), _CHUNK)
        for run, found in zip(runs, each(self._verify, runs, processes), strict=True):
            progress("signatures", run[-1] + 1, total)
            for index, good in zip(run, found, strict=True):
                self._good[index] = tuple(good)

    def fold(self, state: State) -> None:
        """Fold entry number `state.size`; what was verified beforehand is not verified again."""
        index = state.size
        fold(state, self._content.entries(index), check=partial(self._check, index))

    def _check(
        self, index: int, public: PublicKey, message: bytes, signature: Signature,
        scope: WebAuthnScope | None,
    ) -> None:  # fmt: skip
        """Verify one signature of entry `index`; raises NotVerified."""
        self.count += 1
        known = signature.keyid in self._good.get(index, ())
        if (
            known
            and self._keys[signature.keyid] == public
            and scope
            and scope.includes(self._scope)
        ):
            return
        verify(public, message, signature, scope)

    def _learn(self, index: int) -> None:
        """Take note of the keys that entry `index` names, whether or not it may name them."""
        try:
            payload = dsse.parse(self._content.entries(index)).payload
            if not any(kind in payload for kind in _NAMING):
                return
            fields = json.loads(payload)
            for key in _keys_of(fields):
                public = read_key(key["alg"], key["key"])
                self._keys[public.keyid] = public
            if index == 0:
                self._scope = authority.passkey_scope(fields)
        except (Malformed, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return

    def _verify(self, indexes: Sequence[int]) -> list[Good]:
        return [self._verify_one(index) for index in indexes]

    def _verify_one(self, index: int) -> Good:
        """Return the key ids of an entry whose signatures hold, as far as their keys are known."""
        try:
            envelope = dsse.parse(self._content.entries(index))
        except Malformed:
            return ()
        message = envelope.message
        good = []
        for signature in envelope.signatures:
            public = self._keys.get(signature.keyid)
            if public is None:
                continue
            try:
                verify(public, message, signature, self._scope)
            except NotVerified:
                continue
            good.append(signature.keyid)
        return tuple(good)


def _keys_of(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the key objects that a statement, not yet checked, seems to name."""
    if fields["kind"] == "grant":
        persons: list[dict[str, Any]] = fields["persons"]
        return persons
    return list(authority.keys_named(fields).values())
