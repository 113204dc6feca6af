"""Copies of the writer with a bug in them: what the harness must find.

    with planted("rekap/portal/publishing/claims.py", (old, new)): ...

The source is read, each `old` is replaced where it stands exactly once, and the functions of the
copy take the place of the real ones, also where other modules imported them by name.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from tests.faults.sites import FUNCTIONS


@contextmanager
def planted(file: str, *changes: tuple[str, str]) -> Iterator[None]:
    """Let a file's functions be those of a changed copy while the block runs."""
    source = (FUNCTIONS / file).read_text("utf-8")
    for old, new in changes:
        assert source.count(old) == 1, f"{file} has {source.count(old)} times: {old}"
        source = source.replace(old, new)
    name = file.removesuffix(".py").replace("/", ".")
    module = sys.modules[name]
    namespace: dict[str, Any] = {"__name__": name}
    exec(compile(source, f"planted {FUNCTIONS}/{file}", "exec"), namespace)
    put_back = [*_replace(vars(module), namespace, vars(module))]
    try:
        yield
    finally:
        for function, code, defaults in put_back:
            function.__code__, function.__kwdefaults__ = code, defaults


def _replace(
    old: dict[str, Any], new: dict[str, Any], scope: dict[str, Any]
) -> Iterator[tuple[FunctionType, Any, Any]]:
    """Give each function of a namespace, and of its classes, the code of its namesake.

    So whoever holds the function runs the new code, with the names of the real module.
    """
    for name, value in list(old.items()):
        twin = new.get(name)
        if isinstance(value, FunctionType) and isinstance(twin, FunctionType):
            if value.__globals__ is not scope:
                continue
            yield value, value.__code__, value.__kwdefaults__
            value.__code__, value.__kwdefaults__ = twin.__code__, twin.__kwdefaults__
        elif isinstance(twin, type) and getattr(value, "__module__", "") == scope["__name__"]:
            yield from _replace(dict(vars(value)), dict(vars(twin)), scope)
