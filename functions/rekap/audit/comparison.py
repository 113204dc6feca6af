"""What was published, compared with what the log gives at the size that it belongs to (V15–V17).

The fold goes through all sizes once. `site.json` says at which one bulk data and pages were made;
what was written since then, or is being written, is ahead and judged by `Later`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rekap.audit import assets, checks, pages
from rekap.audit import claim as claims
from rekap.audit.attachments import FOLDERS
from rekap.audit.claim import CLAIM
from rekap.audit.history import Stop
from rekap.audit.later import Later
from rekap.audit.log import Progress
from rekap.audit.opening import Opened
from rekap.audit.owed import Owed
from rekap.audit.plan import ALL, Plan
from rekap.audit.reader import Source
from rekap.audit.texts import both
from rekap.audit.verdict import Report, Words
from rekap.core.ledger.state import State
from rekap.core.log.tiles import LOG

PROOF: Final = re.compile(r"bukti/(0|[1-9][0-9]{0,17})\.tlog-proof")


class Comparison:
    """The files of one opened site. `checked` are the paths that were expected and looked at.

    `whole`: all pages are looked at, whatever number was asked for.
    """

    def __init__(
        self, source: Source, plan: Plan, opened: Opened, report: Report, progress: Progress
    ) -> None:
        self._source = source
        self._plan = plan
        self._opened = opened
        self._report = report
        self._progress = progress
        self._later = Later(source, plan.render, opened.content.entries)
        self._owed = Owed(plan.earlier, plan.render, opened.content.entries)
        self.checked: set[str] = set()
        self.whole = plan.pages == ALL

    def stops(self, size: int) -> Iterator[Stop]:
        """Yield what is to be compared with the state of the first `size` entries."""
        published, newest = self._opened.published, self._opened.content.size
        compares = bool(self._plan.pages)
        if size == published.data_size and self._plan.makes_pages:
            yield self._bulk
        if size == published.data_next > published.data_size and compares:
            yield self._next_bulk
        if size == published.size:
            yield self._pages
        if size == newest > published.data_next and compares:
            yield self._last_bulk
        if size > published.size and compares:
            yield self._look
        if self._owed.wants(size):
            yield self._look_back
        if self._owed.has_bulk and size in {published.data_size, published.data_next, newest}:
            yield self._look_back_at_bulk

    def finish(self) -> None:
        """Judge what is wrong or ahead, now that the log is known to its end (V20, V21)."""
        opened = self._opened
        self._later.finish(opened.published.size, opened.content.size, self._report)
        self._owed.finish(opened.content.complete, self._report)

    def give_up(self) -> None:
        """Tell what is false for good, where the source failed before the end."""
        self._later.give_up(self._opened.content.size, self._report)

    def _render(self, state: State) -> pages.Rendering:
        return self._plan.render(state, self._opened.content.entries)

    def _renders(self, state: State) -> bool:
        return claims.renders(state, self._plan.release)

    def _bulk(self, state: State) -> None:
        if not self._renders(state):
            wanted = Words(*both("comparison.bulk_data_at", size=state.size))
            self._report.doubt(
                checks.BULK, CLAIM, wanted, Words(*both("comparison.another_release"))
            )
            return
        site = self._render(state)
        if self._plan.sink is not None:
            self._plan.sink.bulk(site)
            return
        compared = pages.check_bulk(self._source, site.bulk(), self._progress)
        self.checked |= compared.paths
        self._later.take(compared)
        self._report.facts["bulk"] = len(compared.paths)

    def _next_bulk(self, state: State) -> None:
        if self._renders(state):
            for path, data in self._render(state).bulk():
                self._later.offer(path, data, state.size)

    def _last_bulk(self, state: State) -> None:
        if self._later.has_wrong_bulk and self._renders(state):
            for path, data in self._render(state).bulk():
                self._later.accuse_claim(path, data, state.size, self._report)

    def _pages(self, state: State) -> None:
        """Compare pages at the size in `site.json`, then what nothing expects."""
        plan, report, opened = self._plan, self._report, self._opened
        claims.check_release(opened.published.claim, state, plan.release, report)
        if not self._renders(state):
            return
        claims.check_hour(opened.published.claim, state, report)
        site = self._render(state)
        assets.check_verifier(site, state, report)
        if plan.sink is not None:
            plan.sink.pages(site)
        if not plan.pages:
            report.limit(*both("comparison.its_pages_were_not_looked_at"))
            return
        addresses = site.addresses()
        chosen = addresses
        always = pages.always_looked_at(state, addresses)
        self.whole = plan.pages == ALL or plan.pages >= len(addresses) - len(always)
        if not self.whole:
            report.facts["seed"] = plan.seed
            chosen = pages.sample(addresses, always, state.root(), plan.pages, plan.seed)
        compared = pages.check_pages(
            self._source, site, chosen, plan.processes, self._progress, self._later.take
        )
        self.checked |= compared.paths
        report.facts["pages"] = {"checked": compared.pages, "all": len(addresses)}
        if compared.pages < len(addresses):
            report.limit(
                *both(
                    "comparison.of_pages_were_looked_at",
                    pages=compared.pages,
                    addresses=len(addresses),
                )
            )
        report.facts["files"] = len(compared.paths)
        if not self.whole and opened.files is not None:
            report.limit(*both("comparison.foreign_files_were_not_looked_for"))
        elif opened.files is not None:
            size = opened.content.size
            self._later.take_extra(
                path
                for path in sorted(opened.files - self.checked)
                if path != CLAIM
                and not path.startswith((LOG, *FOLDERS))
                and not _is_proof(path, size)
            )

    def _look(self, state: State) -> None:
        self._later.look(state, renders=self._renders(state))

    def _look_back(self, state: State) -> None:
        self._owed.look(state, renders=self._renders(state))

    def _look_back_at_bulk(self, state: State) -> None:
        if self._renders(state):
            self._owed.look_at_bulk(self._render(state))


def _is_proof(path: str, size: int) -> bool:
    match = PROOF.fullmatch(path)
    return match is not None and int(match[1]) < size
