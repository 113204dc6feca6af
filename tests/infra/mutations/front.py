"""Faults in the API and the front."""

from __future__ import annotations

from tests.infra.mutations.planting import Mutation, choose, drop, new, properties, put, ref

MUTATIONS: dict[str, Mutation] = {
    "no limit for uploads": lambda d: properties(d, "Api")["RouteSettings"].pop(
        "POST /v1/statements"
    ),
    "no limit at all": drop("Api", "DefaultRouteSettings"),
    "a limit of millions": lambda d: properties(d, "Api")["RouteSettings"][
        "POST /v1/statements"
    ].update({"ThrottlingRateLimit": 1_000_000}),
    "no lines of the API": drop("Api", "AccessLogSettings"),
    "addresses of people in the lines": put(
        "Api",
        "AccessLogSettings.Format",
        '{"ip":"$context.identity.sourceIp","id":"$context.requestId"}',
    ),
    "every web page may send": put("Api", "CorsConfiguration.AllowOrigins", ["*"]),
    "every web page may send, in short": put("Api", "CorsConfiguration", True),
    "every web page may send, by parameter": choose("Uploaders", "Default", "*"),
    "with cookies": put("Api", "CorsConfiguration.AllowCredentials", True),
    "another API": new("Api2", "AWS::Serverless::HttpApi"),
    "readers may send": put(
        "Front",
        "DistributionConfig.DefaultCacheBehavior.AllowedMethods",
        ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
    ),
    "plain connections for readers": put(
        "Front", "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy", "allow-all"
    ),
    "plain connections for uploads": put(
        "Gate", "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy", "allow-all"
    ),
    "plain connections to the API": put(
        "Gate",
        "DistributionConfig.Origins.0.CustomOriginConfig.OriginProtocolPolicy",
        "match-viewer",
    ),
    "answers of the API are kept": put(
        "Gate", "DistributionConfig.DefaultCacheBehavior.CachePolicyId", ref("FilesCache")
    ),
    "uploads reach files": put(
        "Gate",
        "DistributionConfig.Origins.0",
        {"Id": "api", "DomainName": {"Fn::GetAtt": ["PublicBucket", "RegionalDomainName"]}},
    ),
    "a page in place of a problem document": put(
        "Gate",
        "DistributionConfig.CustomErrorResponses.0",
        {"ErrorCode": 404, "ResponseCode": 404, "ResponsePagePath": "/404.html"},
    ),
    "absence of a statement is kept": drop("Gate", "DistributionConfig.CustomErrorResponses"),
    "the API stands behind the readers' host again": put(
        "Front",
        "DistributionConfig.CacheBehaviors",
        [
            {
                "PathPattern": "/v1/*",
                "TargetOriginId": "files",
                "ViewerProtocolPolicy": "https-only",
                "CachePolicyId": ref("FilesCache"),
            }
        ],
    ),
    "no access control": drop("Front", "DistributionConfig.Origins.0.OriginAccessControlId"),
    "state is shown": put(
        "Front",
        "DistributionConfig.Origins.0.DomainName",
        {"Fn::GetAtt": ["StateBucket", "RegionalDomainName"]},
    ),
    "requests are not signed": put(
        "FilesAccess", "OriginAccessControlConfig.SigningBehavior", "never"
    ),
    "absence is kept for a day": put(
        "Front", "DistributionConfig.CustomErrorResponses.0.ErrorCachingMinTTL", 86_400
    ),
    "refusals become a missing page": put(
        "Front", "DistributionConfig.CustomErrorResponses.0.ErrorCode", 403
    ),
    "a missing page is a page": put(
        "Front", "DistributionConfig.CustomErrorResponses.0.ResponseCode", 200
    ),
    "no headers": drop("Front", "DistributionConfig.DefaultCacheBehavior.ResponseHeadersPolicyId"),
    "old TLS": put(
        "Front",
        "DistributionConfig.ViewerCertificate",
        {
            "AcmCertificateArn": ref("Certificate"),
            "MinimumProtocolVersion": "TLSv1",
            "SslSupportMethod": "sni-only",
        },
    ),
    "no strict transport": drop(
        "FilesHeaders", "ResponseHeadersPolicyConfig.SecurityHeadersConfig.StrictTransportSecurity"
    ),
    "framed by anybody": put(
        "FilesHeaders",
        "ResponseHeadersPolicyConfig.SecurityHeadersConfig.FrameOptions.FrameOption",
        "SAMEORIGIN",
    ),
    "every page framed": put("Front", "DistributionConfig.CacheBehaviors.0.PathPattern", "*"),
    "a summary with the policy of no headers": drop(
        "Front", "DistributionConfig.CacheBehaviors.0.ResponseHeadersPolicyId"
    ),
    "scripts in a summary": put(
        "SummaryHeaders",
        "ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy",
        "default-src *",
    ),
    "scripts from anywhere": put(
        "FilesHeaders",
        "ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy",
        "default-src * 'unsafe-inline'",
    ),
    "readers' credentials": put(
        "FilesHeaders", "ResponseHeadersPolicyConfig.CorsConfig.AccessControlAllowCredentials", True
    ),
    "a header that counts": put(
        "FilesCache",
        "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.CookiesConfig.CookieBehavior",
        "all",
    ),
    "everything is kept for an hour": put("FilesCache", "CachePolicyConfig.MinTTL", 3600),
    "the front sends elsewhere": lambda d: properties(d, "Folders").update(
        {
            "FunctionCode": "function handler(e) { return {statusCode: 302, headers: {location: "
            "{value: 'https://jahat.example/'}}}; }"
        }
    ),
}
