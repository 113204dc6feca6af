"""New passphrases: typed twice, unseen, and not too weak."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rekap.cli.officials.keys.keyfile import PASSPHRASE_MIN
from rekap.cli.officials.talk import Fault, Talk

_DISTINCT_MIN: Final = 5


def choose(talk: Talk, file: Path | None) -> str:
    """Return a passphrase that was typed twice, or the one in a file."""
    if file is None:
        talk.tell(
            f"Pilih kata sandi, paling sedikit {PASSPHRASE_MIN} huruf: beberapa kata acak baik."
            " Kata sandi yang lupa tidak dapat dipulihkan siapa pun.",
            f"Choose a passphrase of at least {PASSPHRASE_MIN} characters: some random words are"
            " good. Nobody can restore a passphrase that is forgotten.",
        )
    first = talk.secret("Kata sandi baru:", "New passphrase:", file)
    if not first.isascii() or not first.isprintable():
        raise Fault(
            "Kata sandi hanya boleh huruf, angka, dan tanda di papan ketik biasa.",
            "A passphrase has only letters, digits and signs of a plain keyboard.",
        )
    if len(first) < PASSPHRASE_MIN or len(set(first)) < _DISTINCT_MIN:
        raise Fault(
            f"Kata sandi terlalu lemah: paling sedikit {PASSPHRASE_MIN} huruf,"
            f" {_DISTINCT_MIN} di antaranya berbeda. Tidak ada kunci yang dibuat.",
            f"The passphrase is too weak: at least {PASSPHRASE_MIN} characters,"
            f" {_DISTINCT_MIN} of them different. No key was made.",
        )
    if file is None and talk.secret("Sekali lagi:", "Once more:") != first:
        raise Fault(
            "Kedua kata sandi tidak sama. Tidak ada kunci yang dibuat; ulangi.",
            "The two passphrases differ. No key was made; start again.",
        )
    return first
