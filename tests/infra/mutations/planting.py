"""How a fault is planted in a template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.infra.document import Document

Mutation = Callable[[Document], object]


def properties(document: Document, name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["Resources"][name]["Properties"]
    return found


def statements(document: Document, name: str) -> list[dict[str, Any]]:
    one = properties(document, name)
    table = one.get("ResourcePolicy", {})
    holder = one.get("PolicyDocument") or one.get("KeyPolicy") or table.get("PolicyDocument", table)
    found: list[dict[str, Any]] = holder["Statement"]
    return found


def statement(document: Document, name: str, sid: str) -> dict[str, Any]:
    return next(one for one in statements(document, name) if one.get("Sid") == sid)


def put(name: str, path: str, value: Any) -> Mutation:
    """Set a property, by its path with dots."""

    def act(document: Document) -> None:
        *way, last = path.split(".")
        at: Any = properties(document, name)
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
        if isinstance(at, list):
            at[int(last)] = value
        else:
            at[last] = value

    return act


def drop(name: str, path: str) -> Mutation:
    """Remove a property, by its path with dots."""

    def act(document: Document) -> None:
        *way, last = path.split(".")
        at: Any = properties(document, name)
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at[step]
        del at[int(last) if isinstance(at, list) else last]

    return act


def say(name: str, sid: str, part: str, value: Any) -> Mutation:
    """Set a part of a policy's statement."""
    return lambda document: statement(document, name, sid).update({part: value})


def unsay(name: str, sid: str, part: str = "") -> Mutation:
    """Remove a part of a policy's statement, or all of it."""

    def act(document: Document) -> None:
        if part:
            del statement(document, name, sid)[part]
        else:
            statements(document, name).remove(statement(document, name, sid))

    return act


def add(name: str, **parts: Any) -> Mutation:
    """Add a statement to a policy."""
    return lambda document: statements(document, name).append({"Sid": "Planted", **parts})


def new(name: str, kind: str, **said: Any) -> Mutation:
    """Add a resource."""
    one = {"Type": kind, "Properties": said}
    return lambda document: document["Resources"].update({name: one})


def without(name: str) -> Mutation:
    """Remove a resource."""
    return lambda document: document["Resources"].pop(name)


def part(name: str, key: str, value: Any = None) -> Mutation:
    """Set a part of a resource beside its properties, or remove it."""

    def act(document: Document) -> None:
        document["Resources"][name].pop(key, None)
        if value is not None:
            document["Resources"][name][key] = value

    return act


def choose(name: str, key: str, value: Any = None) -> Mutation:
    """Set a part of a parameter, or remove it."""

    def act(document: Document) -> None:
        document["Parameters"][name].pop(key, None)
        if value is not None:
            document["Parameters"][name][key] = value

    return act


def everywhere(section: str, **more: Any) -> Mutation:
    """Add to a section of the document."""
    return lambda document: document.setdefault(section, {}).update(more)


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def below(name: str, path: str) -> dict[str, str]:
    return {"Fn::Sub": f"${{{name}.Arn}}/{path}"}
