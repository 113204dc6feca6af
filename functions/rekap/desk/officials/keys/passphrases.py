"""New passphrases: typed twice, unseen, and not too weak."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rekap.desk.officials.keys.keyfile import PASSPHRASE_MIN
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.texts import both

TRIES: Final = 3
_DISTINCT_MIN: Final = 5


class Weak(Fault):
    """What was typed cannot be a passphrase."""


def choose(talk: Talk, file: Path | None) -> str:
    """Return a passphrase that was typed twice, or the one in a file; raises Fault.

    A person at a terminal may try three times.
    """
    if file is None:
        talk.tell(
            *both("passphrases.choose_a_passphrase_of_at_least", passphrase_min=PASSPHRASE_MIN)
        )
    left = TRIES if file is None and talk.stdin.isatty() else 1
    while True:
        left -= 1
        try:
            return _typed(talk, file)
        except Weak as fault:
            if not left:
                raise
            talk.tell(*both("passphrases.try_again", fault=(fault.indonesian, fault.english)))


def _typed(talk: Talk, file: Path | None) -> str:
    first = talk.secret(*both("passphrases.new_passphrase"), file)
    if not first.isascii() or not first.isprintable():
        raise Weak(*both("passphrase.signs"))
    if len(first) < PASSPHRASE_MIN or len(set(first)) < _DISTINCT_MIN:
        raise Weak(
            *both("passphrase.weak", passphrase_min=PASSPHRASE_MIN, distinct_min=_DISTINCT_MIN)
        )
    if file is None and talk.secret(*both("passphrases.once_more")) != first:
        raise Weak(*both("passphrase.differ"))
    return first
