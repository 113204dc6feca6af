"""`rekap kit DIR|URL --region CODE --to FILE`: what an office needs to work offline."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rekap.audit import claim
from rekap.audit.commands import files
from rekap.audit.commands.speech import Say
from rekap.audit.commands.verdict import verdict_lines
from rekap.audit.commands.verify import Progress, repeat
from rekap.audit.plan import Plan
from rekap.audit.reader import Source, Unreadable, open_source
from rekap.core.errors import Malformed
from rekap.core.ledger.state import State
from rekap.core.log.policy import MAX_POLICY, Policy
from rekap.core.pages.site import Entries, Site
from rekap.core.statements import regions
from rekap.desk.officials import labels
from rekap.desk.officials.kits.cut import NoSuchPlace, Scope, cut
from rekap.desk.officials.kits.kit import MAX_KIT, Kit
from rekap.desk.officials.talk import COULD_NOT, Fault, Talk

MODES: Final = {
    "live": ("langsung", "live"),
    "rehearsal": ("gladi, bukan hasil", "rehearsal, not a result"),
    "replay": ("pemutaran ulang, bukan penyelenggaraan KPU", "replay, not run by KPU"),
}


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    parser.epilog = _epilog(say)
    parser.add_argument(
        "site",
        metavar=say("FOLDER|URL", "DIR|URL"),
        help=say("folder public/ atau alamat", "public/ folder or URL"),
    )
    parser.add_argument(
        "--election",
        default="",
        metavar="E",
        help=say("id pemilihan; boleh dilewati bila hanya satu", "id; may be left out if only one"),
    )
    parser.add_argument(
        "--region",
        required=True,
        type=lambda text: region(text, say),
        metavar=say("KODE", "CODE"),
        help=say("kode wilayah kantor ini, misalnya 32.07.06", "the office's region code"),
    )
    parser.add_argument(
        "--tps",
        type=lambda text: station(text, say),
        metavar="N",
        help=say("hanya TPS ini", "this station only"),
    )
    parser.add_argument(
        "--levels",
        type=int,
        metavar="N",
        choices=range(6),
        help=say("jenjang di bawahnya; bila tidak disebut: semua", "levels below it; default: all"),
    )
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="F",
        help=say("berkas jangkar milik sendiri", "your own anchor file"),
    )
    parser.add_argument(
        "--to",
        required=True,
        type=Path,
        metavar=say("BERKAS", "FILE"),
        help=say("berkas kit", "the kit file"),
    )


def _epilog(say: Say) -> str:
    return say(
        "Seluruh log diperiksa lebih dulu. Kit lama di BERKAS diganti. Contoh, untuk PPK:\n"
        "  rekap kit https://ALAMAT/ --region 32.07.06 --to ppk.kit.json\n"
        "untuk KPPS TPS 004:\n"
        "  rekap kit https://ALAMAT/ --region 32.07.06.2001 --tps 004 \\\n"
        "    --to kpps.kit.json",
        "The whole log is checked first. An older kit in FILE is replaced. For a PPK:\n"
        "  rekap kit https://ADDRESS/ --region 32.07.06 --to ppk.kit.json\n"
        "for the KPPS of TPS 004:\n"
        "  rekap kit https://ADDRESS/ --region 32.07.06.2001 --tps 004 \\\n"
        "    --to kpps.kit.json",
    )


def region(text: str, say: Say) -> str:
    """Read a region code, or `id` for the country."""
    if text == regions.COUNTRY or regions.is_code(text):
        return text
    raise ArgumentTypeError(
        say(
            f"{text[:20]} bukan kode wilayah; tulis dengan titik, misalnya 32.07.06.2001",
            f"{text[:20]} is no region code; write it with dots, such as 32.07.06.2001",
        )
    )


def station(text: str, say: Say) -> str:
    """Read a TPS number; `4` is `004`."""
    number = text.zfill(3) if text.isascii() and text.isdigit() else text
    if regions.is_tps(number):
        return number
    raise ArgumentTypeError(
        say(
            f"{text[:20]} bukan nomor TPS; tulis 001 sampai 999",
            f"{text[:20]} is no TPS number; write 001 to 999",
        )
    )


def run(options: Namespace, say: Say) -> int:
    """Audit, cut, write; 0 done, 1 the log is refuted, 2 could not."""
    talk = Talk.here(say)
    return talk.carry_out(lambda: _run(options, talk))


@dataclass(slots=True)
class _Scissors:
    """Cuts a kit when the audit has folded what the site shows; `fault` says why it could not."""

    scope: Scope
    kit: Kit | None = None
    missing: NoSuchPlace | None = None

    def __call__(self, state: State, entries: Entries) -> Site:
        try:
            self.kit = cut(state, entries, self.scope)
        except NoSuchPlace as error:
            self.missing = error
        return Site(state, entries)


def _run(options: Namespace, talk: Talk) -> int:
    if options.tps is not None and regions.depth(options.region) != 4:
        raise Fault(
            "--tps butuh kode kelurahan/desa di --region, misalnya 32.07.06.2001.",
            "--tps needs the code of a kelurahan in --region, such as 32.07.06.2001.",
        )
    if not options.to.parent.is_dir():
        raise Fault(
            f"{options.to.parent}: folder tidak ada. Buat dulu, atau pilih tempat lain.",
            f"{options.to.parent}: no such folder. Make it first, or choose another place.",
        )
    try:
        source = open_source(options.site)
        release = _release(source)
    except Unreadable as error:
        raise Fault(
            f"{options.site} tidak dapat dibaca. Periksa jaringan, dan sebutkan alamat portal atau"
            f" folder public/ yang benar. ({error})",
            f"{options.site} cannot be read. Check the network, and name the address of a portal"
            f" or its folder public/. ({error})",
        ) from error
    scissors = _Scissors(Scope(options.election, options.region, options.tps, options.levels))
    code = _audit(source, release, options.policy, scissors, talk)
    if code:
        return code
    if scissors.missing is not None:
        raise _explain(scissors.missing, scissors.scope)
    if scissors.kit is None:
        raise Fault(
            "Portal ini belum menerbitkan apa pun. Coba lagi nanti.",
            "This portal has published nothing yet. Try again later.",
        )
    written = _write(scissors.kit, options.to)
    _tell(scissors.kit, options, written, talk)
    return 0


def _audit(
    source: Source, release: str, policy: Path | None, scissors: _Scissors, talk: Talk
) -> int:
    """Verify the log; 0, or the exit code of the verdict that was told.

    A kit holds no page, so the release that renders pages is taken from the site.
    """
    plan = Plan(
        render=scissors,
        release=release,
        pages=0,
        policy=None if policy is None else Policy.parse(files.read(policy, MAX_POLICY)),
        processes=os.cpu_count() or 1,
    )
    report, _ = repeat(source, plan, 0, Progress(talk.say))
    if not (report.refuted or report.undecided):
        return 0
    for line in verdict_lines(report, talk.say):
        talk.lay(line)
    talk.complain("Kit tidak ditulis.", "No kit was written.")
    return 1 if report.refuted else COULD_NOT


def _release(source: Source) -> str:
    try:
        return claim.parse(source.read(claim.CLAIM, claim.MAX_CLAIM) or b"").release
    except Malformed:
        return ""


def _explain(missing: NoSuchPlace, scope: Scope) -> Fault:
    known = ", ".join(missing.known)
    if missing.what == "election" and not known:
        return Fault(
            "Log ini belum memuat pemilihan. Ambil kit sesudah pemilihannya tercatat; sampai itu"
            " `rekap sign --log` memakai catatan 0.",
            "This log has no election yet. Take a kit when the election is logged; until then"
            " `rekap sign --log` uses entry 0.",
        )
    if missing.what == "election":
        return Fault(
            f"Pilih pemilihan dengan --election. Log ini memuat: {known}.",
            f"Choose an election with --election. This log has: {known}.",
        )
    place = scope.region if missing.what == "region" else f"{scope.region} TPS {scope.tps}"
    return Fault(
        f"{place} tidak ada dalam daftar resmi pemilihan ini. Periksa kodenya.",
        f"{place} is in no roster of this election. Check the code.",
    )


def _write(kit: Kit, path: Path) -> int:
    try:
        return kit.write(path)
    except Malformed as error:
        raise Fault(
            f"Kit lebih dari {MAX_KIT} byte. Persempit dengan --levels.",
            f"The kit has more than {MAX_KIT} bytes. Narrow it with --levels.",
        ) from error


def _tell(kit: Kit, options: Namespace, written: int, talk: Talk) -> None:
    say, number = talk.say, talk.say.number
    known = kit.get("regions", f"{kit.election}/{kit.region}") or {}
    place = labels.place(say, kit.region, known.get("name", ""))
    where = place + (f" TPS {kit.tps}" if kit.tps else "")
    holds = say(
        f"{number(len(kit.register.maps['regions']))} wilayah,"
        f" {number(len(kit.register.maps['keys']))} kunci,"
        f" {number(len(kit.heads))} formulir yang berlaku,"
        f" {number(len(kit.register.maps['ids']))} pernyataan",
        f"{number(len(kit.register.maps['regions']))} regions,"
        f" {number(len(kit.register.maps['keys']))} keys,"
        f" {number(len(kit.heads))} forms in force,"
        f" {number(len(kit.register.maps['ids']))} statements",
    )
    talk.table(
        [
            (say("kit", "kit"), f"{options.to} ({say.size(written)})"),
            (say("untuk", "for"), where),
            (say("pemilihan", "election"), f"{kit.record['name'][say.lang]} ({kit.election})"),
            ("log", f"{kit.origin} ({say(*MODES[kit.mode])})"),
            (say("sampai", "up to"), say(f"{number(kit.size)} catatan, akar {kit.root}",
                                         f"{number(kit.size)} entries, root {kit.root}")),
            (say("isi", "holds"), holds),
        ]
    )  # fmt: skip
    if kit.get("meta", "closed") is not None:
        talk.tell("Penerimaan di log ini sudah ditutup.", "Intake of this log is closed.")
    if options.policy is None:
        talk.tell(
            "Jangkar diambil dari situs ini; pakai --policy bila punya jangkar dari kertas.",
            "The anchors are the site's own; use --policy if you have those from paper.",
        )
    talk.tell(
        "Kit hanya tahu sampai ukuran itu, dan hanya kunci wilayah ini serta yang di atas dan di"
        " bawahnya. Ambil lagi sesudah kantor lain mengirim sesuatu.",
        "A kit knows the log up to that size, and keys of this region and of those above and below"
        " it only. Take it again after other offices have sent.",
    )
