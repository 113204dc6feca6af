"""Every form's page is seen, none before its form came, and the log is whole in the end."""

from __future__ import annotations

from pathlib import Path

from scripts.lab import lateness
from scripts.lab.loading.country import Country

from rekap.core.pages import release


def test_every_page_is_seen_after_its_form_came(tmp_path: Path) -> None:
    country = Country(4, seed=1, release=release.current())
    night = lateness.run(country, 4.0, 2.0, tmp_path)
    assert 0 < len(night.uploads) <= 8
    for upload, at in zip(night.uploads, night.arrivals, strict=True):
        assert night.seen[f"{upload.page}index.html"] >= int(at) + 1, "taken in at a full second"
        page = tmp_path / "public" / upload.page / "index.json"
        assert upload.item.id in page.read_text()
    line = lateness.told(4.0, night)
    assert line.startswith(f"4/s, {len(night.uploads)} forms: p50 ")
