"""The addresses that take files beside the log: words of objections and events, pictures."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.event_handler.api_gateway import Response

from handlers import access, http
from handlers.routes import Resolver
from rekap.core.statements.model import PICTURE_BYTES
from rekap.portal.intake import words
from rekap.portal.intake.signatures import Register

JPEG: Final = "image/jpeg"


def add_routes(app: Resolver) -> None:
    """Let a resolver store words and pictures whose digest an entry in effect names."""

    @app.post("/v1/attachments")
    def _hand_in() -> Response[str]:
        data = http.body(app.current_event.raw_event, (http.JSON_TYPE,))
        return _answer(words.hand_in(data, *_ports()))

    @app.post("/v1/pictures")
    def _show() -> Response[str]:
        data = http.body(app.current_event.raw_event, (JPEG,), PICTURE_BYTES)
        return _answer(words.show(data, *_ports()))

    def _ports() -> tuple[Register, words.Objects]:
        files = access.present(app.context["attachments"], "REKAP_ATTACHMENTS_BUCKET")
        return app.context["desk"].register, files

    def _answer(handed: words.Handed) -> Response[str]:
        app.context["call"].says(outcome=handed.status)
        return http.answer(handed.status, {"content-type": http.JSON_TYPE}, {"path": handed.path})
