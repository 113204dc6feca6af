"""Statements of the log itself: `log` (entry 0), `publication`, `uploaders`, `app`, `close`.

`withhold` is about words beside it.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rekap.audit.app import MAX_LIST
from rekap.audit.commands import files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core import codec, packaged
from rekap.core.errors import Malformed
from rekap.core.ledger import effects
from rekap.core.log import checkpoint
from rekap.core.statements import model, schema
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.operators.drafts.keylist import keyset
from rekap.desk.texts import both

_MAX_POLICY = 65_536


def _add_origin(parser: ArgumentParser, say: Say) -> None:
    taking(parser, say)("--origin", both("of_the_log.the_log_s_name_for_example"), required=True)


def configure_log(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of entry 0."""
    take = taking(parser, say)
    _add_origin(parser, say)
    parser.add_argument("--mode", required=True, choices=("live", "rehearsal"))
    take("--log-key", both("of_the_log.public_name_of_the_log_s"), "VKEY", required=True)
    take("--receipt-key", both("of_the_log.public_name_of_the_receipt_key"), "VKEY", required=True)
    take(
        "--operators",
        both("of_the_log.enrolments_of_the_operators_keys_one"),
        both("arguments.file"),
        required=True,
        type=Path,
    )
    take(
        "--operators-k",
        both("of_the_log.how_many_operators_must_sign"),
        "K",
        required=True,
        type=int,
    )
    take(
        "--uploader", both("of_the_log.web_origin_from_which_officers_send"), "https://…", many=True
    )
    take(
        "--rp-id",
        both("of_the_log.relying_party_of_passkeys_every_uploader"),
        both("of_the_log.host"),
    )
    take(
        "--policy",
        both("of_the_log.tlog_policy_with_witnesses_default_no"),
        both("arguments.file"),
        type=Path,
    )
    take(
        "--predecessor",
        both("of_the_log.last_checkpoint_of_the_log_that"),
        both("arguments.file"),
        type=Path,
    )


def log(options: Namespace, _kit: Kit | None, talk: Talk) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of entry 0."""
    policy = [f"log {options.log_key}", "quorum none"]
    if options.policy is not None:
        policy = files.read(options.policy, _MAX_POLICY).decode().splitlines()
    fields: dict[str, Any] = {
        "kind": "log",
        "log": options.origin,
        "mode": options.mode,
        "log_key": options.log_key,
        "receipt_key": options.receipt_key,
        "operators": keyset(options.operators, options.operators_k, options.origin),
        "rp_id": options.rp_id or _host(options.origin),
        "policy": policy,
    }
    if options.policy is not None and not effects.has_policy(fields):
        raise Malformed("not a tlog-policy of the log's own key alone", "--policy")
    if options.predecessor is not None:
        fields["predecessor"] = _predecessor(options.predecessor)
    if options.uploader:
        fields["uploaders"] = options.uploader
    _check_relying_party(fields["rp_id"])
    if not options.uploader:
        talk.warn(*both("of_the_log.without_uploader_this_log_takes_no", rp_id=fields["rp_id"]))
    yield "log", fields


def _predecessor(path: Path) -> dict[str, Any]:
    """Return what a checkpoint says. Whether its signature holds, operators saw before: the key may
    be in other hands, so nothing here could vouch for it.
    """
    text, _, signatures = files.read(path, _MAX_POLICY).partition(b"\n\n")
    if not signatures:
        raise Malformed("not a signed checkpoint", "--predecessor")
    last = checkpoint.parse(text + b"\n")
    return {"origin": last.origin, "size": last.size, "root": codec.b64encode(last.root)}


def _host(origin: str) -> str:
    return origin.split("/", maxsplit=1)[0].split(":", maxsplit=1)[0]


def _check_relying_party(host: str) -> None:
    """Refuse what is spelled like a relying party and is none to browsers, by a list of today.

    A name under which anybody may register (`go.id`), or a number. Only here: the list changes,
    the meaning of an entry must not.
    """
    if "." not in host:
        return  # `localhost`, or what the schema refuses
    try:
        from publicsuffixlist import PublicSuffixList
    except ImportError as error:
        raise Fault(*both("of_the_log.the_library_publicsuffixlist_is_missing_install")) from error
    if host.rpartition(".")[2].isdigit() or PublicSuffixList().is_public(host):
        raise Fault(*both("of_the_log.cannot_be_a_relying_party_every", host=host), code=1)


def configure_publication(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of a publication."""
    _add_origin(parser, say)
    taking(parser, say)("--release", both("of_the_log.another_release_than_this_program_s"), "HEX")


def publication(
    options: Namespace, _kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of a publication: this program's own release unless another is named.

    The verifier in the browser is named with the release that this program knows, its own.
    """
    from rekap.core.pages.look import verifier
    from rekap.core.pages.release import current

    release = options.release or current()
    fields = {"kind": "publication", "log": options.origin, "release": release}
    if release == current():
        fields["verifier"] = verifier.digest(packaged.templates_folder())
    yield "publication", fields


def configure_uploaders(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of more uploaders."""
    take = taking(parser, say)
    _add_origin(parser, say)
    take(
        "--uploader",
        both("of_the_log.another_web_origin_from_which_officers"),
        "https://…",
        action="append",
        required=True,
    )
    take("--rp-id", both("of_the_log.relying_party_of_entry_0_default"), both("of_the_log.host"))


def uploaders(
    options: Namespace, _kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of more uploaders, each once and in order."""
    fields = {"kind": "uploaders", "log": options.origin, "origins": sorted(set(options.uploader))}
    if refused := schema.uploader_findings(fields, options.rp_id or _host(options.origin)):
        raise schema.SchemaErrors(refused)
    yield "uploaders", fields


def configure_app(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of an app."""
    _add_origin(parser, say)
    taking(parser, say)(
        "--list", both("of_the_log.list_of_the_app_s_files"), "files.json", required=True, type=Path
    )


def app(options: Namespace, _kit: Kit | None, _talk: Talk) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of an app: the SHA-256 of the list of its files."""
    digest = codec.sha256_hex(files.read(options.list, MAX_LIST))
    yield "app", {"kind": "app", "log": options.origin, "files": digest}


def configure_withhold(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of words that are withheld, or served again."""
    take = taking(parser, say)
    _add_origin(parser, say)
    take("--digest", both("of_the_log.digest_of_the_words"), "HEX", required=True)
    parser.add_argument("--reason", choices=model.WITHHOLD_REASONS)
    take("--basis", both("of_the_log.paper_that_it_rests_on"), required=True)
    take("--revision", both("of_the_log.revision_after_previous"), "N", type=int, default=1)
    take("--previous", both("of_the_log.id_of_the_statement_before"), "ID")


def withhold(
    options: Namespace, _kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of words that are withheld: with a reason; without one they are served."""
    state = model.WITHHOLDINGS[options.reason is None]
    fields = {"kind": "withhold", "log": options.origin, "digest": options.digest, "state": state}
    given = {name: getattr(options, name) for name in ("reason", "basis", "revision", "previous")}
    yield "withhold", fields | {name: one for name, one in given.items() if one is not None}


def configure_close(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of a close."""
    _add_origin(parser, say)


def close(
    options: Namespace, _kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of a close."""
    yield "close", {"kind": "close", "log": options.origin}
