"""Answers about forms that wait for signatures, and the two addresses that anybody may read."""

from __future__ import annotations

from aws_lambda_powertools.event_handler.api_gateway import Response

from handlers import http
from handlers.routes import Resolver
from rekap.portal.intake import accept
from rekap.portal.intake.held import Waiting


def add_routes(app: Resolver) -> None:
    """Let a resolver answer which forms of a slot wait, and give the envelope of one."""

    @app.get("/v1/held/<id>")
    def _one(id: str) -> Response[str]:
        data = accept.held_envelope(id, app.context["desk"])
        app.context["call"].says(outcome=200, id=id)
        headers = {"cache-control": "no-store", "content-type": http.JSON_TYPE}
        return Response(200, body=data.decode(), headers=headers)

    @app.get("/v1/held")
    def _of_slot() -> Response[str]:
        slot = (app.current_event.query_string_parameters or {}).get("slot", "")
        found = accept.held_of(slot, app.context["desk"])
        app.context["call"].says(outcome=200)
        listed = [{"id": id, "keyids": keyids, "until": until} for id, keyids, until in found]
        return http.answer(200, {"content-type": http.JSON_TYPE}, {"held": listed})


def kept(app: Resolver, one: Waiting) -> Response[str]:
    """Answer 202: these signatures are kept until then, as the note promises."""
    app.context["call"].measures({"Held": 1})
    app.context["call"].says(outcome=202, id=one.id)
    body = {
        "status": "held",
        "id": one.id,
        "keyids": one.keyids,
        "until": one.until,
        "note": one.note.decode(),
    }
    return http.answer(202, {"content-type": http.JSON_TYPE, "location": f"held/{one.id}"}, body)
