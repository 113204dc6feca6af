"""Send one more form to a replayed portal: a revision of its first TPS form, signed with DIR/keys.

    python scripts/one_more_form.py var/demo

Reads only published files and the replay's public seed, then calls the real functions. What it says
is invented, so run it on a copy: the page shows it as revision 2, and the log keeps it for good.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from handlers import access, publish, sequence, submit, wiring
from rekap.core import codec
from rekap.core.log.checkpoint import parse
from rekap.core.signing import envelope
from rekap.core.signing.note import Note
from rekap.core.signing.signer import Signer, derive
from rekap.desk.replay.functions import Functions
from rekap.portal.store.local.bell import SilentBell


def main(arguments: Sequence[str] | None = None) -> int:
    """Send the form, order it, publish it; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dir", type=Path, metavar="DIR", help="folder of a replayed portal")
    options = parser.parse_args(arguments)
    public = options.dir / "public"
    payload, address = next_form(public)
    seed = (options.dir / "keys" / "seed").read_text("utf-8").strip()
    functions = _functions(options.dir)
    functions.submit(envelope.sign(codec.encode(payload), signers(public, address, seed)))
    functions.sequence()
    functions.publish()
    functions.publish_by_the_minute()
    twin = _twin(public, address)
    print(f"{address}: revision {twin['head']['revision']}, entry {twin['head']['index']}")
    return 0 if twin["head"]["revision"] == payload["revision"] else 1


def next_form(public: Path) -> tuple[dict[str, Any], str]:
    """Return a revision of the first TPS form in the log, one invalid vote more, and its page."""
    for index in range(_size(public)):
        twin = _twin(public, f"bukti/{index}/")
        before = twin["payload"]
        if twin["kind"] == "form" and before["form"] == "c_hasil" and twin["status"] == "head":
            figures = dict(before["figures"])
            for field in ("invalid", "total"):
                if field in figures:
                    figures[field] += 1
            payload = before | {
                "figures": figures,
                "revision": before["revision"] + 1,
                "previous": twin["id"],
                "reason": {"code": "typing"},
            }
            return payload, twin["place"]["address"]
    sys.exit("no TPS form in this log")


def signers(public: Path, address: str, seed: str) -> list[Signer]:
    """Return the keys of those who signed the TPS form, made again from the public seed."""
    head = _twin(public, address)["head"]
    found: list[Signer] = []
    for grant in sorted({signer["grant"] for signer in head["signers"]}):
        said = json.loads(envelope.parse((public / f"bukti/{grant}.json").read_bytes()).payload)
        keys = [derive(seed, f"{said['election']}/{one['person']}") for one in said["persons"]]
        signed = {signer["keyid"] for signer in head["signers"]}
        found += [key for key in keys if key.keyid in signed]
    return found


def _size(public: Path) -> int:
    return parse(Note.parse((public / "log" / "checkpoint").read_bytes()).text).size


def _twin(public: Path, address: str) -> dict[str, Any]:
    twin: dict[str, Any] = json.loads((public / address / "index.json").read_bytes())
    return twin


def _functions(folder: Path) -> Functions:
    origin = parse(Note.parse((folder / "public/log/checkpoint").read_bytes()).text).origin
    claim = json.loads((folder / "public" / "site.json").read_bytes())
    portal = wiring.embedded(
        folder,
        access.Settings(origin, release=claim["release"]),
        bell=SilentBell(),
        clock=lambda: int(time.time()),
        journal=_silent,
    )
    return Functions(portal, submit.respond, sequence.respond, publish.respond)


def _silent(_line: object) -> None:
    """The functions' log lines say nothing here that the page does not."""


if __name__ == "__main__":
    sys.exit(main())
