"""The web ACL lets in what the portal answers, and no address takes the share of all others."""

from __future__ import annotations

import re
from typing import Any

import yaml
from scripts.stack import template
from tests.live_portal import ROOT

from handlers import submit
from rekap.core.signing.envelope import MAX_ENVELOPE

DOCUMENT = yaml.load((ROOT / "infra/waf.yaml").read_text(), template._Loader)
ACL = DOCUMENT["Resources"]["Acl"]["Properties"]
PLACES = 100
"""What the gate has of Lambda at least, beside renderers, in an account with its quota raised."""
ADDRESS_RATE = 10
"""Requests a second that Lambda passes to an address for each place."""
RULES: dict[str, Any] = {one["Name"]: one for one in ACL["Rules"]}


def test_the_acl_is_the_kind_that_cloudfront_takes_and_lets_in_what_no_rule_blocks() -> None:
    assert (ACL["Scope"], ACL["DefaultAction"]) == ("CLOUDFRONT", {"Allow": {}})
    assert [one["Priority"] for one in ACL["Rules"]] == list(range(len(ACL["Rules"])))
    for one in ACL["Rules"]:
        assert 400 < one["Action"]["Block"]["CustomResponse"]["ResponseCode"] < 500
        assert one["VisibilityConfig"]["SampledRequestsEnabled"] is False, "addresses of people"


def test_methods_and_places_are_those_of_the_portal() -> None:
    methods = RULES["OnlyWhatThePortalAnswers"]["Statement"]["NotStatement"]["Statement"]
    allowed = re.compile(methods["RegexMatchStatement"]["RegexString"])
    app = submit.resolver(0)
    routes = [(one.method, one.openapi_path) for one in app._static_routes + app._dynamic_routes]
    assert all(allowed.match(method) for method, _ in routes)
    assert all(map(allowed.match, ("GET", "HEAD", "OPTIONS")))
    assert not any(map(allowed.match, ("PUT", "DELETE", "PATCH", "TRACE", "XPOST", "POSTX")))
    first, other = RULES["PostsGoToThreePlaces"]["Statement"]["AndStatement"]["Statements"]
    assert first["ByteMatchStatement"]["SearchString"] == "POST"
    place = re.compile(other["NotStatement"]["Statement"]["RegexMatchStatement"]["RegexString"])
    posts = [path for method, path in routes if method == "POST"]
    assert posts
    for path in posts:
        for base in ("", "/rehearsal", "/replay"):
            assert place.match(base + path), "the base of a mode stands before it"
    others = (
        "/",
        "/v1/statements/",
        "/x/y/v1/statements",
        "/v1/x",
        "/v1/attachments/x",
        "/v1/pictures/x",
    )
    assert not any(map(place.match, others))


def test_a_body_is_read_as_far_as_an_envelope_can_reach_and_only_a_picture_is_larger() -> None:
    limit = ACL["AssociationConfig"]["RequestBody"]["CLOUDFRONT"]["DefaultSizeInspectionLimit"]
    assert int(limit.removeprefix("KB_")) * 1024 >= MAX_ENVELOPE
    first, other = RULES["BodiesThatAnEnvelopeCanHave"]["Statement"]["AndStatement"]["Statements"]
    size = first["SizeConstraintStatement"]
    assert (size["ComparisonOperator"], size["Size"]) == ("GT", MAX_ENVELOPE)
    assert size["FieldToMatch"] == {"Body": {"OversizeHandling": "MATCH"}}
    place = re.compile(other["NotStatement"]["Statement"]["RegexMatchStatement"]["RegexString"])
    assert all(place.match(base + "/v1/pictures") for base in ("", "/rehearsal", "/replay"))
    assert not any(map(place.match, ("/v1/statements", "/v1/attachments", "/v1/pictures/x")))


def test_one_address_has_a_rate_of_its_own_for_uploads_and_reads_and_each_has_an_alarm() -> None:
    rates = {
        name: one["Statement"]["RateBasedStatement"]
        for name, one in RULES.items()
        if "RateBasedStatement" in one["Statement"]
    }
    assert {one["AggregateKeyType"] for one in rates.values()} == {"IP"}
    assert [one["Limit"]["Ref"] for one in rates.values()] == ["Uploads", "Reads"]
    assert "ScopeDownStatement" in rates["UploadsOfOneAddress"]
    all_of_us = 300 * PLACES * ADDRESS_RATE
    assert DOCUMENT["Parameters"]["Uploads"]["Default"] * 50 < all_of_us, "a fiftieth of all"
    alarms = [
        one["Properties"]
        for one in DOCUMENT["Resources"].values()
        if one["Type"] == "AWS::CloudWatch::Alarm"
    ]
    assert all(one["AlarmActions"] == one["OKActions"] for one in alarms)
    watched = {
        dimension["Value"]
        for one in alarms
        for dimension in one["Dimensions"]
        if dimension["Name"] == "Rule"
    }
    assert watched == {RULES[name]["VisibilityConfig"]["MetricName"] for name in rates}
    assert DOCUMENT["Outputs"]["Acl"]["Value"] == {"Fn::GetAtt": ["Acl", "Arn"]}
