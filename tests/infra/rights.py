"""What policies say, as sentences that a test lists: who may do what, and what nobody may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.infra.document import Stack, as_list

Statement = Mapping[str, Any]


def policies(stack: Stack) -> Iterator[tuple[str, list[Statement]]]:
    """Yield (name of the thing or role, statements) of every policy of a stack."""
    for name, one in stack.resources.items():
        held = one["Properties"]
        document = (
            held.get("PolicyDocument")
            or held.get("KeyPolicy")
            or held.get("ResourcePolicy", {}).get("PolicyDocument")
            or held.get("ResourcePolicy")
        )
        if document:
            assert document.keys() == {"Version", "Statement"}
            assert document["Version"] == "2012-10-17"
            yield name.removesuffix("Policy"), as_list(document["Statement"])


def sentences(statements: list[Statement]) -> list[str]:
    """Say each statement in a line: effect, whom, actions, things, conditions."""
    return [_sentence(one) for one in statements]


def _sentence(one: Statement) -> str:
    assert one.keys() <= {
        "Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition",
    }  # fmt: skip
    who = one.get("Principal")
    names = [] if who in (None, "*") else [_name(n) for part in who.values() for n in as_list(part)]
    assert (who == "*") == (one["Effect"] == "Deny" and who is not None), "only a Deny names all"
    said = [*names, "may" if one["Effect"] == "Allow" else "never", *as_list(one["Action"]), "on"]
    if "NotResource" in one:
        said += ["all but", *map(_name, as_list(one["NotResource"]))]
    else:
        said += map(_name, as_list(one["Resource"]))
    for operator, keys in one.get("Condition", {}).items():
        said.append(f"if {operator}")
        for key, values in keys.items():
            said.append(f"{key}={'|'.join(_name(str(value)) for value in as_list(values))}")
    return " ".join(said)


def _name(text: str) -> str:
    """`${RecordsTable.Arn}` is RecordsTable; a path below a bucket stays."""
    for mark in ("${", ".Arn}", "}"):
        text = text.replace(mark, "")
    return text


def given(stack: Stack, role: str, effect: str = "Allow") -> set[str]:
    """Return what a role's own policy allows: "action thing", and "action thing key" of tables."""
    found = set()
    for one in dict(policies(stack))[role]:
        if one["Effect"] == effect:
            keys = next(iter(one.get("Condition", {}).values()), {}).get("dynamodb:LeadingKeys", [])
            for action in as_list(one["Action"]):
                for thing in map(_name, as_list(one["Resource"])):
                    found |= {f"{action} {thing}", *(f"{action} {thing} {key}" for key in keys)}
    return found


def refused(stack: Stack, thing: str) -> set[str]:
    """Return the actions on a thing that its policy refuses everybody but named roles."""
    found = set()
    for one in dict(policies(stack)).get(thing, []):
        if one["Effect"] == "Deny" and one.get("Condition", {}).keys() <= {"StringNotEquals"}:
            found |= set(as_list(one["Action"]))
    return found
