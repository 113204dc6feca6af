"""The officers' app at an address, held against the log: is it the one that the operators named?

`files.json` of the app lists its files, {path: SHA-256}; the statement `app` in force names the
SHA-256 of that list. An address may show somebody else another app, and headers are not looked at.
"""

from __future__ import annotations

import json
import re
from typing import Final

from rekap.audit import checks
from rekap.audit.reader import Source, Unreadable
from rekap.audit.texts import both
from rekap.audit.verdict import ABSENT, NO_FILE, Report, Words
from rekap.core import codec
from rekap.core.ledger.state import State

LIST: Final = "files.json"
INDEX: Final = "index.html"
MAX_LIST: Final = 65_536
MAX_FILE: Final = 1_048_576
_FILES: Final = 300
_PATH: Final = re.compile(r"(?:[a-z0-9][a-z0-9-]*/)*[a-z0-9][a-z0-9.-]*")
_DIGEST: Final = re.compile("[0-9a-f]{64}")


def check_app(source: Source, state: State, report: Report, *, proved: bool) -> None:
    """Record V25 for every file of the app that is not the one that the log names.

    `proved`: the entries lead to the signed root. Where they do not, or name no app, nothing is
    said of it. What cannot be read is undecided.
    """
    named = state.meta.get("app")
    if named is None or not proved:
        wanted = Words(*both("app.an_app_that_the_log_names"))
        report.doubt(checks.APP, _place(), wanted, ABSENT)
        return
    try:
        files = _listed(source, named["files"], report)
        for path, digest in sorted(files.items()):
            for spelling in ("", path) if path == INDEX and source.remote else (path,):
                _held(source, spelling, digest, MAX_FILE, report)
        for path in sorted(set(source.paths() or ()) - files.keys() - {LIST}) if files else ():
            wanted = Words(*both("app.no_file_that_the_list_lacks"))
            report.refute(checks.APP, _place(path), wanted, NO_FILE)
    except Unreadable as error:
        report.doubt(checks.APP, _place(), Words(*both("verdict.readable")), str(error))
        return
    report.facts["app"] = {"files": len(files), "index": named["index"]}
    if source.remote:
        report.note(*both("app.an_address_may_show_others_another"))


def _listed(source: Source, named: str, report: Report) -> dict[str, str]:
    """Return {path: SHA-256} of the list that the log names, or nothing: then it is recorded."""
    data = _held(source, LIST, named, MAX_LIST, report)
    if data is None:
        return {}
    try:
        files = json.loads(data)
    except (ValueError, RecursionError):
        files = None
    if not _is_list(files):  # the operators signed for something that lists no app
        wanted = Words(*both("app.a_list_of_files"))
        report.refute(checks.APP, _place(LIST), wanted, _told(named))
        return {}
    return dict(files)


def _is_list(files: object) -> bool:
    return (
        isinstance(files, dict)
        and INDEX in files
        and len(files) <= _FILES
        and all(map(_PATH.fullmatch, files))
        and all(isinstance(one, str) and _DIGEST.fullmatch(one) for one in files.values())
    )


def _held(source: Source, path: str, digest: str, limit: int, report: Report) -> bytes | None:
    """Return a file of this digest; None of another one, which is recorded."""
    data = source.read(path, limit)
    found = None if data is None else codec.sha256_hex(data)
    if found == digest:
        return data
    report.refute(
        checks.APP, _place(path), _told(digest), ABSENT if found is None else _told(found)
    )
    return None


def _told(digest: str) -> str:
    return f"SHA-256 {digest}"


def _place(path: str = "") -> str:
    return f"--app {path}".rstrip()
