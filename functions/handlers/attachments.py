"""The address that takes words of objections and events: files beside the log."""

from __future__ import annotations

from aws_lambda_powertools.event_handler.api_gateway import Response

from handlers import access, http
from handlers.routes import Resolver
from rekap.portal.intake import words


def add_routes(app: Resolver) -> None:
    """Let a resolver store words whose digest an entry in effect names."""

    @app.post("/v1/attachments")
    def _hand_in() -> Response[str]:
        data = http.body(app.current_event.raw_event, (http.JSON_TYPE,))
        register = app.context["desk"].register
        files = access.present(app.context["attachments"], "REKAP_ATTACHMENTS_BUCKET")
        handed = words.hand_in(data, register, files)
        app.context["call"].says(outcome=handed.status)
        return http.answer(handed.status, {"content-type": http.JSON_TYPE}, {"path": handed.path})
