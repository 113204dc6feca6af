"""The modules of the verifier in the browser answer as the Python profile does, case by case."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tests import needed
from tests.audit.listening import Listening
from tests.script import cases

from rekap.core import packaged
from rekap.core.pages.look import verifier

Answer = Callable[[BaseHTTPRequestHandler], object]


def test_node_answers_as_the_python_profile() -> None:
    assert every_answer(cases.every()) == []


AGAIN = """
const { Register } = await import(process.argv[1]);
const register = new Register(null);
register.elections.set("e", { contests: [] });
const children = ["31", "32", "33.01"].map((code) => ({ code }));
for (let at = 0; at < 50; at++) {
  const roster = { election: "e", region: "id", children };
  if (!register.mayName(roster)) throw new Error("may not");
  register.list(roster);
}
console.log([...register.tops.get("e")].join());
"""


def test_a_list_of_the_country_that_is_said_again_makes_no_check_longer(tmp_path: Path) -> None:
    """A thousand revisions of a thousand places each held a browser for minutes."""
    assert _run(tmp_path, AGAIN, "register") == "31,32,33.01"


MANY = """
const { Evidence } = await import(process.argv[1]);
const evidence = new Evidence(async () => null);
const key = { alg: "none", key: new Uint8Array(32) };
const said = {};
for (let at = 0; at < 12_002; at++) {
  const asked = evidence.verified(at, 0, key, null, { keyid: "" }, { origins: [] });
  const code = await asked.then(() => "ok", (error) => error.code);
  said[code] = (said[code] ?? 0) + 1;
}
console.log(JSON.stringify(said));
"""


def test_a_site_that_gives_endless_signatures_keeps_no_device_busy(tmp_path: Path) -> None:
    """Without Ed25519 in the browser each takes its script some milliseconds."""
    assert json.loads(_run(tmp_path, MANY, "evidence")) == {"not-verified": 12_000, "too-many": 2}


ALIKE = """
const { same } = await import(process.argv[1]);
const pairs = [
  [[1], [1, null]], [[1, null], [1]], [[1], [1, []]], [[{}], [{}, false]],
  [{ list: [1] }, { list: [1, null] }],
  [[null], [false]], [[[]], [null]], [null, []], [{}, { a: null }], [[1], [1]],
  [{ list: [{ a: 1 }] }, { list: [{ a: 1, b: null }] }],
];
console.log(pairs.map(([shown, signed]) => Number(same(shown, signed))).join(""));
"""


def test_a_list_is_no_other_list_for_what_is_empty_at_its_end(tmp_path: Path) -> None:
    """A twin writes null for what a statement lacks; an item of a list is none of that."""
    assert _run(tmp_path, ALIKE, "twin") == "00000111111"


LEFT = """
const { verifyEd25519 } = await import(process.argv[1]);
const [key, sig] = [new Uint8Array(32).fill(9), new Uint8Array(64).fill(9)];
const verify = () => verifyEd25519(key, new Uint8Array(1), sig, null).catch(() => {});
let left = false;
const first = verify();
await Promise.resolve();
setTimeout(() => (left = true));
await first;
await verify();
console.log(left);
"""


def test_a_page_can_be_left_between_two_signatures_that_its_script_computes(tmp_path: Path) -> None:
    assert _run(tmp_path, LEFT, "ed25519") == "true"


def _run(folder: Path, source: str, name: str) -> str:
    """Return what a script says that imports the module `name`."""
    for own, text in verifier.modules(packaged.templates_folder()).items():
        (folder / f"{own}.js").write_text(text, encoding="utf-8")
    module = (folder / f"{name}.js").as_uri()
    asked = [needed.node(), "--input-type=module", "-e", source, module]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


PAGE = b"<!DOCTYPE html>\n<title>tidak ada"
ANSWERS: dict[str, Answer] = {
    "bukti/1.json": lambda to: (to.send_response(200), to.end_headers(), to.wfile.write(b"12345")),
    "bukti/": lambda to: (to.send_response(200), to.end_headers(), to.wfile.write(PAGE)),
    "bukti/2.json": lambda to: (to.send_response(200), to.end_headers(), to.wfile.write(PAGE)),
    "bukti/3.json": lambda to: to.send_error(404),
    "bukti/4.json": lambda to: to.send_error(500),
    "bukti/5.json": lambda to: (
        to.send_response(200),
        to.end_headers(),
        endless(to, b"x" * 65_536),
    ),
    "bukti/6.json": lambda to: (to.send_response(200), to.end_headers(), endless(to, b"", b"x")),
    "bukti/7.json": lambda to: endless(to, b"", b"HTTP/1.1 200 OK\r\nx: y"),
    "bukti/8.json": lambda to: to.wfile.write(b"SSH-2.0-OpenSSH\r\n"),
    "bukti/9.json": lambda to: (to.send_response(200), to.end_headers()),
    "bukti/10.json": lambda to: sized(to, 65_536),
    "bukti/11.json": lambda to: sized(to, 65_537),
    "bukti/11.tlog-proof": lambda to: sized(to, 65_537),
    "bukti/11/index.json": lambda to: sized(to, 65_537),
}
WANTED = ["5", str(len(PAGE)), "absent", "absent", "network", "too-large", "network", "network",
          "network", "0", "65536", "too-large", "too-large", "65537"]  # fmt: skip
DRIPS = ("bukti/6.json", "bukti/7.json")
ENDED = threading.Event()


def sized(to: BaseHTTPRequestHandler, length: int) -> None:
    """A file of so many bytes."""
    to.send_response(200)
    to.end_headers()
    to.wfile.write(b"x" * length)


def endless(to: BaseHTTPRequestHandler, piece: bytes, once: bytes = b"") -> None:
    """The same bytes for ever; none of them after `once`."""
    with contextlib.suppress(OSError):
        to.wfile.write(once)
        while not ENDED.wait(0 if piece else 0.05):
            to.wfile.write(piece)


def test_a_host_that_drips_or_never_ends_is_left_and_its_own_page_is_no_file() -> None:

    class Hostile(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ANSWERS[self.path.lstrip("/")](self)

        def log_message(self, *arguments: object) -> None:
            pass

    server = Listening(Hostile)
    asked = [
        {"op": "read", "url": server.url, "path": path, "want": want,
         "patience": 300 if path in DRIPS else 60_000}
        for path, want in zip(ANSWERS, WANTED, strict=True)
    ]  # fmt: skip
    try:
        assert every_answer(asked) == []
    finally:
        ENDED.set()
        server.close()


def every_answer(asked: list[cases.Case]) -> list[tuple[cases.Case, str]]:
    """Return the cases that node answers in another way, with its answers."""
    with tempfile.TemporaryDirectory() as made:
        for name, source in verifier.modules(packaged.templates_folder()).items():
            (Path(made) / f"{name}.js").write_text(source, encoding="utf-8")
        wanted = json.dumps({"base": f"{Path(made).as_uri()}/", "cases": asked})
        done = subprocess.run(
            [needed.node(), str(Path(__file__).parent / "answers.mjs")], input=wanted,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    given = json.loads(done.stdout)
    return [(case, said) for case, said in zip(asked, given, strict=True) if said != case["want"]]
