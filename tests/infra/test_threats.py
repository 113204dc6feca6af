"""What the documents say about rights is what the policies say."""

from __future__ import annotations

import re

import pytest
from tests.infra import powers
from tests.infra.document import LIVE, TRIAL, Stack, evaluate, read
from tests.infra.rules.guards import ADMIN
from tests.infra.rules.watching import ALARMS
from tests.live_portal import ROOT

from handlers.telemetry import NAMESPACE

DOCUMENT = read()
ROLES = {
    "submit": "Submit",
    "sequence": "Sequence",
    "publish": "Publish",
    "watch": "Watch",
    "the clock": "Clock",
    "an administrator of the account": "",
}
NOT_CALLS = {
    "Submit": {"logs"},
    "Sequence": {"logs", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "Publish": {
        "logs", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
        "sqs:SendMessage",
    },
}  # fmt: skip
"""Rights that no adapter asks for: lines, the event source, and a bell that nobody rings yet."""


def rows(name: str, columns: int) -> list[list[str]]:
    lines = (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line]
    return [row for row in cells if len(row) == columns and not row[0].startswith(("---", "role"))]


def can(stack: Stack, role: str) -> frozenset[str]:
    if not role:
        return powers.powers(stack, "${Elsewhere.Arn}", ADMIN)
    return powers.powers(stack, powers.principal(role), powers.own_statements(stack, f"{role}Role"))


@pytest.mark.parametrize("given", [TRIAL, LIVE])
def test_a_stolen_role_can_what_is_written_and_cannot_what_is_written(
    given: dict[str, str],
) -> None:
    stack = evaluate(DOCUMENT, given)
    known = {one.label for one in powers.QUESTIONS}
    table = rows("threat-model.md", 4)
    assert [row[0] for row in table] == list(ROLES)
    for name, _, _, asked in table:
        yes, _, no = asked.partition(" no ")
        labels = [re.findall("`([^`]+)`", part) for part in (yes, no)]
        assert all(labels), name
        assert {label for part in labels for label in part} <= known
        powerful = can(stack, ROLES[name])
        assert set(labels[0]) <= powerful, name
        assert not set(labels[1]) & powerful, name


def calls() -> dict[str, set[tuple[str, str]]]:
    """Return what each function needs for its calls: (right, on what), from docs/aws.md."""
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in NOT_CALLS}
    for row in rows("aws.md", 5):
        if row[0].capitalize() in found:
            for right in re.findall("`([a-z0-9]+:[A-Za-z]+)`", row[3]):
                found[row[0].capitalize()].add((right, row[4]))
    for row in rows("aws.md", 4):
        if row[0].capitalize() in found:
            for right in re.findall("`([a-z0-9]+:[A-Za-z]+)`", row[1]):
                found[row[0].capitalize()].add((right, row[2]))
    return found


@pytest.mark.parametrize("role", NOT_CALLS)
def test_each_call_of_an_adapter_has_its_right_and_each_right_its_call(role: str) -> None:
    granted = {tuple(label.split()[:2]) for label in powers.expected(role)}
    needed = {(right, place.split("/")[0]) for right, place in calls()[role]}
    assert needed
    assert needed <= granted
    idle = {
        (right, place)
        for right, place in granted - needed
        if right not in NOT_CALLS[role] and right.split(":")[0] not in NOT_CALLS[role]
    }
    assert idle == set()


def test_every_alarm_of_ours_reads_what_a_function_measures() -> None:
    written = "\n".join(path.read_text() for path in (ROOT / "functions/handlers").glob("*.py"))
    ours = [one for one in ALARMS.values() if one[0] == NAMESPACE]
    assert len(ours) >= 9
    for _, metric, (dimension,), *_ in ours:
        assert dimension["Name"] == "service"
        assert f'"{metric}"' in written
        assert (ROOT / f"functions/handlers/{dimension['Value']}.py").exists()
