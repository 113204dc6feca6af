"""Every place in the code that calls a port, found by reading the code."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

from rekap.core.log import ports
from rekap.core.log.witness import Witnesses
from rekap.core.signing.signer import Signer
from rekap.portal.intake import accept
from rekap.portal.intake.signatures import Register as Asked
from rekap.portal.publishing.register import Register as Copied
from rekap.portal.publishing.window import Renderers

FUNCTIONS = Path(accept.__file__).parents[3]
FOLDERS = (
    "rekap/core",
    "rekap/portal/intake",
    "rekap/portal/publishing",
    "rekap/portal/sequencing",
)


def methods(*protocols: type) -> frozenset[str]:
    """Return the public methods of protocols."""
    return frozenset(
        name
        for protocol in protocols
        for name, value in vars(protocol).items()
        if callable(value) and not name.startswith("_")
    )


PORTS = {
    "records": methods(accept.Records, ports.Records),
    "order": methods(ports.Order),
    "objects": methods(ports.Objects),
    "register": methods(Asked, Copied),
    "bell": methods(ports.Bell),
    "signer": methods(Signer),
    "witness": methods(Witnesses),
    "renderers": methods(Renderers),
}
NAMES = {name: name for name in PORTS if name != "witness"} | {"witnesses": "witness"}


@functools.cache
def called() -> tuple[tuple[str, str, str], ...]:
    """Return (port, site, method) of each call whose receiver is named after a port."""
    return tuple(_called())


def _called() -> Iterator[tuple[str, str, str]]:
    for folder in FOLDERS:
        for path in sorted((FUNCTIONS / folder).rglob("*.py")):
            file = path.relative_to(FUNCTIONS).as_posix()
            for site, call in _calls(ast.parse(path.read_text("utf-8")), file, ""):
                function = call.func
                assert isinstance(function, ast.Attribute)
                port = NAMES.get(_last_name(function.value))
                if port and function.attr in PORTS[port]:
                    yield port, site, function.attr


def _last_name(node: ast.expr) -> str:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name.removeprefix("_")


def _calls(node: ast.AST, file: str, inside: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            separator = ".<locals>." if inside and not inside[0].isupper() else "."
            name = f"{inside}{separator}{child.name}" if inside else child.name
            yield from _calls(child, file, name)
            continue
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
            yield f"{file}:{inside}", child
        yield from _calls(child, file, inside)
