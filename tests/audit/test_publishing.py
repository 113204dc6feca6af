"""A publisher at work, proofs before their pages, renderers half done, is never called false.

SIMULASI. What it left so far is right; a file that somebody changes among it is false all the same.
"""

from __future__ import annotations

import random

import pytest
from tests.audit.shelf import audit, places
from tests.portal.publishing.test_incremental import Shelf, _night
from tests.portal.publishing.test_tasks import LIMITS, Farm

from rekap.portal.publishing import tasks, window


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "RANGE", 4)
    for name, value in LIMITS.items():
        monkeypatch.setattr(window, name, value)


class Half(Farm):
    """Renderers come to every other task; the rest waits for the next round."""

    def round(self, chance: random.Random) -> None:
        self.publish()
        texts = self.queue.take()
        chance.shuffle(texts)
        done, self.queue.waiting = texts[::2], texts[1::2]
        for text in done:
            self.render(text)
        self.now += 40

    def is_true(self) -> None:
        """The audit says it here."""

    def public(self) -> dict[str, bytes]:
        files = self.shelf.objects.objects
        return {path: data for path, data in files.items() if not path.startswith("state/")}


def test_proofs_that_precede_their_pages_refute_no_site_and_prove_none() -> None:
    night, chance = _night(7, 14), random.Random(7)
    top = len(night.entries)
    farm, ahead = Half(Shelf(night)), 0
    for size in (top - 25, top - 12, top - 4, top):
        farm.shelf.log(size)
        for _ in range(2):
            farm.round(chance)
            files = farm.public()
            if "site.json" not in files:
                continue
            report = audit(files)
            assert report.status == 3, report.as_json()["failures"]
            proofs = [one.place for one in report.ahead if one.place.endswith(".tlog-proof")]
            ahead = max(ahead, len(proofs))
            if proofs and len(report.ahead) > len(proofs):
                kept = files
    assert ahead > 5, "proofs came before their pages"
    _changed_is_false(kept)


def _changed_is_false(files: dict[str, bytes]) -> None:
    """A false proof, page or twin that precedes the claim is named; what lacks ahead is not."""
    report = audit(files)
    ahead = [one.place for one in report.ahead]
    proof = next(path for path in ahead if path.endswith(".tlog-proof"))
    page = next(path for path in ahead if path.endswith("index.html"))
    twin = next(path for path in ahead if path.endswith("index.json"))
    other = next(path for path in files if path.endswith(".tlog-proof"))
    lies = {
        proof: files[other], page: files[page].replace(b"<h1", b"<h1 >", 1),
        twin: files[twin].replace(b'"mode":"', b'"mode":"x'),
    }  # fmt: skip
    for path, data in lies.items():
        assert data != files[path]
        changed = audit({**files, path: data})
        assert (changed.status, places(changed)) == (1, {path})
    lacking = {path: data for path, data in files.items() if path != proof}
    assert audit(lacking).status == 3
