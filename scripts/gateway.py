"""Run infra/template.yaml on this machine: the functions, their events, and the site, on one port.

    python scripts/gateway.py --dir DIR --origin rekap.example/rehearsal/log --port 8080

Each function that a queue or a schedule wakes has a process of its own; the web processes take
requests and call the function that has an address. The public site of a function that watches it
(REKAP_SITE) is the address that listens here, unless `--parameter Site=` names another. Any process
may be killed at any moment, this one too: what was acknowledged is kept, and starting again repairs
the rest. Every log line of a function goes to standard output.

    exit status: 0 ended by SIGTERM or SIGINT, 2 cannot start
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "functions")]

from scripts.stack import functions, server, template, worker  # noqa: E402
from scripts.stack.files import Site  # noqa: E402
from scripts.stack.officers import Officers  # noqa: E402

from rekap.core.errors import RekapError  # noqa: E402
from rekap.portal.store.headers import CacheRules  # noqa: E402
from rekap.portal.store.local.bell import make_pipe  # noqa: E402
from rekap.portal.store.local.database import Database  # noqa: E402
from rekap.portal.store.local.lock import hold  # noqa: E402
from rekap.portal.store.local.objects import FolderObjects  # noqa: E402

LOCK_SECONDS = 5.0
"""Processes of a killed run let go of the folder within moments."""
RESTART_SECONDS = 0.1


def main(argv: list[str] | None = None) -> int:
    """Parse arguments and run until a signal ends it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dir", type=Path, required=True, help="folder of the portal")
    parser.add_argument("--port", type=int, default=8080, help="0 takes any free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--processes", type=int, default=3, help="web processes")
    parser.add_argument("--origin", help="the log's origin; default: that of the log in DIR")
    parser.add_argument("--app", type=Path, default=ROOT / "var" / "app", help="officers' app")
    parser.add_argument("--static", action="store_true", help="serve the site, run no function")
    parser.add_argument("--template", type=Path, default=ROOT / "infra" / "template.yaml")
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args(argv)
    try:
        stack = template.load(options.template, _parameters(options))
        lock = hold(options.dir, LOCK_SECONDS)
        listener = socket.create_server((options.host, options.port), backlog=1024)
    except (OSError, ValueError, RekapError) as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    listener.setblocking(False)
    _prepare(options.dir, stack)
    starts = _starts(options, stack, listener)
    print(json.dumps({"event": "listening", "port": listener.getsockname()[1]}), flush=True)
    _supervise(starts)
    os.close(lock)
    return 0


def _parameters(options: argparse.Namespace) -> dict[str, str]:
    given = dict(one.split("=", 1) for one in options.parameter)
    origin = options.origin or _origin_of(options.dir)
    return {"Engine": "local", "Directory": str(options.dir.resolve()), "Origin": origin, **given}


def _origin_of(folder: Path) -> str:
    """Return the origin that the published checkpoint names."""
    try:
        return (folder / "public/log/checkpoint").read_text().split("\n")[0]
    except FileNotFoundError:
        raise ValueError("this folder has no log yet: --origin is needed") from None


def _prepare(folder: Path, stack: template.Stack) -> None:
    FolderObjects(folder).sweep()
    Database(folder / "portal.db").close()
    for function in stack.functions:
        for queue in function.queues:
            make_pipe(folder / "bell" / queue.name)


def _starts(
    options: argparse.Namespace, stack: template.Stack, listener: socket.socket
) -> list[Callable[[], None]]:
    """Return what each process does: web processes first, then one for each woken function."""
    woken = [one for one in stack.functions if one.queues or one.schedules]
    asked = tuple(one for one in stack.functions if one.asked)
    if options.static:
        woken, asked = [], ()
    rules = CacheRules.parse(stack.functions[0].variables["REKAP_CACHE_CONTROL"])
    site = Site(options.dir.resolve() / "public", stack.front, rules)

    officers = Officers(options.app) if options.app.is_dir() and not options.static else None

    def web() -> None:
        functions.enter(asked)
        loaded = tuple(functions.Loaded(one) for one in asked)
        server.serve(listener, server.App(site, stack.front, loaded, officers))

    here = {"REKAP_SITE": f"http://{_reachable(options.host)}:{listener.getsockname()[1]}/"}
    if any(one.startswith("Site=") for one in options.parameter):
        here = {}  # another portal's

    def run(function: template.Function) -> Callable[[], None]:
        def work() -> None:
            functions.enter((function,), here)
            worker.run(functions.Loaded(function), options.dir.resolve() / "bell")

        return work

    return [web] * options.processes + [run(function) for function in woken]


def _reachable(host: str) -> str:
    """Return a host name for an address that may mean all of this machine's."""
    return "127.0.0.1" if host in ("", "0.0.0.0") else host  # noqa: S104


def _supervise(starts: list[Callable[[], None]]) -> None:
    """Keep one process for each start until SIGTERM or SIGINT; then end them all."""
    lifeline, held = os.pipe()
    running: dict[int, tuple[Callable[[], None], float]] = {}
    ending = threading.Event()

    def begin(start: Callable[[], None]) -> None:
        pid = _fork(start, lifeline, held)
        running[pid] = (start, time.monotonic())
        if ending.is_set():
            os.kill(pid, signal.SIGTERM)

    def end(*_: object) -> None:
        ending.set()
        for pid in running:
            os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    for start in starts:
        begin(start)
    while running:
        pid, _ = os.wait()
        start, began = running.pop(pid)
        if not ending.is_set():
            time.sleep(RESTART_SECONDS if time.monotonic() - began > 1 else 1)
            begin(start)


def _fork(start: Callable[[], None], lifeline: int, held: int) -> int:
    """Start a process that ends when this one does, however this one ends."""
    sys.stdout.flush()
    # A signal waits until the child has its own answer to it: with its parent's it would not end.
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ends)
        return pid
    try:
        os.close(held)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ends)
        threading.Thread(target=_die_with, args=(lifeline,), daemon=True).start()
        start()
    except BaseException as error:
        print(f"gateway: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    os._exit(1)


def _die_with(lifeline: int) -> None:
    """Block until the parent is gone, and end this process at once."""
    os.read(lifeline, 1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
