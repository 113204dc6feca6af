"""Why a portal did not answer, or a disk did not write: what happened and what to do, in a line.

Every sentence about the network is said of statements that are safe in the queue.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

from rekap.audit.commands.speech import Say
from rekap.desk.texts import both

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "dns": both("troubles.dns"),
    "refused": both("troubles.refused"),
    "timeout": both("troubles.timeout"),
    "slow": both("troubles.slow"),
    "cut": both("troubles.cut"),
    "half": both("troubles.half"),
    "network": both("troubles.network"),
    "certificate": both("troubles.certificate"),
    "clock": both("troubles.clock"),
    "tls": both("troubles.tls"),
    "endless": both("troubles.endless"),
    "strange": both("troubles.strange"),
    "redirect": both("troubles.redirect"),
    "web-page": both("troubles.web-page"),
    "not-a-portal": both("troubles.not-a-portal"),
    "no-log": both("troubles.no-log"),
    "busy": both("troubles.busy"),
    "receipt": both("troubles.receipt"),
    "elsewhere": both("troubles.elsewhere"),
    "not-proved": both("troubles.not-proved"),
}
"""Reasons of `upload.Unreached` and `replies.Reply`."""


def sentence(reason: str, say: Say, detail: str = "") -> str:
    """What happened and what to do, with the system's own word at the end."""
    told = say(*SENTENCES[reason])
    clean = "".join(c if c.isprintable() else "?" for c in detail)[:160]
    return f"{told} ({clean})" if clean else told


def of_disk(error: OSError, place: Path, say: Say, option: str = "") -> str:
    """What a disk did not do at a place, and what to do about it.

    `option` is the argument that names another place, "" if there is no single one.
    """
    other = say(*both("troubles.with", option=option)) if option else ""
    named = isinstance(error.filename, (str, bytes))
    where = Path(os.fsdecode(error.filename)) if named else place
    if where.name.startswith("."):
        where = where.parent  # a draft of ours
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return say(*both("troubles.the_disk_is_full_cannot_be", where=where))
    if error.errno == errno.EROFS:
        return say(*both("troubles.this_disk_can_only_be_read", where=where, other=other))
    if error.errno in {errno.EACCES, errno.EPERM}:
        return say(*both("troubles.it_belongs_to_another_user_or", where=where, other=other))
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return say(*both("troubles.this_is_a_file_not_a", where=where, other=other))
    if error.errno == errno.EISDIR:
        return say(*both("troubles.this_is_a_folder_name_the", where=where))
    if error.errno == errno.ENOENT:
        return say(*both("troubles.not_found_check_its_name", where=where))
    return say(
        *both(
            "troubles.check_the_disk_or_choose_another",
            where=where,
            strerror=error.strerror,
            other=other,
        )
    )
