"""A function's variables, read strictly: what is wrong or missing is told with its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ROLES: Final = ("log", "receipt")
"""Private keys of a portal, in this order."""


class Variables:
    """Values by name; an empty one is as good as none. All methods raise RuntimeError."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def optional(self, name: str) -> str:
        """Return a value, or the empty text."""
        return self._values.get(name, "")

    def required(self, name: str) -> str:
        """Return a value that must be there."""
        value = self.optional(name)
        if not value:
            raise RuntimeError(f"the environment variable {name} is not set")
        return value

    def number(self, name: str) -> int:
        """Return a count, 0 if it is not set."""
        text = self.optional(name) or "0"
        if not (text.isascii() and text.isdigit()):
            raise RuntimeError(f"{name} is {text!r}, not a number")
        return int(text)

    def says_time(self) -> bool:
        """Tell whether REKAP_CLOCK is on; unset is off."""
        value = self.optional("REKAP_CLOCK")
        if value not in ("", "on", "off"):
            raise RuntimeError(f"REKAP_CLOCK is {value!r}, want on or off")
        return value == "on"

    def roles(self) -> tuple[str, ...]:
        """Return the private keys of REKAP_KEYS."""
        roles = tuple(self.optional("REKAP_KEYS").split())
        if strange := set(roles) - set(ROLES):
            raise RuntimeError(
                f"REKAP_KEYS names {', '.join(sorted(strange))}, want {' or '.join(ROLES)}"
            )
        return roles

    def queues(self) -> dict[str, str]:
        """Return the bells of REKAP_QUEUES: function -> name or address."""
        pairs = [pair.partition("=") for pair in self.optional("REKAP_QUEUES").split()]
        if any(not name or not address for name, _, address in pairs):
            raise RuntimeError("REKAP_QUEUES is not of the form `sequence=NAME publish=NAME`")
        return {name: address for name, _, address in pairs}
