"""What a request gets that is not taken: a problem document, counted by its code."""

from __future__ import annotations

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response

from handlers import http
from handlers.journal import Call
from rekap.errors import Rejected
from rekap.intake import answers
from rekap.intake.accept import Desk


def answer_with(app: APIGatewayHttpResolver) -> None:
    """Let a resolver answer refusals, unknown routes and whatever fails; it then never raises."""

    def _refused(refused: Rejected) -> Response[str]:
        desk: Desk = app.context["desk"]
        try:
            size = desk.register.size() if _asks_for_size(refused) else 0
        except Exception as error:  # the register was there a moment ago
            return _failed(error)
        return _answer(app.context["call"], refused, size)

    def _failed(error: Exception) -> Response[str]:
        call: Call = app.context["call"]
        call.says(error=type(error).__name__)
        return _answer(call, answers.refuse([answers.finding("unavailable")]))

    def _lost(_error: Exception) -> Response[str]:
        unknown = answers.refuse([answers.finding("unknown-route")])
        return _answer(app.context["call"], unknown)

    app.exception_handler(Rejected)(_refused)
    app.exception_handler(Exception)(_failed)
    app.not_found(_lost)


def _answer(call: Call, refused: Rejected, register_size: int = 0) -> Response[str]:
    call.says(outcome=refused.status, codes=[finding.code for finding in refused.findings])
    call.measures({"Unavailable" if refused.status == 503 else "Refused": 1})
    if refused.status != 503:
        call.measures({"Refused": 1}, code=http.leading(refused).code)
    return http.problem(refused, register_size)


def _asks_for_size(refused: Rejected) -> bool:
    return any(finding.code == "unknown-key" for finding in refused.findings)
