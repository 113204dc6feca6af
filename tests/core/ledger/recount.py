"""Everything that counts, once more and the slow way: an oracle that keeps nothing up to date.

It reads the entries, and of the ledger only what became of each entry when it came (`s`) and which
signatures were recorded. From that it replays rosters and chains, adds all figures up anew, and
asks every rule between forms again. It shares no code with the ledger but the rules of one paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.core.ledger.world import World, payload_of

from rekap.core.statements import rules

Fields = dict[str, list[int]]
Total = tuple[int, Fields, int]
"""Stations, {field: [value, stations]}, those of the stations that are not expected."""

LOWER = {"d_hasil_prov": "d_hasil_kabko", "d_hasil_kabko": "d_hasil_kecamatan",
         "d_hasil_kecamatan": "d_hasil_kelurahan"}  # fmt: skip


class Chain:
    """A slot replayed: statements in the order of effect, and what counts."""

    def __init__(self) -> None:
        self.status: dict[str, str] = {}
        self.says: dict[str, dict[str, Any]] = {}
        self.same: dict[str, str] = {}
        self.effect: dict[str, int] = {}
        self.head: str | None = None
        self.decided = 99

    def name(self, statement: str | None) -> str | None:
        """The statement that an id names: a repeat names what it repeats."""
        return self.same.get(statement or "", statement)

    def _content(self, says: dict[str, Any]) -> dict[str, Any]:
        previous = self.name(says.get("previous"))
        known = previous if previous in self.says else says.get("previous")
        return {**{k: v for k, v in says.items() if k != "at"}, "previous": known}

    def take(self, statement: str, says: dict[str, Any], index: int) -> str:
        """A form takes effect; returns its status."""
        content = self._content(says)
        for other, theirs in self.says.items():
            fresh = other not in self.same and self.status[other] != "orphan"
            if fresh and self._content(theirs) == content:
                self.same[statement] = other
                break
        before = self.name(says.get("previous"))
        if statement in self.same:
            status = "repeat"
        elif "previous" in says and not (
            before in self.status
            and self.status[before] not in ("orphan", "repeat")
            and says["revision"] == self.says[before]["revision"] + 1
        ):
            status = "orphan"
        elif before == self.head and ("previous" in says) == (self.head is not None):
            status = "head"
            if self.head is not None:
                self.status[self.head] = "superseded"
            self.head = statement
        else:
            status = "rival"
        self.says[statement], self.status[statement] = says, status
        self.effect[statement] = index
        return status

    def accept(self, statement: str, depth: int) -> bool:
        """An answer decides; tells whether it may."""
        accepted = self.name(statement)
        if accepted not in self.status or self.decided < depth:
            return False
        self.decided, self.head = depth, accepted
        line, one = set(), accepted
        while one is not None and one in self.status and one not in line:
            line.add(one)
            one = self.name(self.says[one].get("previous"))
        for other in self.status:
            if other not in self.same:
                self.status[other] = "superseded" if other in line else "set_aside"
        self.status[accepted] = "head"
        return True


class Recount:
    """The whole of a world's one contest."""

    def __init__(
        self, world: World, election: str, contest: str, top: str, size: int | None = None
    ) -> None:
        """Read the first `size` entries, all if None; `read` the next ones."""
        self.world, self.top = world, top
        self.prefix = f"{election}/{contest}"
        self.children: dict[str, set[str]] = defaultdict(set)
        self.listed: dict[str, bool] = {}
        self.tps: dict[str, list[str]] = {}
        self.gone: dict[str, set[str]] = defaultdict(set)
        self.chains: dict[str, Chain] = defaultdict(Chain)
        self.summed: set[str] = set()
        self.pairs = 0
        for index in range(len(world.entries) if size is None else size):
            self.read(index)

    def read(self, index: int) -> None:
        """Read an entry that comes next."""
        record = self.world.state.entry(index)
        if record["status"] in ("void", "waiting", "cosigned"):
            return
        says = payload_of(self.world.entries[index])
        if says["kind"] == "election":
            self.pairs = len(says["contests"][0]["pairs"])
        elif says["kind"] == "roster":
            self._roster(says)
        elif says["kind"] in ("form", "answer"):
            tps = f"/{says['tps']}" if "tps" in says else ""
            chain = self.chains[f"{self.prefix}/{says['form']}/{says['region']}{tps}"]
            if says["kind"] == "form":
                came = chain.take(record["id"], says, index)
                assert came == record["status"], f"entry {index} is {record['status']}, not {came}"
            elif "accept" in says:
                assert chain.accept(says["accept"], self._depth(record["id"])), f"entry {index}"
        self._sum()

    def _sum(self) -> None:
        """From here on the heads of TPS that are listed are in the sums, whatever comes."""
        for place in self.heads("c_hasil"):
            region, tps = place.split("/")
            if tps in self.tps.get(region, ()):
                self.summed.add(place)

    def _depth(self, statement: str) -> int:
        """The highest body among those of which enough signed."""
        needed = {"roots.kpu": (0, 1), "kpu_prov": (1, 2), "kpu_kabko": (2, 2), "ppk": (3, 2)}
        signers = self.world.state.ids.get(statement)["signers"]
        persons: dict[str, set[str]] = defaultdict(set)
        for signer in signers:
            persons[signer["body"]].add(signer["person"])
        return min(
            needed[b][0] for b, who in persons.items() if len(who) >= needed.get(b, (9, 9))[1]
        )

    def _roster(self, says: dict[str, Any]) -> None:
        region = says["region"]
        if "tps" in says:
            named = [one["number"] for one in says["tps"]]
            before = {*self.tps.get(region, ()), *self.gone[region]}
            self.tps[region], self.gone[region] = named, before - set(named)
            return
        named = [one["code"] for one in says["children"]]
        for code in self.children[region] - set(named):
            self.listed[code] = False
        self.children[region].update(named)
        self.listed.update(dict.fromkeys(named, True))

    # -------------------------------------------------------------- figures

    def heads(self, form: str) -> dict[str, dict[str, Any]]:
        """Place ("region" or "region/tps") -> payload of the head, of one form."""
        start = f"{self.prefix}/{form}/"
        return {
            key[len(start) :]: chain.says[chain.head]
            for key, chain in self.chains.items()
            if key.startswith(start) and chain.head is not None
        }

    def below(self, code: str) -> Total:
        """What the forms below a region add up to, running figures of lower regions included."""
        total: Total = (0, {}, 0)
        if len(code) == 13:
            for place, says in self.heads("c_hasil").items():
                region, tps = place.split("/")
                if region == code and place in self.summed:
                    figures = {field: [value, 1] for field, value in says["figures"].items()}
                    total = _plus(total, (1, figures, int(tps in self.gone[code])))
            return total
        for child in self.children[code]:
            count, fields, off = self.shown(child)
            total = _plus(total, (count, fields, off if self.listed[child] else count))
        return total

    def shown(self, code: str) -> Total:
        """A region's sum: its running figure while that counts more stations."""
        total = self.below(code)
        running = self.heads("summary").get(code)
        if running is not None and total[0] < running["stations_in"]:
            count = running["stations_in"]
            return count, {f: [v, count] for f, v in running["figures"].items()}, 0
        return total

    def expected(self, code: str) -> int | None:
        """Stations expected at or below a region."""
        if len(code) == 13:
            return len(self.tps[code]) if code in self.tps else None
        below = [self.expected(c) for c in self.children[code] if self.listed[c]]
        return None if not self.children[code] or None in below else sum(n or 0 for n in below)

    def missing(self, code: str) -> int | None:
        """Stations expected that are not behind the sum."""
        expected, (count, _, off) = self.expected(code), self.shown(code)
        return None if expected is None else max(0, expected - (count - off))

    def regions(self) -> list[str]:
        """The contest's region and all below it that a roster named."""
        found, waiting = [], [self.top]
        while waiting:
            code = waiting.pop()
            found.append(code)
            waiting += self.children[code]
        return found

    def received(self, code: str) -> int:
        """C forms that count at or below a region."""
        return sum(_is_at(place, code) for place in self.summed)

    def rung(self, code: str, form: str) -> tuple[int, int, Fields]:
        """D forms of a kind strictly below a region: (all, unlisted, sums)."""
        count, off = 0, 0
        fields: Fields = {}
        for place, says in self.heads(form).items():
            region, _, tps = place.partition("/")
            if not _is_at(place, code) or (region == code and not tps):
                continue
            count += 1
            off += not tps and region in self.children[code] and not self.listed[region]
            for field, value in says["figures"].items():
                pair = fields.setdefault(field, [0, 0])
                pair[0], pair[1] = pair[0] + value, pair[1] + 1
        return count, off, fields

    def contested(self, code: str) -> int:
        """Contested slots at or below a region."""
        return sum(
            "rival" in chain.status.values() and _is_at(key.split("/")[3], code)
            for key, chain in self.chains.items()
        )

    # -------------------------------------------------------------- findings

    def findings(self) -> set[tuple[Any, ...]]:
        """(slot, rule, child, part, fields, expected, found) of every head, without marks."""
        found: set[tuple[Any, ...]] = set()
        for key, chain in self.chains.items():
            if chain.head is None:
                continue
            says = chain.says[chain.head]
            for one in rules.findings(says, self.pairs):
                found.add((key, one.rule, one.child, one.part, one.fields, one.expected, one.found))
            form, code = says["form"], says["region"]
            if form != "summary" and not self._is_expected(code, says.get("tps")):
                found.add((key, "X7", None, None, (), None, None))
            if form.startswith("d_"):
                found |= self._between(key, says)
            if form == "d_hasil_kecamatan":
                found |= self._late_sheets(key, chain, says)
        return _with_one_x2(found)

    def corrected(self) -> set[tuple[str, str, str | None]]:
        """(slot, rule, child) of what corrections explain: X1 of a column all of whose differing
        figures are corrected from what is below, sums that differ by just these columns.
        """
        found: set[tuple[str, str, str | None]] = set()
        moved: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        gaps: dict[tuple[str, str], dict[str, int]] = {}
        for key, chain in self.chains.items():
            if chain.head is None or not key.split("/")[2].startswith("d_"):
                continue
            says = chain.says[chain.head]
            said = {(c, f): (was, now) for c, f, was, now, _ in says.get("corrections", ())}
            own = {one.rule for one in rules.findings(says, self.pairs)}
            for rule, child, below in self._compared(says):
                here = {f: (low, high) for f, low, high in below}
                if rule != "X1" and not (rule == "X2" and "X2" in own):
                    gaps[key, rule] = {f: high - low for f, (low, high) in here.items()}
                elif rule == "X1" and all(said.get((child, f)) == two for f, two in here.items()):
                    found.add((key, "X1", child))
                    for field, (low, high) in here.items():
                        moved[key][field] += high - low
        for (key, rule), wanted in gaps.items():
            code = key.split("/")[3]
            total: dict[str, int] = defaultdict(int)
            for other, fields in moved.items():
                at = other.split("/")[3]
                if other == key or (rule == "D1" and (at == code or at.startswith(f"{code}."))):
                    for field, value in fields.items():
                        total[field] += value
            if all(total[field] == gap for field, gap in wanted.items()):
                found.add((key, rule, None))
        return found

    def _is_expected(self, code: str, tps: str | None) -> bool:
        if tps in self.gone[code]:
            return False
        while code != self.top:
            if not self.listed[code]:
                return False
            code = code[: {13: 8, 8: 5, 5: 2}[len(code)]]
        return True

    def _between(self, key: str, says: dict[str, Any]) -> set[tuple[Any, ...]]:
        code, found = says["region"], set()
        lower = LOWER.get(says["form"])
        for rule, child, gaps in self._compared(says):
            turned = [(field, above, below) for field, below, above in gaps]
            found |= _finding(key, rule, child, "below" if rule == "X2" else None, turned)
        if "children" in says:
            listed = self._listed(code) if lower else self.tps.get(code)
            if listed and set(listed) != set(says["children"]):
                found.add((key, "X5", None, None, (), len(listed), len(says["children"])))
        return found

    def _compared(
        self, says: dict[str, Any]
    ) -> Iterator[tuple[str, str | None, list[tuple[str, int, int]]]]:
        """Yield (rule, child, (field, below, above) of what differs) of X1, D1 and X2 below."""
        code, figures = says["region"], says["figures"]
        lower = LOWER.get(says["form"])
        for at, child in enumerate(says.get("children", ())):
            place = child if lower else f"{code}/{child}"
            under = self.heads(lower or "c_hasil").get(place)
            if under is not None:
                gaps = [
                    (f, under["figures"][f], row[at])
                    for f, row in says["rows"].items()
                    if f in under["figures"] and row[at] not in (None, under["figures"][f])
                ]
                if gaps:
                    yield "X1", child, gaps
        if self.missing(code) == 0:
            count, fields, _ = self.shown(code)
            gaps = [(f, v, figures[f]) for f, (v, n) in fields.items()
                    if n == count and figures.get(f, v) != v]  # fmt: skip
            if gaps:
                yield "D1", None, gaps
        if lower:
            forms = self.heads(lower).items()
            certified = {p: s["figures"] for p, s in forms if p in self.children[code]}
            listed = self._listed(code)
            if listed and all(c in certified for c in listed):
                gaps = []
                for field in figures:
                    values = [f[field] for f in certified.values() if field in f]
                    if len(values) == len(certified) and sum(values) != figures[field]:
                        gaps.append((field, sum(values), figures[field]))
                if gaps:
                    yield "X2", None, gaps

    def _listed(self, code: str) -> list[str]:
        return [child for child in self.children[code] if self.listed[child]]

    def _late_sheets(self, key: str, chain: Chain, says: dict[str, Any]) -> set[tuple[Any, ...]]:
        found = set()
        for place in self.heads("d_hasil_kelurahan"):
            if not place.startswith(f"{says['region']}."):
                continue
            sheet = self.chains[f"{self.prefix}/d_hasil_kelurahan/{place}"]
            assert sheet.head is not None
            assert chain.head is not None
            if "sheets" in says:
                late = sheet.head not in {sheet.name(one) for one in says["sheets"]}
            else:
                late = sheet.effect[sheet.head] > chain.effect[chain.head]
            if late:
                found.add((key, "X6", place, None, (), None, None))
        return found


def _is_at(place: str, code: str) -> bool:
    region, _, _ = place.partition("/")
    return region == code or region.startswith(f"{code}.")


def _plus(one: Total, other: Total) -> Total:
    fields = {field: list(pair) for field, pair in one[1].items()}
    for field, (value, count) in other[1].items():
        pair = fields.setdefault(field, [0, 0])
        pair[0] += value
        pair[1] += count
    return one[0] + other[0], fields, one[2] + other[2]


def _finding(
    key: str, rule: str, child: str | None, part: str | None, gaps: list[tuple[str, Any, int]]
) -> set[tuple[Any, ...]]:
    if not gaps:
        return set()
    order = list(rules.model.figure_fields(99))
    gaps = sorted(gaps, key=lambda gap: order.index(gap[0]))
    return {(key, rule, child, part, tuple(g[0] for g in gaps), gaps[0][2], gaps[0][1])}


def _with_one_x2(found: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """A form whose totals fit neither its columns nor the forms below has one finding of X2."""
    inner = {one[0]: one for one in found if one[1] == "X2" and one[3] == "columns"}
    below = {one[0]: one for one in found if one[1] == "X2" and one[3] == "below"}
    for key in inner.keys() & below.keys():
        fields = rules.in_order({*inner[key][4], *below[key][4]})
        found -= {inner[key], below[key]}
        found.add((key, "X2", None, None, fields, *inner[key][5:]))
    return found
