"""What ministack's front and API lack of the real ones. Runs inside the emulator."""

from __future__ import annotations

import json
import os
import re
from typing import Any, Final

CHANGES: Final = (
    "an HTTP API has the routes and the CORS rules of its OpenAPI body",
    "CloudFront reaches an HTTP API by its name, on the loopback port",
    "a missing object is 404 to CloudFront if it may list the bucket, else 403",
)
_API: Final = re.compile(r"([0-9a-z]+)\.execute-api\..*")
_CLOUDFRONT: Final = "cloudfront.amazonaws.com"


def apply() -> None:
    """Change the emulator that this process runs."""
    _routes_of_openapi()
    _api_behind_the_front()
    _missing_or_forbidden()


def _routes_of_openapi() -> None:
    from ministack.services import apigateway
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    create = handlers["create"]

    def create_with_routes(logical: str, properties: dict[str, Any], stack: str) -> Any:
        api, attributes = create(logical, properties, stack)
        body = properties.get("Body") or {}
        for path, methods in body.get("paths", {}).items():
            for method, operation in methods.items():
                wanted = operation["x-amazon-apigateway-integration"]
                integration = {
                    "integrationType": wanted["type"].upper(),
                    "integrationUri": wanted["uri"],
                    "payloadFormatVersion": wanted["payloadFormatVersion"],
                }
                made = json.loads(apigateway._create_integration(api, integration)[2])
                target = f"integrations/{made['integrationId']}"
                route = {"routeKey": f"{method.upper()} {path}", "target": target}
                apigateway._create_route(api, route)
        if cors := body.get("x-amazon-apigateway-cors"):
            apigateway._apis[api]["corsConfiguration"] = cors
        return api, attributes

    handlers["create"] = create_with_routes


def _api_behind_the_front() -> None:
    from ministack.services import cloudfront

    forward = cloudfront._forward_to_origin

    def forward_here(origin: dict[str, Any], method: str, uri: str, *rest: Any) -> Any:
        if api := _API.fullmatch(origin["domain_name"]):
            port = int(os.environ["GATEWAY_PORT"])
            origin = {**origin, "domain_name": "127.0.0.1", "https_port": port}
            uri = f"/_aws/execute-api/{api[1]}/$default{uri}"
        return forward(origin, method, uri, *rest)

    cloudfront._forward_to_origin = forward_here


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
