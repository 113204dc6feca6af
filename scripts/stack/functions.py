"""Calls functions as Lambda would: own variables, JSON both ways, limits of size and time."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from scripts.stack.template import Function

MAX_PAYLOAD = 6 * 1024 * 1024
"""Bytes of a synchronous event or answer."""


class Context:
    """What a handler gets beside its event."""

    def __init__(self, function: Function) -> None:
        self.function_name = function.name
        self.memory_limit_in_mb = str(function.memory)
        self.function_version = "$LATEST"
        self.invoked_function_arn = f"arn:aws:lambda:local:000000000000:function:{function.name}"
        self.aws_request_id = str(uuid.uuid4())
        self._end = time.monotonic() + function.timeout

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the call may still take."""
        return max(0, int((self._end - time.monotonic()) * 1000))


class Loaded:
    """A function whose code is imported into this process."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self._handle = _import(function)

    def __call__(self, event: Mapping[str, Any]) -> Any:
        """Call the function; whatever it raises comes out. Raises ValueError above a limit."""
        answer = self._handle(_round_trip(event), Context(self.function))
        return _round_trip(answer)


def enter(functions: tuple[Function, ...], here: Mapping[str, str] | None = None) -> None:
    """Give this process the variables of its functions and nothing else of the portal's.

    `here` are values that only this machine knows, for variables that the template gives.
    Raises ValueError if two functions that share a process want different values.
    """
    for name in [name for name in os.environ if name.startswith("REKAP_")]:
        del os.environ[name]
    for function in functions:
        for name, given in function.variables.items():
            value = (here or {}).get(name, given)
            if os.environ.get(name, value) != value:
                raise ValueError(f"{name} differs between functions of one process")
            os.environ[name] = value


def _import(function: Function) -> Callable[[Any, Context], Any]:
    if str(function.code) not in sys.path:
        sys.path.insert(0, str(function.code))
    module, name = function.handler.rsplit(".", 1)
    handle: Callable[[Any, Context], Any] = getattr(importlib.import_module(module), name)
    return handle


def _round_trip(value: Any) -> Any:
    text = json.dumps(value)
    if len(text) > MAX_PAYLOAD:
        raise ValueError(f"{len(text)} bytes, at most {MAX_PAYLOAD}")
    return json.loads(text)
