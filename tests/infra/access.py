"""IAM's answer to a request, from the policies alone: enough of it to ask what a role can do.

An explicit Deny wins; an Allow must stand in the role's policies or, for the principal itself, in
the policy of what is asked for. A key decides by its own policy first. What is not modelled here
(service control policies, boundaries, sessions) can only take rights away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from tests.infra.document import as_dict, as_list

Statement = Mapping[str, Any]

OPERATORS = ("StringEquals", "StringNotEquals", "Bool", "Null", "ForAllValues:StringLike")
"""Every condition operator that a policy here may use."""
ANYONE = "anonymous"


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for what; `principal` is a role's ARN, a service, or ANYONE."""

    principal: str
    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)

    def value(self, key: str) -> Any:
        """Return the value of a condition key, None if the request has none."""
        if key.lower() == "aws:principalarn":
            return None if self.principal == ANYONE else self.principal
        found = {name.lower(): value for name, value in self.context.items()}
        return found.get(key.lower(), "true" if key.lower() == "aws:securetransport" else None)


def decide(
    request: Request,
    own: Sequence[Statement],
    theirs: Sequence[Statement] = (),
    *,
    theirs_first: bool = False,
) -> bool:
    """Tell whether a request is allowed.

    `own` are the statements of the principal's policies, `theirs` those of the resource's policy.
    `theirs_first`: the resource's policy must allow the principal or its account, as for keys.
    """
    both = [*own, *theirs]
    if any(_is(one, "Deny") and _matches(one, request, one in theirs) for one in both):
        return False
    mine = any(_is(one, "Allow") and _matches(one, request, False) for one in own)
    direct = any(_is(one, "Allow") and _matches(one, request, True) for one in theirs)
    if not theirs_first:
        return mine or direct
    account = Request("${account}:root", request.action, request.resource, request.context)
    delegated = any(
        _is(one, "Allow") and _applies(one, account) and _names_account(one) for one in theirs
    )
    return direct or (mine and delegated)


def _is(statement: Statement, effect: str) -> bool:
    return statement.get("Effect") == effect


def _matches(statement: Statement, request: Request, has_principal: bool) -> bool:
    if has_principal and not _is_principal(statement.get("Principal"), request.principal):
        return False
    return _applies(statement, request)


def _applies(statement: Statement, request: Request) -> bool:
    return (
        _covers(statement, "Action", request.action)
        and _covers(statement, "Resource", request.resource)
        and conditions_hold(statement.get("Condition"), request)
    )


def _covers(statement: Statement, key: str, value: str) -> bool:
    if f"Not{key}" in statement:
        return not _any_like(as_list(statement[f"Not{key}"]), value)
    return _any_like(as_list(statement.get(key)), value)


def _is_principal(named: Any, principal: str) -> bool:
    if named == "*" or as_dict(named).get("AWS") == "*":
        return True
    everyone = [one for part in as_dict(named).values() for one in as_list(part)]
    return principal in everyone or "*" in everyone


def _names_account(statement: Statement) -> bool:
    named = as_list(as_dict(statement.get("Principal")).get("AWS"))
    return any(str(one).endswith(":root") for one in named)


def conditions_hold(conditions: Any, request: Request) -> bool:
    """Tell whether all conditions of a statement hold; an operator not known here does not."""
    return all(
        _holds(operator, request.value(key), as_list(wanted))
        for operator, keys in as_dict(conditions).items()
        for key, wanted in as_dict(keys).items()
    )


def _holds(operator: str, value: Any, wanted: list[Any]) -> bool:
    texts = [str(one) for one in wanted]
    if operator == "Null":
        return [str(value is None).lower()] == [text.lower() for text in texts]
    if operator == "StringNotEquals":
        return value is None or str(value) not in texts
    if operator == "ForAllValues:StringLike":
        return all(_any_like(texts, str(one)) for one in as_list(value))
    if operator == "StringEquals":
        return value is not None and str(value) in texts
    if operator == "Bool":
        return value is not None and str(value).lower() in [text.lower() for text in texts]
    return False


def _any_like(patterns: Iterable[Any], value: str) -> bool:
    return any(_pattern(str(one)).fullmatch(value) for one in patterns)


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    escaped = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
    is_action = re.fullmatch(r"[A-Za-z0-9*-]+:[A-Za-z*]+", text)
    return re.compile(escaped, re.IGNORECASE if is_action else 0)
