"""The Lambda artifact: the same bytes twice, the release of the checkout, libraries by hash.

Wheels come from the package registry or pip's cache.
"""

from __future__ import annotations

import contextlib
import io
import json
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from scripts.artifact import pack, tree
from scripts.artifact.target import LAMBDA, Target, this_machine

from rekap.core.pages import release
from scripts import build_artifact

ROOT = Path(__file__).parents[2]
NAMES = ("lambda.zip", "lambda.cdx.json", "lambda.json")


def copy(checkout: Path, to: Path) -> Path:
    """Copy what an artifact is made from, with other times and modes."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("templates", "requirements", "functions"):
        shutil.copytree(checkout / name, to / name, ignore=ignored, copy_function=shutil.copyfile)
    shutil.copyfile(checkout / "pyproject.toml", to / "pyproject.toml")
    return to


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    return copy(ROOT, tmp_path_factory.mktemp("checkout"))


def release_of(checkout: Path) -> str:
    package, lock = checkout / "functions" / "rekap", checkout / "requirements" / "run.txt"
    lines = release.lines(package, checkout / "templates", lock)
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


@pytest.fixture(scope="module")
def said(checkout, tmp_path_factory) -> tuple[str, Path]:
    """What the command says, and its folder: for this machine, so that there is bytecode."""
    folder = tmp_path_factory.mktemp("artifact")
    arguments = ["--root", str(checkout), "--to", str(folder), "--for", "this-machine"]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert build_artifact.main([*arguments, "--bytecode", "yes"]) == 0
    zipfile.ZipFile(folder / "lambda.zip").extractall(folder / "unpacked")
    return out.getvalue(), folder


@pytest.fixture(scope="module")
def here(said) -> Path:
    """The artifact for this machine, unpacked."""
    return said[1] / "unpacked"


def inside(unpacked: Path, code: str) -> str:
    """Run code in a fresh Python that sees the artifact and no other library."""
    start = f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
    command = [sys.executable, "-I", "-S", "-B", "-W", "error", "-c", start + code]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env={})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_artifact_for_lambda_has_libraries_of_its_machine_only(checkout, tmp_path):
    first = build_artifact.build(checkout, tmp_path / "first", LAMBDA, "no")
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == sorted(NAMES)
    assert first.release == release_of(checkout)
    names = set(zipfile.ZipFile(first.path).namelist())
    libraries = {name for name in names if name.endswith(".so")}
    assert libraries
    assert all("x86" not in name for name in libraries)
    assert any("cpython-313-aarch64" in name for name in libraries)
    assert not any(name.endswith(".pyc") for name in names)


def test_two_builds_from_two_folders_are_the_same_bytes(checkout, said, tmp_path):
    facts = json.loads((said[1] / "lambda.json").read_bytes())
    other = copy(checkout, tmp_path / "elsewhere" / "a-longer-name")
    (other / "functions/rekap/core/codec.py").chmod(0o755)
    (other / "functions/rekap/notes.txt").write_text("not shipped")
    again = build_artifact.build(other, tmp_path / "again", this_machine(), "yes")
    assert build_artifact.facts(again) == facts
    for name in NAMES:
        assert (tmp_path / "again" / name).read_bytes() == (said[1] / name).read_bytes()
    assert facts["bytecode"] == platform.python_version()


def test_without_a_python_of_the_target_there_is_no_bytecode(tmp_path):
    nowhere = Target("3.99", "arm64")
    assert nowhere.interpreter() is None
    with pytest.raises(ValueError, match=r"python3\.99 is not on the PATH"):
        build_artifact.build(ROOT, tmp_path / "none", nowhere, "yes")


def test_the_artifact_has_the_release_of_the_checkout(checkout, here):
    ask = "from rekap.core.pages import release; print(release.current(), release.__file__)"
    digest, file = inside(here, ask).split()
    assert digest == release_of(checkout)
    assert Path(file).is_relative_to(here)


def test_every_handler_starts_with_nothing_but_the_artifact(here):
    handlers = sorted(path.stem for path in (here / "handlers").glob("*.py"))
    modules = ", ".join(f"handlers.{name}" for name in handlers if name != "__init__")
    said = inside(here, f"import {modules}\nprint(handlers.wiring.__file__)")
    assert Path(said).is_relative_to(here)


def test_every_service_that_a_function_calls_has_a_client_and_no_other(here):
    told = {"region_name": "ap-southeast-3", "aws_access_key_id": "x", "aws_secret_access_key": "x"}
    code = "import boto3\n" + "".join(
        f"print(boto3.client({name!r}, **{told!r}).meta.service_model.service_name)\n"
        for name in tree.SERVICES
    )
    assert tuple(inside(here, code).split()) == tree.SERVICES
    listed = "import boto3; print(*boto3.session.Session().get_available_services())"
    assert tuple(inside(here, listed).split()) == tree.SERVICES


def test_the_functions_ask_boto3_for_these_services_only():
    source = "\n".join(
        path.read_text() for path in (ROOT / "functions/rekap/portal/store").rglob("*.py")
    )
    asked = set(re.findall(r"""client\(\s*["']([a-z0-9]+)["']""", source))
    assert asked <= set(tree.SERVICES)


def test_bytecode_needs_no_source_and_names_no_folder_of_this_machine(here):
    compiled = sorted(here.rglob("*.pyc"))
    assert len(compiled) == len(list(here.rglob("*.py")))
    for path in compiled:
        data = path.read_bytes()
        assert int.from_bytes(data[4:8], "little") == 0b01  # a hash that nobody checks
        assert str(here.parent).encode() not in data
    assert (
        b"/var/task/rekap/core/codec.py"
        in next(here.glob("rekap/core/__pycache__/codec.*")).read_bytes()
    )


def test_only_what_runs_is_inside_and_licences_stay(checkout, here):
    functions, templates = checkout / "functions", checkout / "templates"
    names = [path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()]
    own = {name for name in names if name.startswith(("rekap/", "handlers/"))}
    wanted = {
        *(path.relative_to(functions).as_posix() for path in functions.rglob("*.py")),
        *(path.relative_to(functions).as_posix() for path in functions.rglob("text/*.toml")),
        *(f"rekap/{p.relative_to(checkout)}" for p in templates.rglob("*") if p.is_file()),
        "rekap/run.txt",
        "rekap/py.typed",
    }
    typed = ("rekap/desk/", "rekap/audit/commands/")
    wanted = {name for name in wanted if not name.startswith(typed)}
    assert {name for name in own if "__pycache__" not in name} == wanted
    for cruft in ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json"):
        assert not [name for name in names if name.endswith(f".dist-info/{cruft}")]
    assert not [name for name in names if name.startswith("bin/")]
    for folder in here.glob("*.dist-info"):
        kept = {path.name for path in folder.rglob("*") if path.is_file()}
        assert kept & {"METADATA"}
        assert [n for n in kept if "LICEN" in n.upper()] or folder.name.startswith("pynamodb-")


def test_entries_of_the_zip_are_sorted_and_carry_no_time_or_mode_of_this_machine(here):
    with zipfile.ZipFile(here.parent / "lambda.zip") as archive:
        entries = archive.infolist()
    assert [one.filename for one in entries] == sorted(one.filename for one in entries)
    assert {one.date_time for one in entries} == {pack.EPOCH}
    assert {one.external_attr >> 16 for one in entries} == {pack.MODE}
    assert {one.create_system for one in entries} == {3}
    assert not [one for one in entries if one.extra or one.comment]


def test_what_is_too_large_for_lambda_is_refused(tmp_path, monkeypatch):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "file").write_bytes(bytes(1000))
    monkeypatch.setattr(pack, "UNPACKED_LIMIT", 999)
    with pytest.raises(ValueError, match="too large for Lambda"):
        pack.pack(tmp_path / "tree", tmp_path / "out.zip")


def _blocks(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    blocks = (re.sub(r"\s*#.*", "", block).strip() for block in re.split(r"\n(?=[a-z])", text))
    return {block.split("==")[0]: block for block in blocks if block}


def test_the_lock_of_the_functions_is_part_of_the_run_time_lock():
    ours, run = _blocks("lambda"), _blocks("run")
    assert {name: run.get(name) for name in ours} == ours
    for block in ours.values():  # pip asks the Python that builds, not that of the target
        assert re.search(r"python_version|python_full|sys_platform|machine", block) is None


def test_the_bill_of_materials_is_cyclonedx_and_complete(checkout, here):
    bill = json.loads((here.parent / "lambda.cdx.json").read_bytes())
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["specVersion"] == "1.6"
    assert bill["version"] == 1
    assert not {"serialNumber"} & bill.keys()
    assert "timestamp" not in bill["metadata"]
    subject = bill["metadata"]["component"]
    facts = {one["name"]: one["value"] for one in subject["properties"]}
    assert facts["rekap:release"] == release_of(checkout)
    assert (
        facts["rekap:artifact:sha256"]
        == json.loads((here.parent / "lambda.json").read_bytes())["sha256"]
    )
    lock = _blocks("lambda")
    assert [one["name"] for one in bill["components"]] == sorted(lock)
    for one in bill["components"]:
        assert one["type"] == "library"
        assert one["purl"] == one["bom-ref"] == f"pkg:pypi/{one['name']}@{one['version']}"
        assert lock[one["name"]].startswith(f"{one['name']}=={one['version']} ")
        (digest,) = one["hashes"]
        assert digest["alg"] == "SHA-256"
        assert f"--hash=sha256:{digest['content']}" in lock[one["name"]]
        (licence,) = one["licenses"]
        assert (licence.get("expression") or licence["license"]["name"]) not in ("", "unknown")
    known = {subject["bom-ref"], *(one["bom-ref"] for one in bill["components"])}
    edges = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    assert edges.keys() == known
    assert all(known.issuperset(needs) for needs in edges.values())
    reached, waiting = set(), [subject["bom-ref"]]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += edges[one]
    assert reached == known  # nothing is shipped that nobody asks for


def test_the_command_says_what_it_built(said):
    text, folder = said
    facts = json.loads((folder / "lambda.json").read_bytes())
    assert facts["sha256"] == sha256((folder / "lambda.zip").read_bytes()).hexdigest()
    assert facts["sha256"] in text
    assert facts["content"] in text
    assert f"with bytecode of Python {platform.python_version()}" in text


def test_a_wheel_with_another_hash_is_not_taken(checkout, tmp_path, capfd):
    other = copy(checkout, tmp_path / "wrong")
    lock = other / "requirements" / "lambda.txt"
    lock.write_text(re.sub("sha256:[0-9a-f]{4}", "sha256:0000", lock.read_text()))
    to = tmp_path / "to"
    assert build_artifact.main(["--root", str(other), "--to", str(to)]) == 2
    assert "HASH" in capfd.readouterr().err.upper()
    assert list(to.iterdir()) == []


def test_the_functions_have_their_sentences_and_no_commands(tmp_path):
    tree.add_own(ROOT, tmp_path)
    assert (tmp_path / "rekap" / "portal" / "text" / "id.toml").is_file()
    assert not (tmp_path / "rekap" / "desk").exists()
    assert not (tmp_path / "rekap" / "audit" / "commands").exists()
