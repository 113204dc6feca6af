"""What the `console` blocks of the documents call, typed from top to bottom into one shell.

`aws`, `sam`, `rekap` and `make` write down how they were called; an output of a stack is answered
if its template has it.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import yaml
from scripts.stack import template
from tests.live_portal import ROOT

DOCUMENTS = ("account.md", "operations.md")
VKEY = "hasil.example/log+0a1b2c3d+AbC/+="
STACKS = {"copy": "infra/copy.yaml", "waf": "infra/waf.yaml", "": "infra/template.yaml"}
SHAPED = {
    "Acl": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/rekap/0a",
    "Copy": "arn:aws:s3:::rekap-copy",
    "CopyRole": "arn:aws:iam::111122223333:role/rekap-copy",
}
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/0a"
PORTALS = f"""\
satu,11,aceh.example,{CERTIFICATE},{SHAPED["Acl"]}
dua,12,sumut.example,{CERTIFICATE},{SHAPED["Acl"]}
"""
WRITES = """#!/bin/bash
printf '%s\\0' "${0##*/}" "$@" >> calls; printf '\\0' >> calls
"""
AWS = """
case "$*" in
  *OutputKey==*)
    [[ $* =~ --stack-name\\ ([^ ]*) ]]; stack=${BASH_REMATCH[1]}
    [[ $* =~ OutputKey==\\'([A-Za-z]*)\\' ]]; key=${BASH_REMATCH[1]}
    case $stack in *copy) of=copy ;; *waf) of=waf ;; *) of=main ;; esac
    cat "outputs/$of/$key" 2>/dev/null || echo "$stack $key" >> missing ;;
  acm\\ request-certificate*) echo CERTIFICATE ;;
  sts\\ get-caller-identity*) echo 111122223333 ;;
  *) echo eA== ;;
esac
"""


@cache
def calls() -> tuple[tuple[str, ...], ...]:
    """Return every call, program first. Raises AssertionError where the shell met an error."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _programs(folder / "bin")
        for part, file in STACKS.items():
            below = folder / "outputs" / (part or "main")
            below.mkdir(parents=True)
            for output in yaml.load((ROOT / file).read_text(), template._Loader)["Outputs"]:
                (below / output).write_text(f"{SHAPED.get(output, output.lower())}\n")
        (folder / "portals.csv").write_text(PORTALS)
        for file, text in (("12/names.txt", f"{VKEY}\n"), ("var/artifact/lambda.zip", "")):
            (folder / file).parent.mkdir(parents=True)
            (folder / file).write_text(text)
        done = subprocess.run(
            ["bash", "-uc", "\n".join(blocks())],
            cwd=folder,
            env={"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": name},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert not done.stderr, done.stderr
        missing = folder / "missing"
        assert not missing.exists(), missing.read_text()
        said = (folder / "calls").read_text().removesuffix("\0\0").split("\0\0")
    return tuple(tuple(one.split("\0")) for one in said)


def blocks() -> list[str]:
    """Return the `console` blocks of the documents."""
    texts = ((ROOT / "docs" / name).read_text("utf-8") for name in DOCUMENTS)
    return [
        block
        for text in texts
        for block in re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    ]


def _programs(folder: Path) -> None:
    folder.mkdir()
    own = {
        "aws": AWS.replace("CERTIFICATE", CERTIFICATE),
        "sam": "",
        "make": "",
        "rekap": f"echo '{VKEY}'\n",
    }
    for name, text in own.items():
        (folder / name).write_text(WRITES + text)
        (folder / name).chmod(0o755)
