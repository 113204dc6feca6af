"""`rekap draft KIND …`: writes one or more drafts, each checked as intake will check it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
from rekap.audit.commands.speech import Say
from rekap.core import codec
from rekap.core.errors import Conflict, Finding
from rekap.core.statements import schema
from rekap.desk.elections.problems import FolderRefused
from rekap.desk.officials import caption
from rekap.desk.officials.arguments.declared import add_kit, add_time, tell_signing
from rekap.desk.officials.forms import preview
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.paper import DRAFT, Paper
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.operators.drafts import (
    advice,
    copies,
    election,
    incidents,
    of_the_log,
    pictures,
    readiness,
    results,
)
from rekap.desk.texts import both

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of statement: its help, arguments, and what makes (file name, fields) of them.

    `takes_kit`: True for a kind that needs one, False for one that takes none, None where it may.
    """

    name: str
    id: str
    en: str
    configure: Callable[[ArgumentParser, Say], None]
    build: Callable[[Namespace, Kit | None, Talk], Iterable[tuple[str, Fields]]]
    takes_kit: bool | None = True


KINDS: Final = (
    Kind(
        "log",
        "catatan 0: siapa mengelola, kunci portal",
        "entry 0: who operates, the keys",
        of_the_log.configure_log,
        of_the_log.log,
        takes_kit=False,
    ),
    Kind(
        "publication",
        "rilis yang membuat halaman",
        "the release that renders pages",
        of_the_log.configure_publication,
        of_the_log.publication,
        takes_kit=False,
    ),
    Kind(
        "uploaders",
        "alamat pengunggah tambahan",
        "more web origins of uploads",
        of_the_log.configure_uploaders,
        of_the_log.uploaders,
        takes_kit=False,
    ),
    Kind(
        "app",
        "aplikasi tempat petugas menandatangani",
        "the app in which officers sign",
        of_the_log.configure_app,
        of_the_log.app,
        takes_kit=False,
    ),
    Kind(
        "election",
        "pemilihan dari folder, dengan akarnya",
        "an election from a folder, its roots",
        election.configure_election,
        election.election,
        takes_kit=None,
    ),
    Kind(
        "roster",
        "daftar wilayah dan TPS dari folder",
        "lists of regions and TPS from a folder",
        election.configure_roster,
        election.rosters,
    ),
    Kind(
        "determination",
        "penetapan hasil",
        "determination of the result",
        results.configure_determination,
        results.determination,
    ),
    Kind(
        "ruling",
        "putusan pengadilan dari berkas",
        "rulings of a court from a file",
        results.configure_ruling,
        results.ruling,
    ),
    Kind(
        "elected",
        "pasangan terpilih dari berkas",
        "who is elected, from a file",
        results.configure_elected,
        results.elected,
    ),
    Kind(
        "objection",
        "keberatan saksi atau pengawas",
        "objection of a witness or supervisor",
        incidents.configure_objection,
        incidents.objection,
    ),
    Kind(
        "event",
        "kejadian khusus, atau apa yang terjadi dengan rapat",
        "special event, or what a meeting does",
        incidents.configure_event,
        incidents.event,
    ),
    Kind(
        "answer",
        "jawaban atas keberatan, temuan, atau pernyataan ganda",
        "answer to objections, findings or rivals",
        results.configure_answer,
        results.answer,
    ),
    Kind(
        "recommendation",
        "rekomendasi Bawaslu dan jajarannya",
        "recommendation of a supervisor",
        advice.configure_recommendation,
        advice.recommendation,
    ),
    Kind(
        "response",
        "tanggapan KPU atas rekomendasi",
        "response to a recommendation",
        advice.configure_response,
        advice.response,
    ),
    Kind(
        "copy",
        "angka pada salinan C.Hasil dari berkas",
        "figures on copies of C.Hasil, from a file",
        copies.configure,
        copies.drafts,
    ),
    Kind(
        "readiness",
        "perlengkapan TPS pada malam sebelumnya dan yang kembali, dari berkas",
        "what TPS have on the eve and what came back, from a file",
        readiness.configure,
        readiness.drafts,
    ),
    Kind(
        "pictures",
        "foto formulir, menurut sidiknya",
        "pictures of a form, by digest",
        pictures.configure,
        pictures.drafts,
    ),
    Kind(
        "withhold",
        "isi keberatan atau kejadian ditahan",
        "words of an objection or event withheld",
        of_the_log.configure_withhold,
        of_the_log.withhold,
        takes_kit=False,
    ),
    Kind(
        "close",
        "tutup penerimaan",
        "close intake",
        of_the_log.configure_close,
        of_the_log.close,
        takes_kit=False,
    ),
)


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the kinds with their arguments."""
    kinds = parser.add_subparsers(
        title=say(*both("draft.kinds")),
        metavar=say(*both("word.kind_metavar")),
        required=True,
        dest="kind",
    )
    for kind in KINDS:
        told = say(kind.id, kind.en)
        below = kinds.add_parser(kind.name, help=told, description=told, **_in_language(say))
        kind.configure(below, say)
        if kind.takes_kit is not False:
            more = ("", "") if kind.takes_kit else both("election.a_revision_of_it")
            add_kit(below, say, more, required=bool(kind.takes_kit))
        add_time(below, say)
        below.add_argument(
            "--to",
            required=True,
            type=Path,
            metavar=say(*both("word.target_metavar")),
            help=say(*both("draft.to", draft=DRAFT)),
        )
    parser.epilog = say(*both("draft.next"))


def _in_language(say: Say) -> dict[str, Any]:
    """The parser of this command line speaks the chosen language; argparse's own does not."""
    return {"say": say}


def run(options: Namespace, say: Say) -> int:
    """Write the drafts; 1 if the portal would refuse one (all findings are said), 2 could not."""
    talk = Talk.here(say)
    return talk.carry_out(lambda: _run(options, talk))


def _run(options: Namespace, talk: Talk) -> int:
    kind = next(one for one in KINDS if one.name == options.kind)
    given: Path | None = getattr(options, "kit", None)
    kit = None if given is None else Kit.read(given)
    try:
        drafts = [
            (name, _paper(fields, options.at, kit))
            for name, fields in kind.build(options, kit, talk)
        ]
    except FolderRefused as refused:
        talk.tell_problems(refused.problems)
        return 1
    except schema.SchemaErrors as refused:
        return _refused(refused.findings, talk)
    for _, paper in drafts:
        if kit is not None and (findings := _findings(paper, kit)):
            return _refused(findings, talk)
    if not drafts:
        raise Fault(
            *both("draft.nothing_new"),
            code=1,
        )
    _write(drafts, options.to, given, talk)
    return 0


def _paper(fields: Fields, given: str | None, kit: Kit | None) -> Paper:
    """Return the draft of a payload; its time is in the zone of its election, else WIB."""
    zone = fields.get("timezone") or (kit.record["timezone"] if kit else "Asia/Jakarta")
    whole = {**fields, "at": given or caption.now(zone)}
    if kit is not None:
        whole |= {"log": kit.origin, "election": kit.election}
    schema.check_statement(whole)
    return Paper(codec.encode(whole))


def _findings(paper: Paper, kit: Kit) -> tuple[Finding, ...]:
    """Return what intake would refuse for good; what only waits for another entry may wait."""
    return tuple(one for one in preview.faults(paper.payload, kit) if preview.is_final(one))


def _refused(findings: Iterable[Finding], talk: Talk) -> int:
    for one in findings:
        talk.complain(f"{one.field}: {one.id}", f"{one.field}: {one.en}")
    talk.complain(*both("draft.nothing_written"))
    return 1


def _write(drafts: list[tuple[str, Paper]], to: Path, kit: Path | None, talk: Talk) -> None:
    if len(drafts) == 1 and to.name.endswith(DRAFT):
        drafts[0][1].write(to, talk.say)
        written: Mapping[Path, Paper] = {to: drafts[0][1]}
    else:
        if to.name.endswith(DRAFT):
            raise Fault(*both("draft.name_folder", number=len(drafts)))

        def fill(folder: Path) -> None:
            for name, paper in drafts:
                paper.write(folder / f"{name}{DRAFT}", talk.say)

        try:
            files.write_folder(to, fill)
        except Conflict as error:
            raise Fault(*both("draft.folder_exists", to=to)) from error
        written = {to / f"{name}{DRAFT}": paper for name, paper in drafts}
    for path, paper in written.items():
        talk.table([(str(path), paper.id[:16])])
    if kit is not None:
        several = f"{to}/*{DRAFT}" if len(written) > 1 else str(next(iter(written)))
        tell_signing(talk, kit, several)
