"""What readers' commands and checks say, by key: `text/id.toml` and `text/en.toml`."""

from __future__ import annotations

from pathlib import Path

from rekap.core.texts import Catalogue

_SAID = Catalogue(Path(__file__).with_name("text"))
both, sentences = _SAID.both, _SAID.table
