"""Deploy infra/template.yaml to an emulator of AWS, run a small election on it, prove the site.

    python scripts/rehearse.py --stations 28

Builds the artifact for this machine, starts ministack on one loopback port with its policies
enforced, deploys the real template through CloudFormation and SAM, and lets the functions run from
the artifact with their own roles, woken by the emulated queues and schedules. Statements go in over
HTTP, pages come out of the bucket and through the emulated CloudFront, and `rekap verify` of the
artifact must prove both. Whatever is emulated differently than AWS documents it is listed.

    exit status: 0 all as it must be, 1 something is not, 2 could not be rehearsed
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from botocore.exceptions import BotoCoreError, ClientError  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: E402
from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: E402
from scripts.artifact.target import this_machine  # noqa: E402
from scripts.rehearsal import cloud, emulator, front, stack  # noqa: E402
from scripts.rehearsal.course import BASE, Course  # noqa: E402
from scripts.rehearsal.election import MODE, ORIGIN, Rehearsed  # noqa: E402
from scripts.rehearsal.portal import Portal  # noqa: E402
from scripts.rehearsal.runtime import Code  # noqa: E402
from scripts.rehearsal.transcript import Transcript  # noqa: E402
from scripts.rehearsal.trial import Trial  # noqa: E402
from scripts.rehearsal.upgrade import Upgrade  # noqa: E402

from scripts import build_artifact  # noqa: E402

PYTHON: Final = ROOT / ".venv-rehearse" / "bin" / "python"
FEWEST: Final = 24
"""Stations: the pages of fewer are so few that the publisher sends none to renderers."""
_LONGEST: Final = 2000


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse arguments, rehearse, return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stations", type=int, default=28, help="each reports two forms")
    parser.add_argument("--starts", type=int, default=1, help="how often each function starts")
    parser.add_argument("--emulator", type=Path, default=PYTHON, metavar="PYTHON")
    parser.add_argument("--template", type=Path, default=ROOT / "infra" / "template.yaml")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the site and all log lines")
    options = parser.parse_args(arguments)
    lacking = _lacking(options)
    if lacking:
        print(f"rehearse: {lacking}", file=sys.stderr)
        return 2
    say = Transcript()
    with TemporaryDirectory(prefix="rekap-rehearsal-") as name:
        work = Path(name)
        try:
            _rehearse(options, work, say)
        except (OSError, RuntimeError, ValueError, BotoCoreError, ClientError) as error:
            print(f"rehearse: {type(error).__name__}: {str(error)[:_LONGEST]}", file=sys.stderr)
            _last_lines(work / "emulator.log")
            return 2
        finally:
            if options.keep and work.exists():
                _keep(work, options.keep)
    print("\nNOT AS IT MUST BE:" if say.failed else "\nALL AS IT MUST BE", *say.failed, sep="\n   ")
    return 1 if say.failed else 0


def _rehearse(options: argparse.Namespace, work: Path, say: Transcript) -> None:
    with say.step("artifact for this machine"):
        built = build_artifact.build(ROOT, work / "artifact", this_machine(), "auto")
        zipfile.ZipFile(built.path).extractall(work / "unpacked")
        say.say(f"sha256 {built.packed.sha256}, release {built.release[:16]}…")
    with contextlib.ExitStack() as running:
        with say.step("emulator"):
            account = running.enter_context(cloud.running(options.emulator, work))
            relay, gate = (
                running.enter_context(front.listening(account.port, account.authority, account.key))
                for _ in range(2)
            )
            say.say(f"{_version(options.emulator)} on {account.endpoint}; no other network")
            say.say("policies of roles, buckets, queues, tables, keys and secrets are enforced")
            for change in emulator.CHANGES:
                say.say(f"changed: {change}")
        with say.step("deploy infra/template.yaml"):
            given = {"Origin": ORIGIN, "Mode": MODE, "Site": relay.url(BASE)}
            deployed = stack.deploy(account, options.template, built.path, given)
            relay.host, gate.host = (deployed.outputs[name] for name in ("FrontName", "GateName"))
            say.say(f"CREATE_COMPLETE: {len(deployed.resources)} resources, {_kinds(deployed)}")
        public = _public_key(account, deployed)
        election = Rehearsed(options.stations, seed=1, release=built.release, log_public=public)
        with say.step("keys"):
            secret = election.private("receipt").hex()
            account.client("secretsmanager").put_secret_value(
                SecretId=deployed["ReceiptKey"], SecretString=secret
            )
            say.say(f"log key of KMS: {election.log_key()}")
        portal = Portal(account, deployed, gate)
        libraries = options.emulator.parents[1] / "runtime"
        code = Code(cloud.bare_python(work), libraries, work / "unpacked")
        trial = Trial(portal, code, work, say)
        course = Course(portal, election, say)
        _run(course, trial, (relay, gate), work, built.release)
        if options.starts:
            with say.step(f"cold starts, median of {options.starts}, on this machine"):
                trial.start_each(options.starts)


def _run(
    course: Course, trial: Trial, hosts: tuple[front.Front, front.Front], work: Path,
    release: str,
) -> None:  # fmt: skip
    (relay, gate), say = hosts, trial.say
    with say.step("the log until the polls close: statements, sent + published"):
        course.open_the_log()
    with say.step("forms, while functions overlap"):
        with trial.overlapping():
            uploads, (meanwhile, late) = course.close_the_polls()
        course.ask_twice(uploads)
    with say.step("under Lambda's own runtime"):
        trial.call_each(late.item.data)
        course.sends(late.item.leaf)
    with say.step("another release, and the way back"):
        upgrade = Upgrade(trial.portal, course, say)
        foreseen = upgrade.there_and_back(release, meanwhile.item.data)
    with say.step("an administrator of the account tries"):
        course.let_administrator_try()
    with say.step("rest"):
        course.come_to_rest()
    with say.step("the bucket, proved"):
        course.download(work / "site")
        course.verify(str(work / "site"), "of the bucket")
    with say.step("the front, read and proved"):
        course.read_through_the_front(relay, uploads)
        course.ask_through_the_gate(gate, uploads)
        course.verify(relay.url(BASE), "through the front", "--pages", "20")
        course.watch_whole()
    with say.step("what ran"):
        course.count_the_runs(trial.entries, trial.cut, foreseen)


def _public_key(account: cloud.Cloud, deployed: stack.Deployed) -> bytes:
    der = account.client("kms").get_public_key(KeyId=deployed["LogKey"])["PublicKey"]
    key = load_der_public_key(der)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("the log's key is not Ed25519")  # noqa: TRY004
    return key.public_bytes_raw()


def _kinds(deployed: stack.Deployed) -> str:
    names = sorted(deployed.types.values())
    counted = {name.rpartition("::")[2]: names.count(name) for name in names}
    most = sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:6]
    return ", ".join(f"{count} {name}" for name, count in most) + " …"


def _version(python: Path) -> str:
    ask = "from importlib.metadata import version; print('ministack', version('ministack'))"
    done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _lacking(options: argparse.Namespace) -> str:
    if not options.emulator.exists():
        return f"{options.emulator} is missing: make setup-rehearse"
    if shutil.which("node") is None:
        return "node is missing: the emulated CloudFront runs its function with it"
    if options.stations < FEWEST:
        return f"--stations {options.stations}: from {FEWEST} on pages are sent to renderers"
    if options.keep and options.keep.exists():
        return f"{options.keep} exists"
    return ""


def _last_lines(log: Path) -> None:
    if log.exists():
        print(*log.read_text().splitlines()[-30:], sep="\n", file=sys.stderr)


def _keep(work: Path, to: Path) -> None:
    to.mkdir(parents=True)
    for name in ("site", "emulator.log", "artifact"):
        if (work / name).exists():
            (work / name).rename(to / name)


if __name__ == "__main__":
    sys.exit(main())
