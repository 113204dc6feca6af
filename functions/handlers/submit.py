"""Take a signed statement and give its receipt; say what became of one (payload format 2.0)."""

from __future__ import annotations

from functools import lru_cache
from threading import get_ident
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from handlers import access, attachments, held, http, journal, wiring
from handlers.routes import Resolver
from rekap.portal.intake import accept

TYPES = ("application/json", "application/vnd.dsse.envelope.v1+json")


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request from the environment's portal."""
    return respond(event, wiring.portal("submit"), context)


def respond(event: dict[str, Any], portal: access.Portal, context: Any = None) -> dict[str, Any]:
    """Answer one request of the closed list; RuntimeError if the function lacks what it needs."""
    desk, bell = portal.desk(), access.present(portal.bell, "REKAP_QUEUES")
    with journal.call(portal, "submit", event, context) as call:
        app = resolver(get_ident())
        app.context.update(desk=desk, bell=bell, call=call, attachments=portal.attachments)
        return app.resolve(event, context)


@lru_cache(maxsize=64)
def resolver(_thread: int) -> Resolver:
    """Return the resolver of a thread, with its routes."""
    app = Resolver()
    held.add_routes(app)
    attachments.add_routes(app)

    @app.post("/v1/statements")
    def _send() -> Response[str]:
        sent = app.current_event.raw_event
        done = accept.accept(http.body(sent, TYPES), app.context["desk"], insist=http.insists(sent))
        if not isinstance(done, accept.Accepted):
            return held.kept(app, done)
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

    return app


wiring.prepare("submit")
