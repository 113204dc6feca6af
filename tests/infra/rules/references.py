"""Rules of the document as a whole: what it names exists, and it holds no part nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.infra.document import Document, as_dict, as_list, references
from tests.infra.pattern import mismatches

INVENTORY = {
    "AWS::CloudFront::CachePolicy": "FilesCache",
    "AWS::CloudFront::Distribution": "Front Gate",
    "AWS::CloudFront::Function": "Folders",
    "AWS::CloudFront::OriginAccessControl": "FilesAccess",
    "AWS::CloudFront::ResponseHeadersPolicy": "FilesHeaders SummaryHeaders",
    "AWS::CloudWatch::Alarm": (
        "SubmitFails SubmitThrottled SubmitUnavailable ApiErrors SequenceFails SequenceSilent "
        "SequenceConflicts PendingAge CheckpointAge PublishFails PublishSilent PublishBehind "
        "SequenceBellsLost PublishBellsLost SequenceBellsWait PublishBellsWait WatchFindings "
        "WatchUndecided WatchAudits WatchBehind WatchFails WatchSilent"
    ),
    "AWS::DynamoDB::Table": "RecordsTable OrderTable RegisterTable",
    "AWS::IAM::Policy": "SubmitPolicy SequencePolicy PublishPolicy WatchPolicy ClockPolicy",
    "AWS::IAM::Role": "SubmitRole SequenceRole PublishRole WatchRole ClockRole",
    "AWS::KMS::Key": "LogKey",
    "AWS::Logs::LogGroup": "ApiLog SubmitLog SequenceLog PublishLog WatchLog",
    "AWS::S3::Bucket": "PublicBucket StateBucket",
    "AWS::S3::BucketPolicy": "PublicBucketPolicy StateBucketPolicy",
    "AWS::SNS::Topic": "AlarmTopic",
    "AWS::SNS::TopicPolicy": "AlarmTopicPolicy",
    "AWS::SQS::Queue": "SequenceQueue SequenceLost PublishQueue PublishLost",
    "AWS::SQS::QueuePolicy": (
        "SequenceQueuePolicy SequenceLostPolicy PublishQueuePolicy PublishLostPolicy"
    ),
    "AWS::SecretsManager::ResourcePolicy": "ReceiptKeyPolicy",
    "AWS::SecretsManager::Secret": "ReceiptKey",
    "AWS::Serverless::Function": "Submit Sequence Publish Watch",
    "AWS::Serverless::HttpApi": "Api",
}
"""Everything there is, by type; a new resource is written here first, with rules of its own."""

ATTRIBUTES = {
    "AWS::CloudFront::CachePolicy": "Id",
    "AWS::CloudFront::Distribution": "DomainName Id",
    "AWS::CloudFront::Function": "FunctionMetadata.FunctionARN",
    "AWS::CloudFront::OriginAccessControl": "Id",
    "AWS::DynamoDB::Table": "Arn",
    "AWS::IAM::Role": "Arn",
    "AWS::KMS::Key": "Arn",
    "AWS::Logs::LogGroup": "Arn",
    "AWS::S3::Bucket": "Arn RegionalDomainName",
    "AWS::SQS::Queue": "Arn QueueName",
    "AWS::Serverless::Function": "Arn",
}
"""What `GetAtt` may ask of a type, and what `Sub` may name after a dot."""

RETAINED = (
    "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy", "AWS::SecretsManager::ResourcePolicy", "AWS::SecretsManager::Secret",
)  # fmt: skip
"""What outlives the stack: evidence, keys, and the policies that guard them."""

_SECTIONS = {
    "AWSTemplateFormatVersion", "Transform", "Description", "Metadata", "Parameters", "Mappings",
    "Rules", "Conditions", "Globals", "Resources", "Outputs",
}  # fmt: skip
_PARTS = {"Type", "Properties", "DeletionPolicy", "UpdateReplacePolicy", "DependsOn", "Metadata"}
_INTRINSIC = {"Ref", "Fn::GetAtt", "Fn::Sub", "Fn::If", "Fn::FindInMap", "Fn::Equals", "Fn::Not"}
_PSEUDO = {
    "AWS::AccountId", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackName",
    "AWS::URLSuffix",
}  # fmt: skip


def sections(document: Document) -> Iterator[str]:
    """The document has its parts and no other; one transform, SAM's."""
    for name in _SECTIONS - document.keys():
        yield f"the section {name} is missing"
    for name in document.keys() - _SECTIONS:
        yield f"the section {name} is not expected"
    yield from mismatches(document.get("Transform"), "AWS::Serverless-2016-10-31", "Transform")
    yield from mismatches(
        document.get("AWSTemplateFormatVersion"), "2010-09-09", "AWSTemplateFormatVersion"
    )
    ignored = {"cfn-lint": {"config": {"ignore_checks": ["W3002"]}}}
    yield from mismatches(document.get("Metadata"), ignored, "Metadata")
    yield from mismatches(list(as_dict(document.get("Globals"))), ["Function"], "Globals")


def names_exist(document: Document) -> Iterator[str]:
    """Every name that is referred to exists, with the attribute asked of it; no option is idle."""
    resources = as_dict(document.get("Resources"))
    plain = resources.keys() | as_dict(document.get("Parameters")).keys() | _PSEUDO
    conditions = {f"condition {name}" for name in as_dict(document.get("Conditions"))}
    used = set()
    for section in ("Globals", "Resources", "Conditions", "Rules", "Outputs"):
        for name, attribute in references(document.get(section)):
            if section != "Rules":
                used.add(name)
            if name not in plain | conditions:
                yield f"{section} refers to {name}, which does not exist"
            elif attribute:
                kind = as_dict(resources.get(name)).get("Type", "")
                if attribute not in ATTRIBUTES.get(kind, "").split():
                    yield f"{section} asks {name} for {attribute}, which {kind or 'it'} lacks"
    for name in (as_dict(document.get("Parameters")).keys() | conditions) - used:
        yield f"{name} changes nothing"


def intrinsics(document: Document) -> Iterator[str]:
    """Only the functions that the rules can read are used, each alone in its mapping."""

    todo: list[tuple[Any, tuple[Any, ...]]] = [(document, ())]
    while todo:
        value, place = todo.pop()
        if isinstance(value, list):
            todo += [(item, (*place, at)) for at, item in enumerate(value)]
        elif isinstance(value, dict):
            named = {k for k in value if k == "Ref" or str(k).startswith("Fn::")}
            if named and (len(value) > 1 or named - _INTRINSIC):
                yield f"{'.'.join(map(str, place))} uses {sorted(map(str, named))} as nobody reads"
            if "Fn::Sub" in value and not _is_sub(value["Fn::Sub"]):
                yield f"{'.'.join(map(str, place))}: a Sub with more than it says"
            todo += [(item, (*place, key)) for key, item in value.items()]


def _is_sub(argument: Any) -> bool:
    """Tell whether a Sub is a text, or a text with values that it uses."""
    if isinstance(argument, str):
        return True
    text, own = argument if isinstance(argument, list) and len(argument) == 2 else (None, None)
    return (
        isinstance(text, str)
        and isinstance(own, dict)
        and all(f"${{{name}}}" in text for name in own)
    )


def inventory(document: Document) -> Iterator[str]:
    """The resources are those of the inventory, each with its type."""
    wanted = {name: kind for kind, names in INVENTORY.items() for name in names.split()}
    found = {
        name: as_dict(one).get("Type") for name, one in as_dict(document.get("Resources")).items()
    }
    for name in wanted.keys() | found.keys():
        if name not in wanted or wanted[name] != found.get(name):
            yield f"{name} is {found.get(name)}, the inventory says {wanted.get(name)}"


def lifetimes(document: Document) -> Iterator[str]:
    """Evidence and keys outlive the stack; nothing is conditional; parts are known."""
    for name, one in as_dict(document.get("Resources")).items():
        for part in as_dict(one).keys() - _PARTS:
            yield f"{name} has the part {part}, which no rule reads"
        kept = as_dict(one).get("Type") in RETAINED
        for part in ("DeletionPolicy", "UpdateReplacePolicy"):
            if as_dict(one).get(part) != ("Retain" if kept else None):
                yield f"{name}: {part} is {as_dict(one).get(part)}"
        ignored = as_dict(one).get("Metadata")
        if ignored not in (None, {"cfn-lint": {"config": {"ignore_checks": ["W1030"]}}}):
            yield f"{name} has metadata that silences more than one check"
        if ignored is not None and name not in ("Front", "Gate"):
            yield f"{name} silences a linter"


def dependencies(document: Document) -> Iterator[str]:
    """A function waits for its policy, or its first events would be refused."""
    for name, one in as_dict(document.get("Resources")).items():
        is_function = as_dict(one).get("Type") == "AWS::Serverless::Function"
        wanted = [f"{name}Policy"] if is_function else []
        if as_list(as_dict(one).get("DependsOn")) != wanted:
            yield f"{name} depends on {as_dict(one).get('DependsOn')}, want {wanted}"


RULES = (sections, names_exist, intrinsics, inventory, lifetimes, dependencies)
