"""What ministack's policies do not see of a request, and its resources do not keep of a policy.

Runs inside the emulator. Every change names what AWS documents and the emulator lacks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

CHANGES: Final = (
    "policies see the condition keys s3:if-none-match and s3:if-match",
    "policies see kms:SigningAlgorithm and kms:MessageType",
    "policies see dynamodb:LeadingKeys, of transactions item by item",
    "policies of tables are kept and count",
    "a batch of messages needs the right of one: sqs:SendMessage",
    "aws:PrincipalArn of a session is the ARN of its role",
)
_PARTITION: Final = "pk"
_EQUALS: Final = re.compile(r"(#?\w+) = (:\w+)")


class _Action(str):
    """The action of one item of a transaction, with the leading keys of that item."""

    __slots__ = ("leading",)
    leading: list[str]


def apply() -> None:
    """Change the emulator that this process runs."""
    _conditional_writes()
    _signing_and_leading_keys()
    _roles_not_sessions()
    _policies_of_tables()
    _batches_of_messages()


def _conditional_writes() -> None:
    from ministack.core import iam_actions

    known = iam_actions._s3_object_context

    def context(action: str, query: dict[str, Any], path: str, headers: dict[str, Any]) -> Any:
        found = known(action, query, path, headers)
        if action == "s3:PutObject":
            for name in ("if-none-match", "if-match"):
                if headers.get(name):
                    found[f"s3:{name}"] = headers[name]
        return found

    iam_actions._s3_object_context = context


def _signing_and_leading_keys() -> None:
    from ministack.core import iam_actions, iam_evaluator

    tags, checks = iam_actions.request_tag_context, iam_actions.dynamodb_transaction_checks
    enforce = iam_evaluator.enforce

    def context(service: str, action: str, body: bytes, params: dict[str, Any]) -> Any:
        found = tags(service, action, body, params)
        if action == "kms:Sign":
            said = json.loads(body)
            found["kms:SigningAlgorithm"] = said.get("SigningAlgorithm", "")
            found["kms:MessageType"] = said.get("MessageType", "RAW")
        if service == "dynamodb" and (keys := leading_keys(json.loads(body or b"{}"))):
            found["dynamodb:LeadingKeys"] = keys
        return found

    def checks_with_keys(action: str, body: bytes, region: str, account: str) -> Any:
        found = checks(action, body, region, account)
        items = json.loads(body)["TransactItems"] if found else []
        if len(items) != len(found):
            return found
        actions = []
        for (one, table), item in zip(found, items, strict=True):
            named = _Action(one)
            named.leading = [key for detail in item.values() for key in _keys_of(detail)]
            actions.append((named, table))
        return actions

    def enforce_with_keys(key: str, action: str, *rest: Any, **named: Any) -> Any:
        if isinstance(action, _Action):
            own = {"dynamodb:LeadingKeys": action.leading}
            named["service_context"] = {**(named.get("service_context") or {}), **own}
        return enforce(key, action, *rest, **named)

    iam_actions.request_tag_context = context
    iam_actions.dynamodb_transaction_checks = checks_with_keys
    iam_evaluator.enforce = enforce_with_keys


def leading_keys(request: dict[str, Any]) -> list[str]:
    """Return the partition keys that a request of DynamoDB names, but those of a transaction."""
    found = list(_keys_of(request))
    for asked in request.get("RequestItems", {}).values():
        for one in asked.get("Keys", []) if isinstance(asked, dict) else asked:
            details = one.values() if isinstance(asked, list) else [{"Key": one}]
            found += [key for detail in details for key in _keys_of(detail)]
    names = request.get("ExpressionAttributeNames", {})
    values = request.get("ExpressionAttributeValues", {})
    for name, value in _EQUALS.findall(request.get("KeyConditionExpression", "")):
        if names.get(name, name) == _PARTITION:
            found += values[value].values()
    return found


def _keys_of(detail: dict[str, Any]) -> Iterator[str]:
    for member in ("Key", "Item"):
        yield from detail.get(member, {}).get(_PARTITION, {}).values()


def _roles_not_sessions() -> None:
    from ministack.core import iam_evaluator

    known = iam_evaluator._resolve_condition_key

    def resolve(key: str, context: Any) -> Any:
        value = known(key, context)
        if key.lower() == "aws:principalarn" and ":assumed-role/" in str(value):
            account, role = str(value).split(":")[4], str(value).split("/")[1]
            return f"arn:aws:iam::{account}:role/{role}"
        return value

    iam_evaluator._resolve_condition_key = resolve


def _policies_of_tables() -> None:
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id
    from ministack.services import dynamodb
    from ministack.services.cloudformation import provisioners

    tables = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    create = tables["create"]

    def create_with_policy(logical: str, properties: dict[str, Any], stack: str) -> Any:
        name, attributes = create(logical, properties, stack)
        if policy := properties.get("ResourcePolicy"):
            text = json.dumps(policy["PolicyDocument"])
            wanted = {"ResourceArn": attributes["Arn"], "Policy": text}
            status, _, body = dynamodb._put_resource_policy(wanted)
            if status != 200:
                raise ValueError(f"{logical} in {stack}: {body!r}")
        return name, attributes

    def policy_for_arn(arn: str) -> tuple[str, str] | None:
        kept = dynamodb._resource_policies.get(arn)
        return (kept["Policy"], get_account_id()) if kept else None

    tables["create"] = create_with_policy
    dynamodb.policy_for_arn = policy_for_arn
    iam_evaluator._RESOURCE_POLICY_LOOKUPS["dynamodb"] = ("dynamodb", "policy_for_arn")


def _batches_of_messages() -> None:
    from ministack.core import iam_evaluator

    enforce = iam_evaluator.enforce

    def enforce_one(key: str, action: str, *rest: Any, **named: Any) -> Any:
        if action.startswith("sqs:"):
            action = action.removesuffix("Batch")
        return enforce(key, action, *rest, **named)

    iam_evaluator.enforce = enforce_one
