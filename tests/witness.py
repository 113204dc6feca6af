"""A witness as C2SP tlog-witness describes it, and a server that it answers on."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.checkpoint import open_checkpoint
from rekap.core.log.merkle import verify_consistency
from rekap.core.log.witness import Reply
from rekap.core.signing import note
from rekap.core.signing.note import NoteKey
from rekap.core.signing.signer import Ed25519Signer


@dataclass
class Witness:
    """What it signed last, and for which log; `now` is its clock."""

    name: str
    signer: Ed25519Signer
    log_key: NoteKey
    size: int = 0
    root: bytes = b""
    now: int = 1_700_000_000
    asked: list[int] = field(default_factory=list)

    def add_checkpoint(self, body: bytes) -> Reply:
        head, _, signed = body.partition(b"\n\n")
        old, *proof = head.decode().split("\n")
        match = re.fullmatch("old (0|[1-9][0-9]*)", old)
        assert match
        self.asked.append(int(match[1]))
        new = open_checkpoint(signed, self.log_key.name, self.log_key)
        if int(match[1]) > new.size:
            return Reply(400, "text/plain", b"")
        if int(match[1]) != self.size:
            return Reply(409, "text/x.tlog.size", b"%d\n" % self.size)
        hashes = [base64.b64decode(line) for line in proof if line]
        if self.size:
            try:
                verify_consistency(
                    old_size=self.size, old_root=self.root, new_size=new.size, new_root=new.root,
                    proof=hashes,
                )  # fmt: skip
            except (NotVerified, Malformed):
                return Reply(422, "text/plain", b"")
        elif hashes:
            return Reply(422, "text/plain", b"")
        self.size, self.root = new.size, new.root
        self.now += 1
        line = note.cosign(new.body(), self.name, self.signer, self.now)
        return Reply(200, "text/plain", line.format())

    @property
    def vkey(self) -> str:
        """The verifier key that a policy names."""
        return NoteKey.of(self.name, note.COSIGNATURE, self.signer.public).vkey


@contextmanager
def served(witness: Witness) -> Iterator[str]:
    """Answer for a witness on a port of this machine; gives its submission prefix."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            reply = witness.add_checkpoint(body)
            self.send_response(reply.status)
            self.send_header("content-type", reply.kind)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
