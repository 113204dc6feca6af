"""The persons of a replay: invented for every body that must sign, with keys from a public seed.

A person is `<body>-<region>[-<tps>]-<n>`; the first is the ketua, the others are anggota. There are
as many as the largest number that the body must reach for anything it signs in this election, or
for a grant where it signs nothing and another is `acting` for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from rekap.core.codec import b64encode
from rekap.core.ledger.offices import BODIES, ROOT_BAWASLU, ROOT_KPU, ROOT_PAIR
from rekap.core.signing.signer import Ed25519Signer, derive
from rekap.core.statements import model, regions
from rekap.desk.elections.rosters import rostered
from rekap.desk.elections.values import Election

Office: TypeAlias = tuple[str, str, str | None]
"""Body, region, TPS. A witness's body is "saksi/1" with the pair, an observer's "pemantau/id"."""
_ROOTS = (ROOT_KPU, ROOT_BAWASLU, ROOT_PAIR)
_OVER_BAWASLU = ("bawaslu_prov", "bawaslu_kabko")


@dataclass(frozen=True)
class Persons:
    """Who signs in one election. `seed` is public by design: these keys prove nothing."""

    seed: str
    election: Election
    needed: dict[Office, int] = field(default_factory=dict)
    acting: dict[Office, str] = field(default_factory=dict)
    """Who does the work of an office by now, where it is not its own body."""

    def __post_init__(self) -> None:
        for task, office in _tasks(self):
            self.needed[office] = max(self.needed.get(office, 0), self.number(task))
        for one in self.election.acting:
            self.needed.setdefault((one["body"], one["region"], None), self.number("grant"))
        _add_granters(self)

    def number(self, task: str) -> int:
        """How many distinct persons must sign: the policy of the election, else the default."""
        policy: Mapping[str, int] = self.election.settings.get("policy", {})
        return policy.get(task, model.THRESHOLDS.get(task, 1))

    def body(self, depth: int, code: str) -> Office:
        """The body at `depth` at or above `code`; the roots where no contest is of a province."""
        while regions.depth(code) > depth:
            code = regions.parent(code)
        if depth == 0 or (depth == 1 and not self.election.provincial):
            return ROOT_KPU, regions.COUNTRY, None
        return BODIES[depth], code, None

    def responder(self, response: Mapping[str, Any]) -> Office:
        """The office that says what was done about a recommendation."""
        if response["body"] == "kpps":
            return "kpps", response["region"], response["tps"]
        return self.body(BODIES.index(response["body"]), response["region"])

    def granter(self, office: Office) -> Office:
        """The body that grants the keys of `office`."""
        body, code, _ = office
        kind, _, side = body.partition("/")
        if kind == "saksi":
            return f"{ROOT_PAIR}.{side}", regions.COUNTRY, None
        if kind in _OVER_BAWASLU:
            return ROOT_BAWASLU, regions.COUNTRY, None
        if kind == "pemantau":
            return self.body(min(regions.depth(code), 2), code)
        if kind in model.SUPERVISORS:
            return "bawaslu_kabko", code[: len("62.05")], None
        if kind == model.PPS:
            return self.body(3, code)
        return self.body(BODIES.index(body) - 1, code)

    def signers(self, office: Office, task: str) -> list[Ed25519Signer]:
        """As many signers of the office as `task` needs, the ketua first."""
        if office[0].startswith(_ROOTS):
            return [root(self.seed, self.election.id, office[0])]
        return [
            _signer(self.seed, f"{self.election.id}/{self.person(office, n)}")
            for n in range(1, self.number(task) + 1)
        ]

    def granted(self, office: Office) -> list[dict[str, str]]:
        """The persons of an office as a grant names them."""
        return [
            {
                "person": self.person(office, n),
                "position": position(office, n),
                **public(_signer(self.seed, f"{self.election.id}/{self.person(office, n)}")),
            }
            for n in range(1, self.needed[office] + 1)
        ]

    def person(self, office: Office, n: int) -> str:
        """The id of person `n` of an office, or of who acts for it by now."""
        acting = self.acting.get(office)
        return (
            name(office, n) if acting is None else f"{acting.replace('_', '-')}-{name(office, n)}"
        )

    def form_office(self, form: str, region: str, tps: str | None) -> Office:
        """The body that signs a form; a running figure is signed by the roots."""
        body = model.FORMS[form].body
        if body is None:
            return ROOT_KPU, regions.COUNTRY, None
        if form == model.STATION_FORM:
            return body, region, tps
        return self.body(BODIES.index(body), region)

    def offices(self, body: str) -> list[Office]:
        """The offices of one kind that sign anything, by region and TPS."""
        return sorted(
            (office for office in self.needed if office[0].partition("/")[0] == body),
            key=lambda office: (office[1], office[2] or "", office[0]),
        )

    def roots(self) -> dict[str, Any]:
        """The roots of the election: of KPU, and of those who grant anybody else."""
        granters = {self.granter(office)[0] for office in self.needed}
        found: dict[str, Any] = {"kpu": self._keyset(ROOT_KPU)}
        if ROOT_BAWASLU in granters:
            found["bawaslu"] = self._keyset(ROOT_BAWASLU)
        pairs = sorted(int(one.rpartition(".")[2]) for one in granters if one.startswith(ROOT_PAIR))
        if pairs:
            found["pairs"] = [
                {"number": pair, **self._keyset(f"{ROOT_PAIR}.{pair}")} for pair in pairs
            ]
        return found

    def _keyset(self, body: str) -> dict[str, Any]:
        return {"k": 1, "keys": [public(root(self.seed, self.election.id, body))]}


def name(office: Office, n: int) -> str:
    """The id of person `n` of an office; ids have no underscore."""
    body, code, tps = office
    body = body.replace("_", "-").replace("/", "-")
    return "-".join([body, code, *([tps] if tps else []), str(n)])


def position(office: Office, n: int) -> str:
    """The position of person `n` of an office."""
    positions = model.BODIES[office[0].partition("/")[0]].positions
    return positions[0] if n == 1 else positions[-1]


def root(seed: str, election: str, body: str = ROOT_KPU) -> Ed25519Signer:
    """The one root key of an election that KPU, Bawaslu or a pair has."""
    return _signer(seed, f"{election}/{body.replace('roots.', 'root/').replace('.', '/')}/1")


def operator(seed: str) -> Ed25519Signer:
    """The one operator key of the log."""
    return _signer(seed, "operator/1")


def public(signer: Ed25519Signer) -> dict[str, str]:
    """Algorithm and public key as a statement spells them."""
    return {"alg": signer.alg, "key": b64encode(signer.public)}


@lru_cache(maxsize=8192)
def _signer(seed: str, role: str) -> Ed25519Signer:
    return derive(seed, role)


def _tasks(persons: Persons) -> list[tuple[str, Office]]:
    """Everything that bodies sign, grants aside: (task, office)."""
    election = persons.election
    tasks: list[tuple[str, Office]] = []
    for code in rostered(election.places):
        depth = regions.depth(code)
        if depth >= 2:
            tasks.append(("roster", persons.body(min(depth - 1, 2), code)))
    tasks.extend(
        (paper.form, persons.form_office(paper.form, paper.region, paper.tps))
        for paper in election.papers
        if paper.form != model.SUMMARY
    )
    for one in (*election.determinations, *election.rulings, *election.elected):
        depth = min(regions.depth(one["region"]), 2)
        tasks.append(("determination", persons.body(depth, one["region"])))
    for one in election.recommendations:
        task = model.ADVICE if one["type"] == model.ADVICE else "recommendation"
        tasks.append((task, (one["body"], one["region"], one.get("tps"))))
        if one["response"] is not None:
            tasks.append(("response", persons.responder(one["response"])))
    tasks += [("copy", holder(election, one)) for one in election.copies]
    for one in election.incidents:
        tasks.append((one["kind"], teller(persons, one)))
        if one["outcome"] is not None:
            tasks.append((answering(one), answerer(persons, one)))
    for one in election.pictures:
        office = persons.form_office(one["form"], one["region"], one.get("tps"))
        tasks.append(("pictures", office))
    for one in election.readiness:
        tasks += [(model.READINESS, office) for office in hands(persons, one)]
    return [(task, office) for task, office in tasks if office[0] != ROOT_KPU]


def holder(election: Election, copy: Mapping[str, Any]) -> Office:
    """Who holds a copy: a PTPS of the TPS, else somebody of the contest's region."""
    if copy["body"] == "ptps":
        return "ptps", copy["region"], copy["tps"]
    return _of_a_side(election, copy)


def _of_a_side(election: Election, said: Mapping[str, Any]) -> Office:
    """The saksi of a pair, or the observers of an organisation, of the contest's region."""
    side = said.get("pair") or said["organisation"]
    return f"{said['body']}/{side}", election.contests[said["contest"]]["region"], None


def teller(persons: Persons, said: Mapping[str, Any]) -> Office:
    """Who says a line of the paper of special events: of the place, or of a region above it."""
    body, code, tps = said["body"], said["region"], said.get("tps")
    if body == model.FORMS[said["form"]].body:
        return persons.form_office(said["form"], code, tps)
    level = model.BODIES[body].level
    if level is None:
        return _of_a_side(persons.election, said)
    while regions.level(code) != level:
        code = regions.parent(code)
    return body, code, tps if model.BODIES[body].of_tps else None


def answerer(persons: Persons, said: Mapping[str, Any]) -> Office:
    """Who answers an objection: its own side takes it back, an organiser decides or passes on."""
    if said["outcome"] == model.WITHDRAWN:
        return teller(persons, said)
    body, code = said["answered"], said["region"]
    if body == model.FORMS[said["form"]].body:
        return persons.form_office(said["form"], code, said.get("tps"))
    return persons.body(BODIES.index(body), code)


def answering(said: Mapping[str, Any]) -> str:
    """The task by whose number an objection is answered: a decision has that of the form."""
    outcome = said["outcome"]
    if outcome == model.WITHDRAWN:
        return "objection"
    return "answer" if outcome == "carried" else str(said["form"])


def hands(persons: Persons, said: Mapping[str, Any]) -> tuple[Office, Office]:
    """Who gives and who takes what a readiness is about: one of each signs it."""
    kpps: Office = ("kpps", said["region"], said["tps"])
    if said["step"] == model.ARRIVED:
        return (model.PPS, said["region"], None), kpps
    return kpps, persons.body(3, said["region"])


def _add_granters(persons: Persons) -> None:
    """Bodies above exist too, since they grant the keys below, from the TPS upward."""
    for body in ("pemantau", "ptps", "pkd", "panwascam", "kpps", "pps", "ppk", "kpu_kabko"):
        for office in persons.offices(body):
            granter = persons.granter(office)
            if not granter[0].startswith(_ROOTS):
                number = max(persons.needed.get(granter, 0), persons.number("grant"))
                persons.needed[granter] = number
