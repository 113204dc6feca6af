"""What ministack's front lacks of the real one. Runs inside the emulator."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs

CHANGES: Final = (
    "CloudFront signs for a function's address if its policy says so and the body's digest is told",
    "a missing object is 404 to CloudFront if it may list the bucket, else 403",
)
_NOTHING: Final = sha256(b"").hexdigest()
_CLOUDFRONT: Final = "cloudfront.amazonaws.com"


def apply() -> None:
    """Change the emulator that this process runs."""
    _signed_by_the_front()
    _missing_or_forbidden()


def _signed_by_the_front() -> None:
    from ministack import app
    from ministack.services import cloudfront, lambda_svc

    fetch = cloudfront._fetch_from_origin

    async def fetch_signed(
        origin: dict[str, Any], method: str, uri: str, query: str, headers: dict[str, str],
        body: bytes, *rest: Any,
    ) -> Any:  # fmt: skip
        host = cloudfront._registered_function_url(origin)
        if host is None or not origin.get("oac_id"):
            return await fetch(origin, method, uri, query, headers, body, *rest)
        _, client, via, source = rest
        sent = cloudfront._origin_request_headers(origin, headers, client, via)
        sent = {name.lower(): value for name, value in sent.items()}
        url = app._parse_lambda_url(host, "/")[0]
        name = lambda_svc.resolve_function_url(url)[2]
        told = sent.get("x-amz-content-sha256", _NOTHING)
        if told != sha256(body or b"").hexdigest() or not _may_ask(name, source):
            return (
                403,
                "Forbidden",
                {"content-type": "application/json"},
                b"{}",
            )
        sent["authorization"] = "AWS4-HMAC-SHA256 of the emulated front"
        asked = parse_qs(query, keep_blank_values=True)
        status, found, data = await lambda_svc.handle_function_url_request(
            url, method, uri, sent, body or b"", asked, source_ip=client
        )
        return status, "", {name.lower(): value for name, value in found.items()}, data

    cloudfront._fetch_from_origin = fetch_signed


def _may_ask(function: str, source: str) -> bool:
    """Tell whether a function's policy lets a distribution call it through its address."""
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
    from ministack.core.responses import get_region
    from ministack.services import lambda_svc

    for action in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction"):
        asked = EvalContext(
            principal_arn="*",
            principal_type="Service",
            principal_account="",
            action=action,
            resource_arn=lambda_svc._func_arn(function),
            region=get_region(),
            service_context={
                "aws:sourcearn": source,
                "lambda:functionurlauthtype": "AWS_IAM",
                "lambda:invokedviafunctionurl": "true",
            },
        )
        policy = lambda_svc._functions[function]["policy"]
        if evaluate_resource_policy(policy, asked, service=_CLOUDFRONT).decision != "Allow":
            return False
    return True


def _missing_or_forbidden() -> None:
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
    from ministack.core.responses import get_region
    from ministack.services import s3

    fetch = s3.serve_cloudfront_origin_fetch

    def may_list(bucket: str, source: str) -> bool:
        policy = s3._bucket_policies.get(bucket)
        asked = EvalContext(
            principal_arn="*",
            principal_type="Service",
            principal_account="",
            action="s3:ListBucket",
            resource_arn=f"arn:aws:s3:::{bucket}",
            region=get_region(),
            service_context={"aws:sourcearn": source},
        )
        decided = evaluate_resource_policy(policy, asked, service=_CLOUDFRONT)
        return bool(policy) and bool(source) and decided.decision == "Allow"

    def fetch_or_miss(
        bucket: str, key: str, method: str, headers: dict[str, str], **by: Any
    ) -> Any:
        answer = fetch(bucket, key, method, headers, **by)
        kept = s3._ensure_bucket(bucket)
        missing = answer[0] == 403 and kept is not None and key not in kept["objects"]
        if missing and may_list(bucket, by.get("source_arn", "")):
            return s3._error("NoSuchKey", "no such key", 404, f"/{bucket}/{key}")
        return answer

    s3.serve_cloudfront_origin_fetch = fetch_or_miss
