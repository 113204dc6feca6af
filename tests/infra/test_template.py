"""What the template promises: kept, closed, limited, watched. cfn-lint reads the rest."""

from __future__ import annotations

import importlib
import json
import re
from typing import Any

import pytest
from scripts.stack import officers
from scripts.stack.server import DIGEST
from tests.infra.document import LIVE, TRIAL, Stack, evaluate, read
from tests.live_portal import ROOT

from handlers.telemetry import NAMESPACE
from rekap.audit import again
from rekap.portal.store.headers import CacheRules

INVENTORY = {
    "CloudFront::CachePolicy": "FilesCache",
    "CloudFront::Distribution": "Front Gate",
    "CloudFront::Function": "AppPage Data Folders",
    "CloudFront::OriginAccessControl": "FilesAccess SubmitAccess",
    "CloudFront::ResponseHeadersPolicy": "AppHeaders FilesHeaders SummaryHeaders",
    "CloudWatch::Dashboard": "Night",
    "DynamoDB::Table": "OrderTable RecordsTable RegisterTable",
    "IAM::Policy": "ClockPolicy PublishPolicy RenderPolicy SequencePolicy SubmitPolicy WatchPolicy",
    "IAM::Role": "ClockRole PublishRole RenderRole SequenceRole SubmitRole WatchRole",
    "KMS::Key": "LogKey",
    "Lambda::Permission": "SubmitByGate SubmitByUrl",
    "Lambda::Url": "SubmitUrl",
    "Logs::LogGroup": "PublishLog RenderLog SequenceLog SubmitLog WatchLog",
    "S3::Bucket": "AppBucket AttachmentsBucket PublicBucket StateBucket",
    "S3::BucketPolicy":
        "AppBucketPolicy AttachmentsBucketPolicy PublicBucketPolicy StateBucketPolicy",
    "SNS::Topic": "AlarmTopic",
    "SNS::TopicPolicy": "AlarmTopicPolicy",
    "SQS::Queue": "PublishQueue RenderDead RenderQueue SequenceQueue",
    "SQS::QueuePolicy": "PublishQueuePolicy RenderDeadPolicy RenderQueuePolicy SequenceQueuePolicy",
    "Scheduler::Schedule": "PublishMinute",
    "SecretsManager::ResourcePolicy": "ReceiptKeyPolicy",
    "SecretsManager::Secret": "ReceiptKey",
    "Serverless::Function": "Publish Render Sequence Submit Watch",
}  # fmt: skip
"""Everything there is beside alarms; a new resource is written here, with tests of its own."""
FUNCTIONS = {"Submit": 15, "Sequence": 60, "Publish": 300, "Render": 60, "Watch": 840}
"""Seconds."""
TOLD = {
    "Submit": {
        "KEYS": "receipt",
        "QUEUES": "sequence=${SequenceQueue}",
        "RECORDS_TABLE": "${RecordsTable}",
        "REGISTER_TABLE": "${RegisterTable}",
        "RECEIPT_SECRET": "${ReceiptKey}",
        "ATTACHMENTS_BUCKET": "${AttachmentsBucket}",
    },
    "Sequence": {
        "KEYS": "log",
        "QUEUES": "sequence=${SequenceQueue} publish=${PublishQueue}",
        "RECORDS_TABLE": "${RecordsTable}",
        "ORDER_TABLE": "${OrderTable}",
        "PUBLIC_BUCKET": "${PublicBucket}",
        "LOG_KEY": "${LogKey.Arn}",
    },
    "Publish": {
        "RELEASE": "",
        "QUEUES": "publish=${PublishQueue} render=${RenderQueue}",
        "REGISTER_TABLE": "${RegisterTable}",
        "PUBLIC_BUCKET": "${PublicBucket}",
        "STATE_BUCKET": "${StateBucket}",
    },
    "Render": {
        "RELEASE": "",
        "QUEUES": "publish=${PublishQueue} render=${RenderQueue}",
        "PUBLIC_BUCKET": "${PublicBucket}",
        "STATE_BUCKET": "${StateBucket}",
    },
    "Watch": {"STATE_BUCKET": "${StateBucket}"},
}
"""Variables beside those that all have; no function knows a name that is not its own."""
ALARMS = (ROOT / "tests/infra/alarms.txt").read_text("utf-8").splitlines()
KEPT = (
    "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy", "AWS::SecretsManager::ResourcePolicy", "AWS::SecretsManager::Secret",
)  # fmt: skip
"""What outlives the stack: evidence, keys, and the policies that guard them."""


@pytest.fixture(params=[TRIAL, LIVE], ids=["trial", "live"])
def stack(request: pytest.FixtureRequest) -> Stack:
    return evaluate(read(), request.param)


def only(stack: Stack, kind: str) -> dict[str, Any]:
    (properties,) = stack.of(kind).values()
    return properties


def test_there_is_what_the_inventory_says_and_nothing_depends_on_an_option() -> None:
    document = read()
    found: dict[str, list[str]] = {}
    for name, one in document["Resources"].items():
        found.setdefault(one["Type"].removeprefix("AWS::"), []).append(name)
        assert "Condition" not in one, name
    assert len(found.pop("CloudWatch::Alarm")) == len(ALARMS)
    assert {kind: " ".join(sorted(names)) for kind, names in found.items()} == INVENTORY
    assert document["Transform"] == "AWS::Serverless-2016-10-31", "no macro of anybody"
    silenced = [
        (name, one["Metadata"]) for name, one in document["Resources"].items() if "Metadata" in one
    ]
    empty = {"cfn-lint": {"config": {"ignore_checks": ["W1030"]}}}
    assert silenced == [("Front", empty), ("Gate", empty)]
    assert document["Metadata"] == {"cfn-lint": {"config": {"ignore_checks": ["W3002"]}}}


# ---------------------------------------------------------------- what is kept


def test_evidence_keys_and_their_guards_outlive_the_stack(stack: Stack) -> None:
    for name, one in stack.resources.items():
        fates = {one.get("DeletionPolicy"), one.get("UpdateReplacePolicy")}
        assert fates == ({"Retain"} if one["Type"] in KEPT else {None}), name


def test_tables_are_encrypted_kept_for_35_days_back_and_guarded_against_deletion(
    stack: Stack,
) -> None:
    tables = stack.of("AWS::DynamoDB::Table")
    assert len(tables) == 3
    for name, table in tables.items():
        assert table.keys() == {
            "TableName", "BillingMode", "DeletionProtectionEnabled", "SSESpecification",
            "PointInTimeRecoverySpecification", "AttributeDefinitions", "KeySchema",
            "ResourcePolicy",
        }, "no stream, and nothing expires"  # fmt: skip
        keys = [one["AttributeName"] for one in table["KeySchema"]]
        assert keys == (["pk"] if name == "OrderTable" else ["pk", "sk"])
        own = name.removesuffix("Table").lower()
        assert table["TableName"].endswith(f"-{own}-{stack.values['TableSet']}")
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["DeletionProtectionEnabled"] is True
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35,
        }  # fmt: skip


def test_buckets_are_closed_encrypted_and_versioned_and_nothing_public_expires(
    stack: Stack,
) -> None:
    for name, bucket in stack.of("AWS::S3::Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4
        assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        (algorithm,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert algorithm == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        leftovers, *marks = bucket["LifecycleConfiguration"]["Rules"]
        ends = {"AbortIncompleteMultipartUpload"} | (
            {
                "PublicBucket": set(),
                "StateBucket": {"NoncurrentVersionExpiration", "ExpiredObjectDeleteMarker"},
            }.get(name, {"NoncurrentVersionExpiration"})
        )
        assert leftovers.keys() == {"Id", "Status", *ends}
        assert marks == ([] if name != "StateBucket" else [
            {"Id": "marks", "Status": "Enabled", "Prefix": "state/done/", "ExpirationInDays": 7},
        ]), "nothing else ends by itself, and nothing that is public"  # fmt: skip
        copied = {"ReplicationConfiguration"} if name == "PublicBucket" else set()
        assert copied >= bucket.keys() & {"ReplicationConfiguration"}
        assert bucket.keys() - {"LoggingConfiguration", *copied} == {
            "BucketEncryption", "OwnershipControls", "PublicAccessBlockConfiguration",
            "VersioningConfiguration", "LifecycleConfiguration",
            *(("ObjectLockEnabled", "ObjectLockConfiguration") if name == "PublicBucket" else ()),
        }, "no web site, no origin"  # fmt: skip
    public = stack.of("AWS::S3::Bucket")["PublicBucket"]
    kept = {"Mode": stack.values["LockMode"], "Days": stack.values["LockDays"]}
    assert public["ObjectLockEnabled"] is True
    assert public["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": kept},
    }  # fmt: skip


def test_the_key_signs_pure_ed25519_and_no_secret_stands_in_the_template(stack: Stack) -> None:
    key = only(stack, "AWS::KMS::Key")
    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    assert key["PendingWindowInDays"] == 30
    assert key.keys() == {
        "Description", "KeySpec", "KeyUsage", "PendingWindowInDays", "KeyPolicy",
    }  # fmt: skip
    assert only(stack, "AWS::SecretsManager::Secret").keys() == {"Description"}
    assert only(stack, "AWS::SecretsManager::ResourcePolicy")["BlockPublicPolicy"] is True


def test_a_reader_waits_as_long_as_a_cache_may_keep_a_page(stack: Stack) -> None:
    """Behind such a cache a true site was refuted: the wait was 120 seconds, a page may be 330."""
    variables = stack.of("AWS::Serverless::Function")["Publish"]["Environment"]["Variables"]
    rules = CacheRules.parse(variables["REKAP_CACHE_CONTROL"])
    for path in ("index.html", "pemilihan/gubernur-90/01/index.json", "bukti/7/index.html"):
        kept = re.findall(r"(?:max-age|stale-while-revalidate)=([0-9]+)", rules.of(path))
        assert sum(map(int, kept)) == again.GRACE_S


# ---------------------------------------------------------------- what runs


def test_a_function_has_its_own_role_log_time_and_variables_and_no_other_way_in(
    stack: Stack,
) -> None:
    functions = stack.of("AWS::Serverless::Function")
    assert functions.keys() == FUNCTIONS.keys()
    own = {"live": "https://rekap.example/", "rehearsal": "https://${Front.DomainName}/rehearsal/"}
    site = stack.values["Site"] or own[stack.values["Mode"]]
    gate = "" if stack.values["Site"] else "https://${Gate.DomainName}/v1/statements"
    more = {
        "Submit": {"BACKLOG_CAP": stack.values["BacklogCap"]},
        "Sequence": {
            "QUESTIONS": stack.values["Questions"],
            "CLOCK": stack.values["Clock"],
        },
        "Watch": {
            "SITE": site,
            "LOG_VKEY": stack.values["LogVkey"],
            "GATE": gate,
            "APP": stack.values["App"],
        },
    }
    for name, one in functions.items():
        assert one["Timeout"] == FUNCTIONS[name]
        variables = {
            k.removeprefix("REKAP_"): v for k, v in one["Environment"]["Variables"].items()
        }
        assert CacheRules.parse(variables.pop("CACHE_CONTROL"))
        shared = {"ENGINE": "aws", "DIR": "", "ORIGIN": stack.values["Origin"]}
        assert variables == {**shared, **TOLD[name], **more.get(name, {})}
        assert one["CodeUri"] == "../var/artifact/lambda.zip"
        assert (one["Runtime"], one["Architectures"]) == ("python3.13", ["arm64"])
        wakes_itself = name in ("Sequence", "Publish", "Render")
        assert one.get("RecursiveLoop") == ("Allow" if wakes_itself else None)
        assert one["Role"] == f"${{{name}Role.Arn}}"
        assert one["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": f"${{{name}Log}}"}
        assert one["EventInvokeConfig"]["MaximumRetryAttempts"] == 0
        assert one["RuntimeManagementConfig"] == {"UpdateRuntimeOn": "FunctionUpdate"}
        assert one.get("CodeSigningConfigArn", "") == stack.values["CodeSigning"]
        assert stack.resources[name]["DependsOn"] == f"{name}Policy"
        assert one.keys() <= {
            "CodeUri", "Runtime", "Architectures", "MemorySize", "EventInvokeConfig", "Environment",
            "Description", "Handler", "Timeout", "Role", "LoggingConfig", "Events", "RecursiveLoop",
            "ReservedConcurrentExecutions", "RuntimeManagementConfig", "CodeSigningConfigArn",
        }  # fmt: skip
        module, _, handler = one["Handler"].rpartition(".")
        assert module == f"handlers.{name.lower()}"
        assert callable(getattr(importlib.import_module(module), handler))


def test_one_publisher_runs_at_a_time_and_a_killed_one_holds_its_queue_no_longer_than_it_ran(
    stack: Stack,
) -> None:
    queues = stack.of("AWS::SQS::Queue")
    publish, sequence = queues["PublishQueue"], queues["SequenceQueue"]
    assert (publish["FifoQueue"], publish["ContentBasedDeduplication"]) == (True, True)
    assert "FifoQueue" not in sequence, "one for each upload would be too many for a group"
    (clock,) = stack.of("AWS::Scheduler::Schedule").values()
    assert clock["ScheduleExpression"] == "rate(1 minute)"
    target = clock["Target"]
    assert (target["Arn"], target["RoleArn"]) == ("${PublishQueue.Arn}", "${ClockRole.Arn}")
    assert target["SqsParameters"] == {"MessageGroupId": "publish"}, "as the bell of sequence"
    assert target["Input"] == '{"at": "<aws.scheduler.scheduled-time>"}', "each tick is another"
    functions = stack.of("AWS::Serverless::Function")
    for name in ("Sequence", "Publish"):
        # Lambda refuses a queue whose messages come back before the function ends; it starts first.
        longer = queues[f"{name}Queue"]["VisibilityTimeout"] - functions[name]["Timeout"]
        assert 30 <= longer <= 60
        assert "RedrivePolicy" not in queues[f"{name}Queue"], "a bell carries nothing"
        bell = functions[name]["Events"]["Bell"]["Properties"]
        assert "FunctionResponseTypes" not in bell
    (bell,) = functions["Publish"]["Events"].values()  # nothing passes the queue by
    assert bell["Properties"]["BatchSize"] <= 10, "as many as a call can hold at once"


def test_a_task_that_fails_five_times_is_laid_aside_where_somebody_hears_of_it(
    stack: Stack,
) -> None:
    queues, render = stack.of("AWS::SQS::Queue"), stack.of("AWS::Serverless::Function")["Render"]
    dead = {"deadLetterTargetArn": "${RenderDead.Arn}", "maxReceiveCount": 5}
    queue = queues["RenderQueue"]
    assert queue["RedrivePolicy"] == dead
    assert "FifoQueue" not in queue, "in any order, many at a time"
    assert 30 <= queue["VisibilityTimeout"] - render["Timeout"] <= 60
    assert queue["MessageRetentionPeriod"] > 5 * queue["VisibilityTimeout"]
    assert queues["RenderDead"]["MessageRetentionPeriod"] == 14 * 86_400
    task = render["Events"]["Bell"]["Properties"]
    assert task["BatchSize"] == 1


def test_places_can_be_reserved_for_the_writers_and_renderers_leave_intake_its_own() -> None:
    """A new account has 10 places, one that may reserve 1,000; intake has what others leave."""
    for given, places, all_places in ((TRIAL, (None, None, None), 10), (LIVE, (2, 1, 50), 1_000)):
        functions = evaluate(read(), given).of("AWS::Serverless::Function")
        reserved = [functions[name].get("ReservedConcurrentExecutions")
                    for name in ("Sequence", "Publish", "Render")]  # fmt: skip
        assert tuple(reserved) == places
        most = [functions[name]["Events"]["Bell"]["Properties"]["ScalingConfig"]
                for name in ("Sequence", "Render")]  # fmt: skip
        assert most == [{"MaximumConcurrency": 2}, {"MaximumConcurrency": places[2] or 2}]
        publish, watch = 1, 3  # its queue is in order; two schedules, and an audit that goes on
        left = all_places - publish - watch - sum(one["MaximumConcurrency"] for one in most)
        assert left >= 2
        assert "ReservedConcurrentExecutions" not in functions["Submit"], "a reservation is a cap"


def test_everything_wakes_as_it_should(stack: Stack) -> None:
    events = {
        name: {
            event: (one["Type"], *(one["Properties"].get(key) for key in
                                   ("Queue", "ScheduleExpression", "Input")))
            for event, one in function.get("Events", {}).items()
        }
        for name, function in stack.of("AWS::Serverless::Function").items()
    }  # fmt: skip
    for function in stack.of("AWS::Serverless::Function").values():
        for one in function.get("Events", {}).values():
            schedule = one["Properties"]
            if one["Type"] == "ScheduleV2":
                assert schedule["RoleArn"] == "${ClockRole.Arn}"
                assert schedule["Name"].startswith("${AWS::StackName}-")
                assert schedule.keys() - {"Input"} == {
                    "Name", "ScheduleExpression", "RoleArn", "RetryPolicy",
                }  # fmt: skip
    minute = ("ScheduleV2", None, "rate(1 minute)", None)
    whole = f"rate({stack.values['WholeMinutes']} minutes)"
    assert events == {
        "Submit": {},
        "Sequence": {"Bell": ("SQS", "${SequenceQueue.Arn}", None, None), "Minute": minute},
        "Publish": {"Bell": ("SQS", "${PublishQueue.Arn}", None, None)},
        "Render": {"Bell": ("SQS", "${RenderQueue.Arn}", None, None)},
        "Watch": {"Minute": minute, "Whole": ("ScheduleV2", None, whole, '{"whole": true}')},
    }


def test_bells_are_encrypted_and_outlast_a_run_that_was_killed(stack: Stack) -> None:
    for queue in stack.of("AWS::SQS::Queue").values():
        assert queue["SqsManagedSseEnabled"] is True
        assert queue["MessageRetentionPeriod"] > queue["VisibilityTimeout"]


# ---------------------------------------------------------------- what faces the world


def test_nobody_reaches_submit_but_through_the_gate_and_its_web_acl(stack: Stack) -> None:
    """Its address asks for a signature that only the gate's distribution may make."""
    address = only(stack, "AWS::Lambda::Url")
    assert (address["TargetFunctionArn"], address["AuthType"]) == ("${Submit}", "AWS_IAM")
    distribution = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Gate}"
    permissions = stack.of("AWS::Lambda::Permission").values()
    for one in permissions:
        assert (one["FunctionName"], one["Principal"]) == ("${Submit}", "cloudfront.amazonaws.com")
        assert one["SourceArn"] == distribution, "another account's distribution has no web ACL"
    assert [
        (one["Action"], one.get("FunctionUrlAuthType"), one.get("InvokedViaFunctionUrl"))
        for one in permissions
    ] == [
        ("lambda:InvokeFunctionUrl", "AWS_IAM", None), ("lambda:InvokeFunction", None, True),
    ]  # fmt: skip
    gate = stack.of("AWS::CloudFront::Distribution")["Gate"]["DistributionConfig"]
    (origin,) = (one for one in gate["Origins"] if one["Id"] == "submit")
    assert [one["PathPattern"] for one in gate["CacheBehaviors"]
            if one["TargetOriginId"] == "submit"] == ["/v1/*"]  # fmt: skip
    assert origin["OriginAccessControlId"] == "${SubmitAccess.Id}"
    host = {"Fn::Select": [2, {"Fn::Split": ["/", "${SubmitUrl.FunctionUrl}"]}]}
    assert origin["DomainName"] == host
    ways = {kind for kind in INVENTORY if re.search("Api|LoadBalancing|AppSync|Url", kind)}
    assert ways == {"Lambda::Url"}


def test_who_uploads_from_a_page_is_named_and_may_tell_the_digest_of_a_body(stack: Stack) -> None:
    cors = only(stack, "AWS::Lambda::Url")["Cors"]
    assert cors["AllowOrigins"] == stack.values["Uploaders"]
    assert cors["AllowMethods"] == ["GET", "POST"]
    assert cors["AllowHeaders"] == ["content-type", DIGEST]
    assert "AllowCredentials" not in cors
    policy = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    gate = stack.of("AWS::CloudFront::Distribution")["Gate"]["DistributionConfig"]
    assert gate["CacheBehaviors"][0]["OriginRequestPolicyId"] == policy, "all but Host"


def test_readers_get_and_never_send_and_uploads_are_kept_by_no_cache(stack: Stack) -> None:
    front, gate = (
        stack.of("AWS::CloudFront::Distribution")[name]["DistributionConfig"]
        for name in ("Front", "Gate")
    )
    behaviours = [front["DefaultCacheBehavior"], *front["CacheBehaviors"]]
    assert {tuple(one["AllowedMethods"]) for one in behaviours} == {("GET", "HEAD")}
    assert {one["ViewerProtocolPolicy"] for one in behaviours} == {"redirect-to-https"}
    assert {one["TargetOriginId"] for one in behaviours} == {"files", "attachments"}
    origins = {one["Id"]: one for one in front["Origins"]}
    assert origins.keys() == {"files", "attachments"}, "404.html stands in for their 404"
    for one in origins.values():
        assert one["OriginAccessControlId"] == "${FilesAccess.Id}"
    words = origins["attachments"]["DomainName"]
    assert words == "${AttachmentsBucket.RegionalDomainName}"
    for name, kind in (("FilesAccess", "s3"), ("SubmitAccess", "lambda")):
        access = stack.of("AWS::CloudFront::OriginAccessControl")[name]["OriginAccessControlConfig"]
        assert access["OriginAccessControlOriginType"] == kind
        assert (access["SigningBehavior"], access["SigningProtocol"]) == ("always", "sigv4")
    upload, *others = gate["CacheBehaviors"]
    assert {tuple(one["AllowedMethods"]) for one in (gate["DefaultCacheBehavior"], *others)} == {
        ("GET", "HEAD")
    }
    assert upload["ViewerProtocolPolicy"] == "https-only"
    assert upload["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "CachingDisabled"
    assert gate["Origins"][0]["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert front["Origins"][0]["DomainName"] == "${PublicBucket.RegionalDomainName}"
    (missing,) = front["CustomErrorResponses"]
    assert (missing["ErrorCode"], missing["ResponseCode"]) == (404, 404)
    assert missing["ErrorCachingMinTTL"] <= 30
    # No page in place of an answer: problem documents reach whoever asked.
    assert gate["CustomErrorResponses"] == [
        {"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in (403, 404, 405, 500, 502, 503, 504)
    ]
    for config, parameter in ((front, "Domain"), (gate, "UploadDomain")):
        domain = stack.values[parameter]
        assert config.get("Aliases", []) == ([domain] if domain else [])
        assert config["ViewerCertificate"].get("MinimumProtocolVersion") == (
            "TLSv1.2_2021" if domain else None
        )
        assert config.get("WebACLId", "") == stack.values["WebAcl"]
        assert config.get("Logging", {}).get("IncludeCookies") in (None, False)


def test_a_cache_obeys_the_objects_and_nothing_but_the_path_makes_a_difference(
    stack: Stack,
) -> None:
    cache = only(stack, "AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    assert cache["MinTTL"] <= 1
    assert cache["DefaultTTL"] <= 30
    assert cache["MaxTTL"] >= 31_536_000
    behaviours = cache["ParametersInCacheKeyAndForwardedToOrigin"]
    for kind in ("Cookie", "Header", "QueryString"):
        assert behaviours[f"{kind}sConfig"] == {f"{kind}Behavior": "none"}


def test_only_a_summary_may_stand_in_another_page(stack: Stack) -> None:
    for name, one in stack.of("AWS::CloudFront::ResponseHeadersPolicy").items():
        if name == "AppHeaders":
            assert "CorsConfig" not in one["ResponseHeadersPolicyConfig"]
            continue
        cors = one["ResponseHeadersPolicyConfig"]["CorsConfig"]
        assert cors["AccessControlAllowCredentials"] is False
        assert cors["AccessControlAllowOrigins"] == {"Items": ["*"]}, "anyone verifies, anywhere"
    policies = {
        name: dict(one["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"])
        for name, one in stack.of("AWS::CloudFront::ResponseHeadersPolicy").items()
    }
    front = stack.of("AWS::CloudFront::Distribution")["Front"]["DistributionConfig"]
    assert front["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == "${FilesHeaders}"
    assert [(one["PathPattern"], one["ResponseHeadersPolicyId"]) for one in
            front["CacheBehaviors"]] == [("*/ringkas/*", "${SummaryHeaders}"),
                                         ("*/lampiran/*", "${FilesHeaders}"),
                                         ("*/gambar/*", "${FilesHeaders}")]  # fmt: skip
    said = policies["FilesHeaders"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert said == "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    assert policies["FilesHeaders"].pop("FrameOptions") == {"FrameOption": "DENY", "Override": True}
    framed = {"ContentSecurityPolicy": said.replace("frame-ancestors 'none'; ", "")}
    policies["FilesHeaders"]["ContentSecurityPolicy"] = {**framed, "Override": True}
    assert policies["FilesHeaders"] == policies["SummaryHeaders"]
    assert policies["FilesHeaders"]["ContentTypeOptions"] == {"Override": True}
    assert policies["FilesHeaders"]["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    assert policies["FilesHeaders"]["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000


def test_officers_get_the_app_where_they_send_with_the_headers_of_one_machine(
    stack: Stack,
) -> None:
    """A browser lets the app sign and send only if both are at one host."""
    gate = stack.of("AWS::CloudFront::Distribution")["Gate"]["DistributionConfig"]
    _, app = (one for one in gate["CacheBehaviors"] if one["TargetOriginId"] in ("submit", "app"))
    assert app["PathPattern"] == f"{officers.FOLDER}*"
    assert app["AllowedMethods"] == ["GET", "HEAD"]
    (origin,) = (one for one in gate["Origins"] if one["Id"] == app["TargetOriginId"])
    assert origin["DomainName"] == "${AppBucket.RegionalDomainName}"
    assert origin["OriginAccessControlId"] == "${FilesAccess.Id}"
    assert app["ResponseHeadersPolicyId"] == "${AppHeaders}"
    policy = stack.of("AWS::CloudFront::ResponseHeadersPolicy")["AppHeaders"]
    said = policy["ResponseHeadersPolicyConfig"]
    security = said["SecurityHeadersConfig"]
    headers = {
        one["Header"].lower(): one["Value"] for one in said["CustomHeadersConfig"]["Items"]
    } | {
        "content-security-policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "referrer-policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "x-content-type-options": "nosniff",
    }
    assert headers == officers.HEADERS
    assert all(one["Override"] for one in security.values())


def test_the_app_and_the_command_read_the_log_where_they_send(stack: Stack) -> None:
    """The app may ask no other host, and `rekap submit --wait` asks the one of --to."""
    gate = stack.of("AWS::CloudFront::Distribution")["Gate"]["DistributionConfig"]
    buckets = {one["Id"]: one["DomainName"] for one in gate["Origins"]}
    served = {one.get("PathPattern", "*"): one for one in
              (gate["DefaultCacheBehavior"], *gate["CacheBehaviors"])}  # fmt: skip
    for pattern, bucket in (("*", "PublicBucket"), ("/lampiran/*", "AttachmentsBucket")):
        one = served[pattern]
        assert buckets[one["TargetOriginId"]] == f"${{{bucket}.RegionalDomainName}}"
        assert one["CachePolicyId"] == "${FilesCache}"
        (function,) = one["FunctionAssociations"]
        assert function["FunctionARN"] == "${Data.FunctionMetadata.FunctionARN}"
        policy = stack.of("AWS::S3::BucketPolicy")[f"{bucket}Policy"]["PolicyDocument"]
        for said in policy["Statement"][:2]:
            gates = said["Condition"]["StringEquals"]["aws:SourceArn"]
            assert [arn.rpartition("/")[2] for arn in gates] == ["${Front}", "${Gate}"]


# ---------------------------------------------------------------- who hears of it


def test_everything_has_an_alarm_and_silence_is_one_where_it_means_harm(stack: Stack) -> None:
    alarms = stack.of("AWS::CloudWatch::Alarm")
    assert [_alarm(name, one) for name, one in alarms.items()] == ALARMS
    for alarm in alarms.values():
        is_silence = alarm["ComparisonOperator"] == "LessThanThreshold"
        assert alarm["TreatMissingData"] == ("breaching" if is_silence else "notBreaching")
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["${AlarmTopic}"], "its end too"
        assert "ActionsEnabled" not in alarm
    heard = {one["Value"] for alarm in alarms.values() for one in alarm["Dimensions"]}
    assert {f"${{{name}}}" for name in FUNCTIONS} <= heard


def _alarm(name: str, alarm: dict[str, Any]) -> str:
    periods = alarm["EvaluationPeriods"]
    enough = alarm.get("DatapointsToAlarm", periods)
    sign = {"GreaterThanOrEqualToThreshold": ">=", "GreaterThanThreshold": ">",
            "LessThanThreshold": "<"}[alarm["ComparisonOperator"]]  # fmt: skip
    said, period = _metric(alarm, alarm["Statistic"]), alarm["Period"]
    return f"{name}: {said} {sign} {alarm['Threshold']}, {enough} of {periods} times {period} s"


def _metric(metric: dict[str, Any], statistic: str) -> str:
    dimensions = " ".join(
        one["Name"] if one["Name"] == "portal" else f"{one['Name']} {one['Value']}"
        for one in metric["Dimensions"]
    )
    return f"{statistic} of {metric['Namespace']} {metric['MetricName']} of {dimensions}"


def test_every_alarm_of_ours_reads_what_a_function_measures() -> None:
    written = "\n".join(path.read_text() for path in (ROOT / "functions/handlers").glob("*.py"))
    alarms = evaluate(read(), LIVE).of("AWS::CloudWatch::Alarm").values()
    ours = [one for one in alarms if one["Namespace"] == NAMESPACE]
    assert len(ours) >= 9
    for alarm in ours:
        portal, *service = alarm["Dimensions"]
        assert portal == {"Name": "portal", "Value": LIVE["Origin"]}, "not another portal's"
        assert [one["Name"] for one in service] == ["service"]
        assert f'"{alarm["MetricName"]}"' in written
        assert (ROOT / f"functions/handlers/{service[0]['Value']}.py").exists()


def test_one_page_shows_the_night_by_metrics_that_are_written(stack: Stack) -> None:
    """A line is of something that an alarm reads too; a metric of ours is one that code names."""
    written = "\n".join(path.read_text() for path in (ROOT / "functions/handlers").glob("*.py"))
    widgets = json.loads(only(stack, "AWS::CloudWatch::Dashboard")["DashboardBody"])["widgets"]
    alarms = stack.of("AWS::CloudWatch::Alarm").values()
    sources = {(one["Namespace"], *_parts(one["Dimensions"])) for one in alarms}
    for widget in (one["properties"] for one in widgets):
        assert widget["region"] == "${AWS::Region}"
        named = [line for line in widget["metrics"] if isinstance(line[0], str)]
        ids = {line[-1]["id"] for line in named if isinstance(line[-1], dict)}
        for namespace, name, *of in ([x for x in line if isinstance(x, str)] for line in named):
            assert (namespace, *of) in sources, name
            assert namespace != NAMESPACE or f'"{name}"' in written
        for (share,) in (line for line in widget["metrics"] if line not in named):
            assert set(re.findall(r"[a-z]+", share["expression"])) <= ids
    assert len({one["properties"]["title"] for one in widgets}) == len(widgets) == 6


def _parts(dimensions: list[dict[str, Any]]) -> list[str]:
    return [part for one in dimensions for part in (one["Name"], one["Value"])]


def test_log_lines_end_and_alarms_reach_the_address_that_was_given(stack: Stack) -> None:
    groups = stack.of("AWS::Logs::LogGroup")
    assert groups.keys() == {f"{name}Log" for name in FUNCTIONS}
    assert {one["RetentionInDays"] for one in groups.values()} == {stack.values["LogDays"]}
    address = stack.values["AlarmEmail"]
    assert only(stack, "AWS::SNS::Topic").get("Subscription", []) == (
        [{"Protocol": "email", "Endpoint": address}] if address else []
    )
