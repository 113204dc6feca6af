"""Powertools' resolver as `submit` needs it: an event of its own, an answer to every request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from handlers import http
from handlers.journal import Call
from rekap.core.errors import Rejected
from rekap.portal.intake import answers
from rekap.portal.intake.accept import Desk


class Resolver(APIGatewayHttpResolver):
    """A resolver for one thread. Powertools keeps the event in a class that all resolvers share:
    right on Lambda, where a process has one call at a time, and not in the local portal.

    What is refused, unknown or fails is a problem document, counted by its code; it never raises.
    `context` must hold the `desk` of intake and the `call`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.exception_handler(Rejected)(self._refused)
        self.exception_handler(Exception)(self._failed)
        self.not_found(self._lost)

    @property
    def current_event(self) -> APIGatewayProxyEventV2:  # type: ignore[override]
        """The event of this resolver's call."""
        return self._event

    def resolve(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request."""
        self._event = APIGatewayProxyEventV2(dict(event))
        call = self.context["call"]
        try:
            return super().resolve(event, context)
        except Exception as error:  # an event that is no request
            self.context["call"] = call
            return _as_event(self._failed(error))

    def _refused(self, refused: Rejected) -> Response[str]:
        desk: Desk = self.context["desk"]
        try:
            size = desk.register.size() if _asks_for_size(refused) else 0
        except Exception as error:  # the register was there a moment ago
            return self._failed(error)
        return self._answer(refused, size)

    def _failed(self, error: Exception) -> Response[str]:
        call: Call = self.context["call"]
        call.says(error=type(error).__name__)
        return self._answer(answers.refuse([answers.finding("unavailable")]))

    def _lost(self, _error: Exception) -> Response[str]:
        return self._answer(answers.refuse([answers.finding("unknown-route")]))

    def _answer(self, refused: Rejected, register_size: int = 0) -> Response[str]:
        call: Call = self.context["call"]
        call.says(outcome=refused.status, codes=[finding.code for finding in refused.findings])
        call.measures({"Unavailable" if refused.status == 503 else "Refused": 1})
        if refused.status != 503:
            call.measures({"Refused": 1}, code=http.leading(refused).code)
        return http.problem(refused, register_size)


def _as_event(answer: Response[str]) -> dict[str, Any]:
    return {
        "statusCode": answer.status_code,
        "headers": answer.headers,
        "body": answer.body,
        "isBase64Encoded": False,
    }


def _asks_for_size(refused: Rejected) -> bool:
    return any(finding.code == "unknown-key" for finding in refused.findings)
