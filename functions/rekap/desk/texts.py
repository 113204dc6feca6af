"""What the command says, by key: `text/id.toml` and `text/en.toml`."""

from __future__ import annotations

from pathlib import Path

from rekap.core.texts import Catalogue

both = Catalogue(Path(__file__).with_name("text")).both
