"""Take a signed statement and give its receipt; say what became of one.

HTTP API events, payload format 2.0. An environment of Lambda has one call at a time, and the
resolver relies on it: it keeps the event in a class. Where threads call, they wait for each other.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response

from handlers import http, journal, problems, wiring
from rekap.intake import accept

TYPES = ("application/json", "application/vnd.dsse.envelope.v1+json")

app = APIGatewayHttpResolver()
problems.answer_with(app)
_alone = Lock()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request from the environment's portal."""
    return respond(event, wiring.portal("submit"), context)


def respond(event: dict[str, Any], portal: wiring.Portal, context: Any = None) -> dict[str, Any]:
    """Answer one request; whatever happens, the answer is one of the closed list.

    RuntimeError if the function lacks what it needs for any request.
    """
    desk, bell = portal.desk(), wiring.present(portal.bell, "REKAP_QUEUES")
    with journal.call(portal, "submit", event, context) as call, _alone:
        app.context.update(desk=desk, bell=bell, call=call)
        return app.resolve(event, context)


@app.post("/v1/statements")
def _send() -> Response[str]:
    done = accept.accept(http.body(app.current_event.raw_event, TYPES), app.context["desk"])
    if done.index is None:
        app.context["bell"].ring("sequence")
    app.context["call"].measures({"Accepted" if done.status == 201 else "Known": 1})
    return _found(done)


@app.get("/v1/statements/<leaf>")
def _ask(leaf: str) -> Response[str]:
    return _found(accept.status(leaf, app.context["desk"].records))


def _found(done: accept.Accepted) -> Response[str]:
    app.context["call"].says(outcome=done.status, leaf=done.leaf)
    return http.accepted(done)


wiring.prepare("submit")
