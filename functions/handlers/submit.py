"""Take a signed statement and give its receipt; say what became of one.

POST /v1/statements, GET /v1/statements/{leaf}; HTTP API events, payload format 2.0.
"""

from __future__ import annotations

from typing import Any

from handlers import http, journal, wiring
from rekap.errors import Rejected
from rekap.intake import accept, answers

TYPES = ("application/json", "application/vnd.dsse.envelope.v1+json")


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one request from the environment's portal."""
    return respond(event, wiring.portal())


def respond(event: dict[str, Any], portal: wiring.Portal) -> dict[str, Any]:
    """Answer one request; whatever happens, the answer is one of the closed list."""
    with journal.call(portal.journal, "submit", event) as said:
        try:
            done = _route(event, portal)
            said |= {"outcome": done.status, "leaf": done.leaf}
            return http.accepted(done)
        except Rejected as refused:
            said |= {"outcome": refused.status, "codes": [f.code for f in refused.findings]}
            return http.problem(refused, portal.register.size())
        except Exception as error:
            said |= {"outcome": 503, "error": type(error).__name__}
            return http.problem(answers.refuse([answers.finding("unavailable")]), 0)


def _route(event: dict[str, Any], portal: wiring.Portal) -> accept.Accepted:
    route = event.get("routeKey")
    if route == "GET /v1/statements/{leaf}":
        return accept.status(event["pathParameters"]["leaf"], portal.records)
    if route != "POST /v1/statements":
        raise answers.refuse([answers.finding("unknown-route")])
    done = accept.accept(http.body(event, TYPES), portal.desk())
    if done.index is None:
        portal.bell.ring("sequence")
    return done
