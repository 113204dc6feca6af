"""The model: from counts of one run to a night, a month, and a million views.

A log gets its forms at an even rate. `sequence` runs every second, `publish` again as soon as it
has ended, so a wave is as long as publishing the one before takes. What a wave rewrites depends on
how many distinct regions its forms come from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scripts.lab.costing.prices import usd
from scripts.lab.costing.quantities import (
    ALARMS,
    ASSUMED,
    AT_ONCE,
    BYTES,
    COUNTED,
    FILES,
    METRICS,
    MINUTES_A_MONTH,
    STATE,
    WHOLE_A_MONTH,
)

from rekap.core.statements.model import PICTURE_BYTES

FUNCTIONS: Final = 4
GIBIBYTES: Final = {"submit": 1.0, "sequence": 1.0, "publish": 2.0, "render": 2.0, "watch": 2.0}
"""Memory of the template."""
MILLION: Final = 1_000_000
CLAIMS: Final = 3
"""Puts that wait for all others: `state/head` before pages, `state/site` and `site.json` after."""
LEVELS: Final = 9
"""Waits for nodes of the state, whatever a wave holds: three steps in maps of three levels."""
WINDOW_S: Final = 1.0
"""The template's batching window: a function is not woken more often."""


def given(name: str) -> float:
    """Return an assumed number."""
    return ASSUMED[name].value


@dataclass(frozen=True, slots=True)
class Line:
    """One position of a bill: its quantity, and what it costs."""

    what: str
    quantity: float
    unit: str
    usd: float


# ---------------------------------------------------------------- what a wave rewrites


def distinct(places: float, forms: float) -> float:
    """Return how many of `places` are met by forms that come from any of them."""
    return places * (1 - math.pow(1 - 1 / places, forms))


def rewritten(wave: float, logs: float | None = None) -> dict[str, float]:
    """Files of each page that a wave rewrites in a log: half of its forms are of a governor."""
    logs = given("logs") if logs is None else logs
    pages = dict.fromkeys(FILES, 1.0) | {"tps": wave, "statement": wave}
    for level in ("kelurahan", "kecamatan", "kabko"):
        pages[level] = 2 * distinct(max(1.0, given(level) / logs), wave / 2)
    pages["provinsi"] = min(1.0, wave / 2)
    return {page: count * FILES[page] for page, count in pages.items()}


def site_files(wave: float, logs: float | None = None) -> float:
    """Files of the site that a wave rewrites in a log."""
    return sum(rewritten(wave, logs).values())


def puts(wave: float) -> float:
    """Puts of one run of `publish`."""
    return site_files(wave) + STATE["puts"].at(wave)


def gets(wave: float) -> float:
    """Gets of one run of `publish` that has run before: nodes, the log, what it has claimed."""
    count = COUNTED["publish"]
    return count["gets site"].at(wave) + count["gets log"].at(wave) + STATE["gets"].at(wave)


def publish_seconds(wave: float, *, at_once: int = AT_ONCE) -> float:
    """How long one run takes, if `at_once` calls are made at the same time.

    Nodes of the state are read level by level. Files of one page are put one after the other, so a
    run is never shorter than a kecamatan.
    """
    one_by_one = gets(wave) - STATE["gets"].at(wave)
    reads = one_by_one + max(LEVELS, STATE["gets"].at(wave) / at_once)
    writes = CLAIMS + max(FILES["kecamatan"], puts(wave) / at_once)
    waiting = reads * given("get") + writes * given("put")
    processor = wave * given("publish") + (gets(wave) + puts(wave)) * given("request")
    return (waiting + processor) / 1000


def capacity(wave: float, *, at_once: int = AT_ONCE) -> float:
    """Forms a second that a publisher shows, in waves of that size."""
    return wave / publish_seconds(wave, at_once=at_once)


def submit_seconds() -> float:
    """How long one upload takes: reads one after the other, one transaction, one message."""
    reads = COUNTED["submit"]["calls"].one - 2
    waiting = reads * given("read") + given("write") + given("message")
    return (waiting + given("submit")) / 1000


def sequence_seconds(wave: float) -> float:
    """How long one run takes; lists of the 16 partitions are asked for together."""
    lists, reads, writes = 3, 5 + 3, 3 + wave // 50
    waiting = (lists + reads) * given("read") + writes * given("write") + 2 * given("message")
    count = COUNTED["sequence"]
    waiting += count["gets log"].at(wave) * given("get") + count["puts log"].at(wave) * given("put")
    return waiting / 1000


def rate(share: float | None = None) -> float:
    """Forms a second of one log in the mean of the night; `share` of all forms."""
    share = 1 / given("logs") if share is None else share
    return given("forms") * share / (given("hours") * 3600)


def steady_wave(forms_a_second: float, *, at_once: int = AT_ONCE) -> float | None:
    """Return the size at which waves keep, None if they grow for ever."""
    wave = 1.0
    for _ in range(10_000):
        lasts = max(WINDOW_S, publish_seconds(wave, at_once=at_once))
        after = max(1.0, forms_a_second * lasts)
        if abs(after - wave) < 1e-6:
            return after
        if after > 4_096:
            return None
        wave = after
    return None


# ---------------------------------------------------------------- bills


def night(wave: float) -> Iterator[Line]:
    """Every form of the nation, published in waves of that size; ordered once a second or less."""
    forms = given("forms")
    runs, ordered = forms / wave, max(1.0, rate() * WINDOW_S)
    orders = forms / ordered

    def counted(function: str, what: str, size: float, times: float) -> float:
        return COUNTED[function][what].at(size) * times

    calls = forms + orders + runs
    yield _line("Lambda request", calls, "requests")
    lasts = {
        "submit": forms * submit_seconds(),
        "sequence": orders * sequence_seconds(ordered),
        "publish": runs * publish_seconds(wave),
    }
    seconds = sum(lasts[name] * GIBIBYTES[name] for name in lasts)
    yield _line("Lambda arm64", seconds, "seconds with a gibibyte")
    for what, name in (("writes", "DynamoDB write"), ("reads", "DynamoDB read")):
        units = counted("submit", what, 1, forms)
        units += counted("sequence", what, ordered, orders) + counted("publish", what, wave, runs)
        yield _line(name, units, "request units")
    yield _line(
        "S3 put", counted("sequence", "puts log", 1, orders) + runs * puts(wave), "requests"
    )
    yield _line(
        "S3 get", counted("sequence", "gets log", 1, orders) + runs * gets(wave), "requests"
    )
    messages = counted("submit", "messages", 1, forms) + orders
    yield _line("SQS", messages + 2 * (orders + runs), "requests, received and deleted too")
    yield _line("KMS sign", counted("sequence", "signatures", 1, orders), "requests")
    yield _line("Logs", calls * given("lines"), "bytes")


def stored(wave: float) -> Iterator[Line]:
    """A month of what a night leaves, every version of every object kept."""
    forms = given("forms")
    ordered = max(1.0, rate() * WINDOW_S)
    records = forms * (BYTES["record"] + BYTES["id"])
    yield _line("DynamoDB stored", records, "bytes")
    yield _line("DynamoDB recovery", records, "bytes")
    partial = forms / ordered * 128 * (BYTES["entry"] + 2)
    yield _line("S3 stored", partial, "bytes of partial bundles, half full in the mean")
    site = forms / wave * site_files(wave) * BYTES["site file"]
    yield _line("S3 stored", site, "bytes of pages and twins")
    nodes = forms / wave * STATE["bytes"].at(wave)
    yield _line("S3 stored", nodes, "bytes of state, for thirty days")


def pictured() -> Iterator[Line]:
    """Pictures of every form, each as large as one may be: put once, kept for a month."""
    pictures = given("forms") * given("pictures")
    yield _line("S3 put", pictures, "requests")
    yield _line("S3 stored", pictures * PICTURE_BYTES, "bytes of pictures")


def month() -> Iterator[Line]:
    """One log while nothing happens: clocks, keys, alarms, and the watch that looks at it."""
    yield _line("KMS key", 1, "key")
    yield _line("Secret", 1, "secret")
    yield _line("Alarm", ALARMS, "alarms")
    yield _line("Metric", METRICS, "metrics")
    ticks = FUNCTIONS * MINUTES_A_MONTH
    yield _line("Scheduler", ticks, "invocations")
    yield _line("Lambda request", ticks, "requests")
    idle = MINUTES_A_MONTH * sequence_seconds(0) + 2 * MINUTES_A_MONTH * 2 * 0.1
    yield _line("Lambda arm64", idle, "seconds with a gibibyte")
    reads = MINUTES_A_MONTH * (COUNTED["sequence"]["reads"].one + COUNTED["publish"]["reads"].one)
    yield _line("DynamoDB read", reads, "request units")
    yield _line("S3 get", 2 * MINUTES_A_MONTH * COUNTED["sequence"]["gets log"].one, "requests")
    yield _line("Logs", ticks * given("lines"), "bytes")
    log = given("forms") / given("logs") * BYTES["entry"]
    yield _line("CloudFront Indonesia", WHOLE_A_MONTH * log, "bytes: audits of a full log")


def views(region: str) -> Iterator[Line]:
    """A million pages seen: one request each, for the sheet is kept and no script is needed."""
    yield _line(f"CloudFront request {region}", MILLION, "requests")
    yield _line(f"CloudFront {region}", MILLION * (BYTES["page"] + given("overhead")), "bytes")
    yield _line("CloudFront function", MILLION, "invocations")
    yield _line("S3 get", MILLION * given("misses"), "requests")


def _line(name: str, quantity: float, unit: str) -> Line:
    return Line(name, quantity, unit, usd(name, quantity))
