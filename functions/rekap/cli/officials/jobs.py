"""Statements to be signed: files of the same one put together, and the file that they become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rekap.cli.officials.paper import DRAFT, SIGNED, Paper
from rekap.cli.officials.talk import REFUSED, Fault
from rekap.cli.speech import Say


@dataclass(slots=True)
class Job:
    """One statement and the file `target` that keeps its signatures."""

    paper: Paper
    target: Path
    sources: list[Path]

    def join(self, say: Say) -> None:
        """Take the signatures that the target has. Raises Fault if it is another statement's."""
        if not self.target.exists():
            return
        there = Paper.read(self.target, say)
        if there.payload != self.paper.payload:
            raise Fault(
                f"{self.target} berisi pernyataan lain. Pindahkan berkas itu, atau pakai --to.",
                f"{self.target} holds another statement. Move that file away, or use --to.",
                REFUSED,
            )
        self.paper = self.paper.signed(there.signatures)

    def write(self, say: Say) -> None:
        """Put the signatures on the disk, with those that came to the file meanwhile."""
        self.join(say)
        self.paper.write(self.target, say)


def of_files(files: Sequence[Path], to: Path | None, say: Say) -> list[Job]:
    """Read the files; those of the same statement become one job, in the order of the files."""
    jobs: dict[str, Job] = {}
    for path in files:
        paper = read(path, say)
        job = jobs.get(paper.id)
        if job is None:
            jobs[paper.id] = Job(paper, to or target(path), [path])
        else:
            job.paper = job.paper.signed(paper.signatures)
            job.sources.append(path)
    if to is not None and len(jobs) > 1:
        raise Fault(
            "--to hanya untuk satu pernyataan. Hapus --to, atau sebutkan satu berkas.",
            "--to is for one statement only. Leave it out, or name one file.",
        )
    for job in jobs.values():
        job.join(say)
    return list(jobs.values())


def read(path: Path, say: Say) -> Paper:
    """Return the paper of a file, or say what to do."""
    try:
        return Paper.read(path, say)
    except FileNotFoundError as error:
        raise Fault(
            f"{path}: tidak ada. Periksa nama berkasnya.",
            f"{path}: no such file. Check its name.",
        ) from error


def target(path: Path) -> Path:
    """The file that a draft becomes when it is signed; a signed one stays where it is."""
    if path.name.endswith(SIGNED):
        return path
    return path.with_name(path.name.removesuffix(DRAFT).removesuffix(".json") + SIGNED)
