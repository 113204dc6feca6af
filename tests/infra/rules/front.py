"""Rules of the front: what takes writes, what readers are shown, its headers and its caches."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.infra.document import Stack
from tests.infra.pattern import between, mismatches, one_of, words

DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
SECURITY = "67f7725c-6f97-4210-82d7-5512b31e9d03"
"""Policies that AWS gives every account."""

_CSP = "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
_FRAMED_CSP = "base-uri 'none'; object-src 'none'"

LOGGED = {
    "requestId", "requestTime", "routeKey", "status", "responseLength", "responseLatency",
}  # fmt: skip
"""What a line of the API's log may say: nothing of a person's address or device."""

CODE = "4399c48c2b06f049ecc3006dc9602368d6b8b99d53e05210fbeba28ef06faa1f"
"""SHA-256 of the code of Folders at the base `/`; tests/infra/test_folders.py runs it."""


def api(stack: Stack) -> Iterator[str]:
    """The API has a limit for each route, lines without addresses, and origins by name."""
    for name, properties in stack.of("AWS::Serverless::HttpApi").items():
        shape = {
            "Description": words,
            "CorsConfiguration": {
                "AllowOrigins": stack.values.get("Uploaders"),
                "AllowMethods": ["GET", "POST"],
                "AllowHeaders": ["content-type"],
                "ExposeHeaders": ["location", "retry-after"],
                "MaxAge": between(60, 3600),
            },
            "DefaultRouteSettings": _limit(100),
            "RouteSettings": {
                "POST /v1/statements": _limit(1000),
                "GET /v1/statements/{leaf}": _limit(500),
            },
            "AccessLogSettings": {"DestinationArn": "${ApiLog.Arn}", "Format": _is_format},
        }
        yield from mismatches(properties, shape, name)
        for origin in stack.values.get("Uploaders") or ["*"]:
            if not re.fullmatch(r"https://[a-z0-9.:-]+", str(origin)):
                yield f"{name}: uploads from {origin}"


def _limit(most: int) -> dict[str, Any]:
    low = most // 10
    return {
        "ThrottlingBurstLimit": between(low, most),
        "ThrottlingRateLimit": between(low, most),
    }


def _is_format(text: Any) -> bool:
    if not isinstance(text, str):
        return False
    try:
        fields = json.loads(text)
    except ValueError:
        return False
    named = [re.fullmatch(r"\$context\.([A-Za-z.]+)", str(value)) for value in fields.values()]
    return {one[1] if one else "" for one in named} == LOGGED


def distributions(stack: Stack) -> Iterator[str]:
    """Readers get and never send; uploads have a host of their own, where nothing is kept."""
    configs = {"Front": _front(stack), "Gate": _gate(stack)}
    for name, properties in stack.of("AWS::CloudFront::Distribution").items():
        yield from mismatches(properties, {"DistributionConfig": configs.get(name)}, name)


def _host(stack: Stack, parameter: str) -> dict[str, Any]:
    """What every host has, and what a parameter for its name, for logs, for an ACL adds."""
    config: dict[str, Any] = {
        "Comment": words,
        "Enabled": True,
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "PriceClass": one_of("PriceClass_200", "PriceClass_All"),
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
    }
    if domain := stack.values.get(parameter):
        config["Aliases"] = [domain]
        config["ViewerCertificate"] = {
            "AcmCertificateArn": stack.values.get("Certificate"),
            "MinimumProtocolVersion": "TLSv1.2_2021",
            "SslSupportMethod": "sni-only",
        }
    if acl := stack.values.get("WebAcl"):
        config["WebACLId"] = acl
    if logs := stack.values.get("ReaderLogs"):
        config["Logging"] = {"Bucket": logs, "IncludeCookies": False}
    return config


def _front(stack: Stack) -> dict[str, Any]:
    files = {
        "TargetOriginId": "files",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD"],
        "Compress": True,
        "CachePolicyId": "${FilesCache}",
        "FunctionAssociations": [
            {
                "EventType": "viewer-request",
                "FunctionARN": "${Folders.FunctionMetadata.FunctionARN}",
            }
        ],
    }
    return _host(stack, "Domain") | {
        "DefaultRootObject": "index.html",
        "Origins": [
            {
                "Id": "files",
                "DomainName": "${PublicBucket.RegionalDomainName}",
                "OriginAccessControlId": "${FilesAccess.Id}",
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
        ],
        "DefaultCacheBehavior": files | {"ResponseHeadersPolicyId": "${FilesHeaders}"},
        # Nothing but a summary may stand in somebody else's page.
        "CacheBehaviors": [
            files | {"PathPattern": "*/ringkas/*", "ResponseHeadersPolicyId": "${SummaryHeaders}"}
        ],
        # Stands in for every answer of this host with that status: so no API is behind it.
        "CustomErrorResponses": [
            {
                "ErrorCode": 404,
                "ResponseCode": 404,
                "ResponsePagePath": "/404.html",
                "ErrorCachingMinTTL": between(1, 30),
            }
        ],
    }


def _gate(stack: Stack) -> dict[str, Any]:
    return _host(stack, "UploadDomain") | {
        "Origins": [
            {
                "Id": "api",
                "DomainName": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}",
                "CustomOriginConfig": {
                    "OriginProtocolPolicy": "https-only",
                    "OriginSSLProtocols": ["TLSv1.2"],
                },
            }
        ],
        "DefaultCacheBehavior": {
            "TargetOriginId": "api",
            "ViewerProtocolPolicy": "https-only",
            "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
            "Compress": True,
            "CachePolicyId": DISABLED,
            "OriginRequestPolicyId": ALL_BUT_HOST,
            "ResponseHeadersPolicyId": SECURITY,
        },
        # No page in place of an answer: problem documents reach whoever asked.
        "CustomErrorResponses": [
            {"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in (404, 405, 500, 503)
        ],
    }


def access(stack: Stack) -> Iterator[str]:
    """The front signs every request to the bucket."""
    config = {
        "Name": "${AWS::StackName}-files",
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    for name, properties in stack.of("AWS::CloudFront::OriginAccessControl").items():
        yield from mismatches(properties, {"OriginAccessControlConfig": config}, name)


def caches(stack: Stack) -> Iterator[str]:
    """A cache obeys the objects; nothing but the path makes a difference."""
    config = {
        "Name": "${AWS::StackName}-files",
        "Comment": words,
        "MinTTL": between(0, 1),
        "DefaultTTL": between(1, 30),
        "MaxTTL": 31_536_000,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "CookiesConfig": {"CookieBehavior": "none"},
            "HeadersConfig": {"HeaderBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
            "EnableAcceptEncodingGzip": True,
            "EnableAcceptEncodingBrotli": True,
        },
    }
    for name, properties in stack.of("AWS::CloudFront::CachePolicy").items():
        yield from mismatches(properties, {"CachePolicyConfig": config}, name)


def headers(stack: Stack) -> Iterator[str]:
    """Headers hold no directive that a release changes; anyone may verify from anywhere."""
    frame = {"FrameOption": one_of("DENY"), "Override": True}
    configs = {
        "FilesHeaders": _headers("files", _CSP, {"FrameOptions": frame}),
        "SummaryHeaders": _headers("summary", _FRAMED_CSP, {}),
    }
    for name, properties in stack.of("AWS::CloudFront::ResponseHeadersPolicy").items():
        wanted = {"ResponseHeadersPolicyConfig": configs.get(name)}
        yield from mismatches(properties, wanted, name)


def _headers(name: str, policy: str, frame: dict[str, Any]) -> dict[str, Any]:
    forbidden = "camera=(), geolocation=(), microphone=()"
    return {
        "Name": f"${{AWS::StackName}}-{name}",
        "CorsConfig": {
            "AccessControlAllowCredentials": False,
            "AccessControlAllowHeaders": {"Items": ["*"]},
            "AccessControlAllowMethods": {"Items": ["GET", "HEAD"]},
            "AccessControlAllowOrigins": {"Items": ["*"]},
            "OriginOverride": True,
        },
        "SecurityHeadersConfig": frame
        | {
            "ContentSecurityPolicy": {"ContentSecurityPolicy": policy, "Override": True},
            "ContentTypeOptions": {"Override": True},
            "ReferrerPolicy": {"ReferrerPolicy": "no-referrer", "Override": True},
            "StrictTransportSecurity": {
                "AccessControlMaxAgeSec": between(31_536_000, 63_072_000),
                "IncludeSubdomains": True,
                "Override": True,
            },
        },
        "CustomHeadersConfig": {
            "Items": [{"Header": "Permissions-Policy", "Value": forbidden, "Override": True}]
        },
    }


def addresses(stack: Stack) -> Iterator[str]:
    """The function that finds a folder's page is the one that was tested."""
    base = {"live": "/", "rehearsal": "/rehearsal/"}.get(str(stack.values.get("Mode")))
    for name, properties in stack.of("AWS::CloudFront::Function").items():
        shape = {
            "Name": "${AWS::StackName}-folders",
            "AutoPublish": True,
            "FunctionConfig": {"Comment": words, "Runtime": "cloudfront-js-2.0"},
            "FunctionCode": lambda text: _digest(str(text), str(base)) == CODE,
        }
        yield from mismatches(properties, shape, name)


def _digest(code: str, base: str) -> str:
    return hashlib.sha256(code.replace(f"base = '{base}'", "base = '/'").encode()).hexdigest()


RULES = (api, distributions, access, caches, headers, addresses)
