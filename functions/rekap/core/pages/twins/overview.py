"""Twins of the first page, of an election, its keys, the ledger, and of the pages of text."""

from __future__ import annotations

from typing import Final

from rekap.core.errors import Malformed
from rekap.core.ledger import addresses, authority, offices
from rekap.core.ledger.state import Record
from rekap.core.log.policy import Policy
from rekap.core.log.tiles import WIDTH
from rekap.core.pages.twins import contests, readiness
from rekap.core.pages.twins.context import (
    Context,
    Twin,
    common,
    is_simulated,
    operators,
    region_view,
)
from rekap.core.pages.twins.statements import person_keyid
from rekap.core.statements import regions
from rekap.core.statements.model import needed, tasks

LATEST: Final = 50
"""Entries that the page of the ledger lists; the whole list is the log itself."""
HEADS: Final = 8
"""Sizes whose roots it lists, to be compared with what somebody kept."""

TEXT_PAGES: Final = {"cara/": "how", "istilah/": "terms", "periksa/": "check", "tentang/": "about"}


def portal(ctx: Context) -> Twin:
    """Return the twin of the first page: every contest with its votes so far."""
    twin = common(ctx, "portal", addresses.PORTAL)
    records, closed = _elections(ctx), ctx.state.meta.get("closed")
    twin |= {
        "elections": [_election_view(ctx, record) for record in records],
        "operators": operators(ctx),
        "closed": closed is not None,
        "after_close": {name: (closed or {}).get(name, 0) for name in ("statements", "forms")},
        "evidence": [0] if ctx.log else [],
    }
    twin["simulated"] = is_simulated(ctx, records)
    return twin


def _elections(ctx: Context) -> list[Record]:
    ids = (ctx.state.meta.get("elections") or {"ids": []})["ids"]
    return [ctx.election(one) for one in ids]


def _election_view(ctx: Context, record: Record) -> Twin:
    return {
        "id": record["id"],
        "name": record["name"],
        "date": record["date"],
        "source": record.get("source"),
        "address": addresses.election(record["id"]),
        "contests": contests.of_election(ctx, record),
    }


def election(ctx: Context, record: Record) -> Twin:
    """Return the twin of an election: its contests with their votes so far."""
    address = addresses.election(record["id"])
    twin = common(ctx, "election", address, record)
    twin |= {
        "crumbs": [{"name": record["name"], "address": address}],
        "contests": contests.of_election(ctx, record),
        "officials": addresses.officials(record["id"], record["base"], record["base"]),
        "days": readiness.days(ctx, record),
        "evidence": sorted(ctx.proof(record["index"])),
    }
    return twin


def roots(record: Record) -> Twin:
    """Return the root keys of an election: {kpu, bawaslu, pairs}, each {k, keyids}."""
    named = authority.keys_named(record)

    def of(body: str) -> list[str]:
        return sorted(keyid for keyid, key in named.items() if key["body"] == body)

    given = record["roots"]
    bawaslu = given.get("bawaslu")
    return {
        "kpu": {"k": given["kpu"]["k"], "keyids": of(offices.ROOT_KPU)},
        "bawaslu": {"k": bawaslu["k"], "keyids": of(offices.ROOT_BAWASLU)} if bawaslu else None,
        "pairs": [
            {
                "number": root["number"],
                "k": root["k"],
                "keyids": of(f"{offices.ROOT_PAIR}.{root['number']}"),
            }
            for root in given.get("pairs", ())
        ],
    }


def officials(ctx: Context, record: Record, code: str) -> Twin:
    """Return the twin of `pejabat/…`: keys of the bodies at a region; of a kelurahan, its KPPS."""
    address = addresses.officials(record["id"], record["base"], code)
    twin = common(ctx, "officials", address, record)
    top = code == record["base"]
    kids = ctx.children(record["id"], code)
    grants = (ctx.state.meta.get(f"officials/{record['id']}/{code}") or {"i": []})["i"]
    twin |= {
        "crumbs": _officials_crumbs(ctx, record, code),
        "region": region_view(ctx, record, code) if code != regions.COUNTRY else None,
        "bodies": sorted(
            (_body(ctx, record, index) for index in grants), key=lambda body: body["tps"] or ""
        ),
        "children": [
            {
                "name": ctx.name(record["id"], kid),
                "address": addresses.officials(record["id"], record["base"], kid),
            }
            for kid in kids
        ],
        "roots": roots(record) if top else None,
        "evidence": sorted({entry for index in grants for entry in ctx.proof(index)}),
    }
    return twin


def _officials_crumbs(ctx: Context, record: Record, code: str) -> list[Twin]:
    way: list[Twin] = [{"name": record["name"], "address": addresses.election(record["id"])}]
    base = record["base"]
    for place in reversed(regions.upward(code, base)):
        address = addresses.officials(record["id"], base, place)
        way.append({"name": ctx.name(record["id"], place), "address": address})
    return way


def _body(ctx: Context, record: Record, index: int) -> Twin:
    """Return the body that a grant names, what it may sign, and from when to when each key does.

    `since` is the entry by which the grant took effect, `revoked` the one that ended a key.
    """
    fields = ctx.payload(index)
    known = ctx.known(index)
    policy = record.get("policy", {})
    persons = []
    for person in fields["persons"]:
        keyid = person_keyid(person)
        key = ctx.state.keys.get(keyid) or {}
        persons.append(
            {
                "position": person["position"],
                "alg": person["alg"],
                "keyid": keyid,
                "grant": index,
                "since": known["effect"] if known else None,
                "revoked": key.get("revoked"),
                "suspect_from": key.get("suspect_from"),
                "tainted": bool(key.get("tainted")),
            }
        )
    return {
        "body": fields["body"],
        "tps": fields.get("tps"),
        "pair": fields.get("pair"),
        "organisation": fields.get("organisation"),
        "acting": fields.get("acting"),
        "signs": [{"what": what, "k": needed(what, policy)} for what in tasks(fields["body"])],
        "persons": persons,
    }


def ledger(ctx: Context) -> Twin:
    """Return the twin of `buku-besar/`: how many entries of each kind, and the latest ones."""
    size = ctx.state.size
    twin = common(ctx, "ledger", addresses.LEDGER)
    latest = range(size - 1, max(size - 1 - LATEST, -1), -1)
    twin |= {
        "counts": ctx.state.meta.get("kinds") or {},
        "latest": [_ledger_line(ctx, index) for index in latest],
        "heads": [
            {"size": head, "root": ctx.state.entry(head - 1)["root"]} for head in _heads(size)
        ],
        "trust": trust(ctx),
    }
    return twin


def _heads(size: int) -> list[int]:
    """The sizes whose roots the ledger's page shows: its own, and the last full bundles before."""
    full = size // WIDTH * WIDTH
    return [size, *(head for head in range(full, 0, -WIDTH) if head != size)][:HEADS]


def trust(ctx: Context) -> Twin:
    """Return {witnesses, groups, quorum}: who must cosign a checkpoint, as entry 0 says."""
    try:
        policy = Policy.of_lines((ctx.log or {"policy": []})["policy"])
    except Malformed:  # operators signed lines that are no policy
        return {"witnesses": [], "groups": [], "quorum": None}
    return {
        "witnesses": [{"name": one.name, "key": one.key.vkey, "url": one.url}
                      for one in policy.witnesses],
        "groups": [{"name": one.name, "k": one.threshold, "members": list(one.members)}
                   for one in policy.groups],
        "quorum": policy.quorum,
    }  # fmt: skip


def _ledger_line(ctx: Context, index: int) -> Twin:
    """An entry with what became of it when it came; its own page says what it is now."""
    record = ctx.state.entry(index)
    return {
        "index": index,
        "kind": record["kind"],
        "status": record["status"],
        "form": record.get("form"),
        "body": record.get("body"),
        "region": record.get("region"),
        "place": record.get("place"),
        "tps": record.get("tps"),
        "office": _office(ctx, record),
        "revision": record.get("revision"),
        "address": addresses.statement(index),
    }


def _office(ctx: Context, record: Record) -> str | None:
    """The office that an entry is about where its election has several contests: a night has two
    C.Hasil of each TPS. Null of one that names no contest that there is.
    """
    election = ctx.state.meta.get(f"election/{record.get('election')}") or {"contests": ()}
    offices = {one["id"]: str(one["office"]) for one in election["contests"]}
    return offices.get(record.get("contest", "")) if len(offices) > 1 else None


def text(ctx: Context, address: str) -> Twin:
    """Return the twin of a page of text; `tentang/` also names the keys that all goes back to."""
    twin = common(ctx, TEXT_PAGES[address], address)
    return twin | _about(ctx) if address == addresses.ABOUT else twin


def _about(ctx: Context) -> Twin:
    log, records = ctx.log or {}, _elections(ctx)
    app = ctx.state.meta.get("app")
    return {
        "app": app and {"files": app["files"], "index": app["index"]},
        "operators": operators(ctx),
        "log_key": log.get("log_key"),
        "statement_id": log.get("id"),
        "elections": [
            {
                "name": record["name"],
                "address": addresses.election(record["id"]),
                "index": record["index"],
                "roots": roots(record),
            }
            for record in records
        ],
        "simulated": is_simulated(ctx, records),
        "evidence": sorted(ctx.proof(app["index"])) if app else [0] if log else [],
    }
