"""Where a contest stands: the check on a device says the same as the fold, whatever was said."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

from tests import needed
from tests.script.test_examination import laid

from rekap.core.ledger import rulings
from rekap.core.statements import model

ABOUT = {"election": "e", "contest": "c", "region": "90"}
NUMBERS = ("1/2024", "Nomor 01 Tahun 2024", "2/2024")
CASES = ("7/PHPU", "8/PHPU")
HOURS = ("2024-12-08T18:00:00+07:00", "2024-12-08T18:30:00+08:00", "2024-12-08", "2024-12-09")
SCRIPT = """
const { standing } = await import(process.argv[1] + "court.js");
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const told = JSON.parse(Buffer.concat(chunks)).map((said) => {
  const known = { register: { statements: new Map(said.map((one) => [one.effect, one])) } };
  const last = (kind) => said.findLast(({ fields }) => fields.kind === kind);
  const rulings = said.filter(({ fields }) => fields.kind === "ruling");
  const newest = new Map(rulings.map((one) => [one.fields.number, one]));
  const cases = [...newest.values()].sort((one, other) => other.effect - one.effect);
  const chosen = last("elected"), determined = last("determination");
  const stood = standing(cases, determined, chosen, known);
  return [stood.told, ...[determined, chosen].map((one) => (one ? stood.statusOf(one) : null))];
});
process.stdout.write(JSON.stringify(told));
"""


def drawn(rng: random.Random) -> list[dict[str, Any]]:
    """Statements about a contest in the order of the log."""
    said = []
    for at in range(rng.randint(1, 7)):
        kind = rng.choice(("determination", "elected", "ruling", "ruling"))
        fields: dict[str, Any] = {**ABOUT, "kind": kind, "number": rng.choice(NUMBERS)}
        if kind == "ruling":
            state = rng.choice(model.RULING_STATES)
            fields |= {"number": rng.choice(CASES), "state": state, "date": f"2025-01-{at + 1:02}"}
            fields |= {"against": rng.choice(NUMBERS)} if rng.random() < 0.4 else {}
            places = {"places": ["90.01"]} if rng.random() < 0.6 else {}
            annulled = {"decision": rng.choice(NUMBERS), **places}
            fields |= {"annuls": [annulled]} if state in model.GRANTS and rng.random() < 0.7 else {}
        else:
            fields |= {"announced_at": rng.choice(HOURS), "basis": rng.choice(model.BASES)}
        said.append({"effect": at + 10, "fields": fields})
    return said


class Records:
    """What the fold keeps of such statements: each as its newest, and those before."""

    def __init__(self, said: list[dict[str, Any]]) -> None:
        self.kept: dict[str, Any] = {"rulings/e/c": {"cases": []}}
        for one in said:
            fields, index = one["fields"], one["effect"]
            new = {"against": None, "annuls": [], "orders": [], **fields, "index": index}
            new |= {"earlier": [], "numbers": []}
            cases = self.kept["rulings/e/c"]["cases"]
            if fields["kind"] == "ruling":
                old = next((case for case in cases if case["number"] == fields["number"]), None)
                cases.remove(old) if old else None
                cases.append(new)
            else:
                old = self.kept.get(f"{fields['kind']}/e/c")
                self.kept[f"{fields['kind']}/e/c"] = new
            if old:
                new["earlier"] = [*old["earlier"], old["index"]]
                new["numbers"] = [*old["numbers"], old["number"]]

    def get(self, _: str, key: str) -> Any:
        return self.kept.get(key)

    def told(self) -> list[Any]:
        state, cases = rulings.standing(self, "e", "c")
        named = ("index", "number", "state", "date", "against")
        listed = [
            [{name: case[name] for name in named} for case in some]
            for some in (cases, rulings.open_cases(self, "e", "c"))
        ]
        became = []
        for kind in ("determination", "elected"):
            now = self.kept.get(f"{kind}/e/c")
            status = rulings.became(self, kind, "e/c", now["index"])[0] if now else "effective"
            shown = status != "effective" and "determination/e/c" in self.kept
            became.append(status if shown else None)
        return [{"state": state, "rulings": listed[0], "open": listed[1]}, *became]


def test_the_check_says_where_a_contest_stands_as_the_fold_does(tmp_path: Path) -> None:
    rng = random.Random(20241127)
    logs = [drawn(rng) for _ in range(600)]
    root = laid(tmp_path, {})
    done = subprocess.run(
        [needed.node(), "--input-type=module", "-e", SCRIPT, f"{root.as_uri()}/script/"],
        input=json.dumps(logs), capture_output=True, text=True, check=True,
    )  # fmt: skip
    wanted = [Records(said).told() for said in logs]
    for said, told, want in zip(logs, json.loads(done.stdout), wanted, strict=True):
        assert told == want, said
    assert {one[0]["state"] for one in wanted} == {*rulings.STANDINGS}
