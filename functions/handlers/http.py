"""Requests and answers of `submit`: exact bytes, JSON, problem details (RFC 9457)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from rekap.core.errors import Finding, Rejected
from rekap.core.signing.envelope import MAX_ENVELOPE
from rekap.portal.intake import answers
from rekap.portal.intake.accept import Accepted, check_size
from rekap.portal.intake.another import AnotherCounts

JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"


def body(event: Mapping[str, Any], types: Sequence[str], most: int = MAX_ENVELOPE) -> bytes:
    """Return the exact bytes that were sent: not too large, and of one of the content types.

    Raises Rejected 413, 415, or 400 if the event does not hold them.
    """
    held = event.get("body") or ""
    try:
        # A lone surrogate stays as wrong as it was.
        data = (
            base64.b64decode(held)
            if event.get("isBase64Encoded")
            else held.encode("utf-8", "surrogatepass")
        )
    except (binascii.Error, ValueError) as error:
        raise answers.refuse([answers.finding("not-json")]) from error
    check_size(data, most)
    kind = event.get("headers", {}).get("content-type", "").split(";")[0].strip().lower()
    if kind not in types:
        raise answers.refuse([answers.finding("wrong-type", wanted=types[0])])
    return data


def insists(event: Mapping[str, Any]) -> bool:
    """Tell whether a form is to be taken beside the one that counts: `?insist=1`, nothing else."""
    return (event.get("queryStringParameters") or {}).get("insist") == "1"


def accepted(one: Accepted) -> Response[str]:
    """Answer with what is recorded: pending or logged with its index, and the receipt.

    Its place is told from where it was sent: this function knows neither host nor mode's folder.
    """
    body = {
        "status": "pending" if one.index is None else "logged",
        "leaf": one.leaf,
        "id": one.id,
        "receipt": one.receipt.decode() or None,
        "index": one.index,
    }
    return answer(
        one.status,
        {"content-type": JSON_TYPE, "location": f"statements/{one.leaf}"},
        {name: value for name, value in body.items() if value is not None},
    )


def problem(refused: Rejected, register_size: int) -> Response[str]:
    """Answer a refusal with every finding; the title is that of its status."""
    title, title_en = answers.title(refused.status)
    first = leading(refused)
    body: dict[str, Any] = {
        "title": title,
        "title_en": title_en,
        "status": refused.status,
        "code": first.code,
        "detail": first.id,
        "detail_en": first.en,
        "errors": [_error(finding) for finding in refused.findings],
    }
    if any(finding.code == "unknown-key" for finding in refused.findings):
        body["register_size"] = register_size
    if isinstance(refused, AnotherCounts):
        body["head"] = refused.head
    headers = {"content-type": PROBLEM_TYPE, "content-language": "id, en"}
    if refused.retry_after is not None:
        headers["retry-after"] = str(refused.retry_after)
    return answer(refused.status, headers, body)


def leading(refused: Rejected) -> Finding:
    """Return the first finding that the status is owed to."""
    return next(f for f in refused.findings if answers.answer(f.code).status == refused.status)


def _error(finding: Finding) -> dict[str, str]:
    named = {"code": finding.code, "field": finding.field, "id": finding.id, "en": finding.en}
    place = {"rule": finding.rule, "child": finding.child, "part": finding.part}
    return named | {name: value for name, value in place.items() if value}


def answer(status: int, headers: Mapping[str, str], body: object) -> Response[str]:
    """Return an answer in JSON that nobody keeps."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return Response(status, body=text, headers={"cache-control": "no-store", **headers})
