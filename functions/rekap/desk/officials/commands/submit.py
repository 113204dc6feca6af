"""`rekap submit FILES`: keep statements in a queue and send them until the portal has signed.

0  every statement that was named has a verified receipt, or its figures count already
1  one was refused, needs a person's answer, or got a receipt that cannot be trusted
2  one still waits in the queue, or something could not be done
"""

from __future__ import annotations

import random
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.audit.reader import open_source
from rekap.core.errors import Malformed, RekapError
from rekap.desk.officials import caption, troubles
from rekap.desk.officials.arguments import given
from rekap.desk.officials.arguments.declared import add_kit, add_queue
from rekap.desk.officials.item import Item
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.outbox import beside, trust
from rekap.desk.officials.outbox.queue import Queue
from rekap.desk.officials.outbox.replies import Reply, unreached
from rekap.desk.officials.outbox.sender import Sender, Time, is_done, is_open, learn
from rekap.desk.officials.outbox.upload import Address, Portal, Unreached
from rekap.desk.officials.paper import SIGNED, Paper
from rekap.desk.officials.sending import handing
from rekap.desk.officials.sending.evidence import Evidence, Wait
from rekap.desk.officials.sending.news import News
from rekap.desk.officials.signing import quorum
from rekap.desk.officials.talk import COULD_NOT, Fault, Talk, worst
from rekap.desk.texts import both

PATIENCE_S: Final = 600
"""Seconds without progress after which a run ends; the queue stays."""
_LOCK_PAUSE_S: Final = 1.0


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    parser.epilog = say(*both("submit.exit_code_0_all_that_were"))
    take(
        "files",
        both("submit.signed_statements_without_any_the_queue", signed=SIGNED),
        both("submit.file_folder"),
        nargs="*",
        type=Path,
    )
    take("--to", both("submit.https_address_of_the_portal_once"), "URL")
    add_queue(parser, say)
    add_kit(parser, say, both("submit.the_receipt_key_is_in_it"), required=False)
    take(
        "--with",
        both("submit.files_that_they_name"),
        both("arguments.file"),
        dest="files_named",
        type=Path,
        many=True,
    )
    take("--once", both("submit.try_once_no_waiting_for_cron"), action="store_true")
    take("--wait", both("submit.wait_until_it_is_in_the"), action="store_true")
    take(
        "--for",
        both("submit.stop_after_so_many_seconds_without", patience_s=PATIENCE_S),
        both("submit.seconds"),
        dest="patience",
        type=_seconds,
        default=PATIENCE_S,
    )
    take("--again", both("submit.send_again_also_what_was_refused"), action="store_true")
    take("--insist", both("submit.send_the_named_files_even_if"), action="store_true")


def _seconds(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 8:
        return int(text)
    raise ArgumentTypeError(f"0…9999999: {text!r}")


def run(options: Namespace, say: Say) -> int:
    """Queue, send, report; return the exit code."""
    world = Time(time.monotonic, time.time, time.sleep, random.SystemRandom().random)
    task = Task(options, Talk.here(say), Queue(options.queue), world)
    return task.talk.carry_out(task.run)


@dataclass
class Task:
    """One call of the command. `connect` makes the connection to a portal."""

    options: Namespace
    talk: Talk
    queue: Queue
    time: Time
    connect: Callable[[Address], Portal] = Portal
    handed: list[handing.Named] = field(default_factory=list)

    @property
    def say(self) -> Say:
        """The language."""
        return self.talk.say

    def run(self) -> int:
        """Do it and return the exit code; raises Fault."""
        kit = given.kit(self.options.kit) if self.options.kit else None
        address = self._address(self.options.to)
        try:
            self.handed = handing.read(self.options.files_named)
            return self._run(kit, address)
        except OSError as error:
            self._complain(troubles.of_disk(error, self.queue.folder, self.say, "--queue"))
        except Malformed as error:
            self._complain(str(error))
        except KeyboardInterrupt:
            self.talk.complain(*both("submit.stopped_all_statements_stay_in_the"))
        return COULD_NOT

    def _run(self, kit: Kit | None, address: Address | None) -> int:
        pile = given.Pile(self.talk)
        named = pile.read(self.options.files)
        nothing = not self.queue.folder.is_dir() and not self.handed
        if not named and (self.options.files or nothing):
            self.talk.complain(*both("submit.nothing_was_queued_name_files_made", signed=SIGNED))
            return COULD_NOT
        self.queue.create()
        url = address.base if address else None
        everything = [*named, *self.queue.items()]
        settings = trust.settle(self.queue, kit=kit, url=url, items=everything)
        new = sum(self.queue.add(item) for item in named)
        self.queue.set(settings)
        news = News(self.talk, self.queue, self.time.now, _zone(kit))
        news.may_ask = self.talk.stdin.isatty() and not self.options.once
        news.queued(new, len(named))
        asked = frozenset(item.leaf for item in self.queue.covering(named))
        news.insisted = asked if self.options.insist else frozenset()
        named = self.queue.covering(named) or self._open()
        if news.may_ask:
            asked |= {item.leaf for item in named}
        if self.options.again:
            for item in named:
                self.queue.reopen(item.leaf)
        self._tell_damaged(pile)
        if kit is not None:
            news.too_few(sum(_lacks_signers(item, kit) for item in named))
        address = address or self._address(settings.url)
        if address is None:
            news.no_address()
            return news.report(named, None, last=None, faults=pile.faults)
        last = self._when_free(address, news, named, asked)
        key = trust.receipt_key(self.queue.settings())
        code = news.report(named, key, last=last, faults=pile.faults)
        if self.options.wait and key is not None and code != COULD_NOT:
            done = [one for one in named if is_done(self.queue, one, key)]
            code = worst(code, self._wait(address, news, done))
        return code or self._hand_in(address, news)

    def _hand_in(self, address: Address, news: News) -> int:
        """Hand in what the statements name: the portal takes it once they are in the log."""
        if not self.handed:
            return 0
        portal, news.base = self.connect(address), address.base
        try:
            patience = 0.0 if self.options.once else float(self.options.patience)
            return handing.hand_in(self.handed, portal, self.time, news, patience=patience)
        finally:
            portal.close()

    def _wait(self, address: Address, news: News, named: list[Item]) -> int:
        if not named:
            return 0
        evidence = self._evidence(address)
        wait = Wait(evidence, self.time, float(self.options.patience), news.appeared, news.looking)
        news.expect(address.base, single=len(named) == 1)
        return wait.run(named)

    def _evidence(self, address: Address) -> Evidence:
        return Evidence(self.queue, self.queue.settings(), lambda: open_source(address.base))

    def _open(self) -> list[Item]:
        """Return what a call without names is about: all that has no lasting answer yet."""
        key = trust.receipt_key(self.queue.settings())
        items = self.queue.items()
        if key is None:
            return [item for item in items if self.queue.refusal(item.leaf) is None]
        return [item for item in items if self.options.again or is_open(self.queue, item, key)]

    def _when_free(
        self, address: Address, news: News, named: list[Item], asked: frozenset[str]
    ) -> Reply | None:
        """Send as soon as no other process does; return the last answer that was not enough.

        `asked`: leaves about which a person may be asked now.
        """
        told = False
        while True:
            with self.queue.sending() as held:
                if held:
                    return self._send(address, news, named, asked)
            if self.options.once or self._is_settled(named):
                return None
            if not told:
                news.other_sender()
                told = True
            self.time.sleep(_LOCK_PAUSE_S)

    def _is_settled(self, named: list[Item]) -> bool:
        """Tell whether another process has got an answer for everything that was named."""
        key = trust.receipt_key(self.queue.settings())
        return key is not None and not any(is_open(self.queue, item, key) for item in named)

    def _send(
        self, address: Address, news: News, named: list[Item], asked: frozenset[str]
    ) -> Reply | None:
        settings = self.queue.settings()
        news.total = len(self._open())
        if not news.total:
            return None
        portal = self.connect(address)
        try:
            patience = 0.0 if self.options.once else float(self.options.patience)
            items = self.queue.items()
            known = learn(
                lambda: trust.find(settings, items, portal), self.time, news, len(named), patience
            )
            self.queue.set(known)
            key = trust.receipt_key(known)
            if key is None:
                raise RuntimeError("a log without a receipt key is none")
            sender = Sender(
                self.queue, portal, self._evidence(address), key, self.time, news,
                self.options.once, patience, asked, beside.Looking(self.queue, _site(portal)),
            )  # fmt: skip
            sender.run()
            news.skew(sender.skew)
            return sender.last
        except Unreached as error:
            return unreached(error)
        finally:
            portal.close()

    def _tell_damaged(self, pile: given.Pile) -> None:
        for path in self.queue.damaged():
            pile.fault(*both("submit.pile_damaged", path=path))

    def _complain(self, told: str) -> None:
        self.talk.complain(told, told)

    def _address(self, url: str | None) -> Address | None:
        if not url:
            return None
        try:
            return Address.parse(url)
        except Malformed as error:
            if error.code == "https":
                raise Fault(*both("submit.only_https_addresses_are_used_so", url=url)) from error
            raise Fault(*both("submit.not_the_address_of_a_portal", url=url)) from error


def _lacks_signers(item: Item, kit: Kit) -> bool:
    """Tell whether, as far as a kit knows, more persons must sign a statement."""
    try:
        paper = Paper(item.envelope.payload, item.envelope.signatures)
    except RekapError:
        return False
    verdict = quorum.of(paper, kit).verdict
    return verdict is not None and not verdict.effective


def _site(portal: Portal) -> Callable[[str], bytes | None]:
    """Return what reads a file of the site; None for one that is not there, or not now."""

    def get(path: str) -> bytes | None:
        try:
            raw = portal.get(path)
        except Unreached:
            return None
        return raw.body if raw.status == 200 else None

    return get


def _zone(kit: Kit | None) -> str:
    return caption.offset_of(str(kit.record["timezone"])) if kit else ""
