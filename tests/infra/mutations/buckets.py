"""Faults in buckets and their policies."""

from __future__ import annotations

from tests.infra.mutations.planting import (
    Mutation,
    add,
    arn,
    below,
    drop,
    new,
    part,
    put,
    ref,
    say,
    unsay,
    without,
)

MUTATIONS: dict[str, Mutation] = {
    "a bucket takes public policies": put(
        "PublicBucket", "PublicAccessBlockConfiguration.BlockPublicPolicy", False
    ),
    "a bucket without the block": drop("StateBucket", "PublicAccessBlockConfiguration"),
    "one of four blocks is missing": drop(
        "PublicBucket", "PublicAccessBlockConfiguration.RestrictPublicBuckets"
    ),
    "a public list of rights": put("PublicBucket", "AccessControl", "PublicRead"),
    "writers own their objects": put(
        "PublicBucket", "OwnershipControls.Rules.0.ObjectOwnership", "ObjectWriter"
    ),
    "versions are suspended": put("PublicBucket", "VersioningConfiguration.Status", "Suspended"),
    "versions are not kept": drop("StateBucket", "VersioningConfiguration"),
    "no encryption": drop("StateBucket", "BucketEncryption"),
    "no lock": drop("PublicBucket", "ObjectLockConfiguration"),
    "no lock from the beginning": put("PublicBucket", "ObjectLockEnabled", False),
    "always governance": put(
        "PublicBucket", "ObjectLockConfiguration.Rule.DefaultRetention.Mode", "GOVERNANCE"
    ),
    "locked for a day": put(
        "PublicBucket", "ObjectLockConfiguration.Rule.DefaultRetention.Days", 1
    ),
    "old versions expire": put(
        "PublicBucket",
        "LifecycleConfiguration.Rules.0.NoncurrentVersionExpiration",
        {"NoncurrentDays": 1},
    ),
    "pages expire": put("PublicBucket", "LifecycleConfiguration.Rules.0.ExpirationInDays", 7),
    "the bucket goes with its stack": part("PublicBucket", "DeletionPolicy", "Delete"),
    "the bucket goes when it is replaced": part("StateBucket", "UpdateReplacePolicy"),
    "a web site beside the front": put(
        "PublicBucket", "WebsiteConfiguration", {"IndexDocument": "index.html"}
    ),
    "a copy goes elsewhere": put(
        "PublicBucket", "ReplicationConfiguration", {"Role": "arn:aws:iam::1:role/x", "Rules": []}
    ),
    "any origin reads the bucket": put("PublicBucket", "CorsConfiguration", {"CorsRules": []}),
    "a third bucket": new("Uploads", "AWS::S3::Bucket"),
    "everybody reads the bucket": say("PublicBucketPolicy", "FrontReads", "Principal", "*"),
    "everybody reads it, said otherwise": say(
        "PublicBucketPolicy", "FrontReads", "Principal", {"AWS": "*"}
    ),
    "every front reads the bucket": unsay("PublicBucketPolicy", "FrontReads", "Condition"),
    "the front reads state": add(
        "StateBucketPolicy",
        Effect="Allow",
        Principal={"Service": "cloudfront.amazonaws.com"},
        Action="s3:GetObject",
        Resource=below("StateBucket", "*"),
    ),
    "writes without a condition": unsay("PublicBucketPolicy", "WritesAreConditional"),
    "writes without a condition into state": unsay("StateBucketPolicy", "WritesAreConditional"),
    "one condition less": say(
        "PublicBucketPolicy", "WritesAreConditional", "Condition", {"Null": {"s3:if-match": "true"}}
    ),
    "the condition is turned": say(
        "PublicBucketPolicy",
        "WritesAreConditional",
        "Condition",
        {"Null": {"s3:if-none-match": "false", "s3:if-match": "false"}},
    ),
    "conditions for pages only": say(
        "PublicBucketPolicy", "WritesAreConditional", "Resource", below("PublicBucket", "bukti/*")
    ),
    "tiles can be replaced": unsay("PublicBucketPolicy", "WrittenOnce"),
    "proofs can be replaced": say(
        "PublicBucketPolicy", "WrittenOnce", "Resource", [below("PublicBucket", "log/tile/*")]
    ),
    "anybody writes the log": unsay("PublicBucketPolicy", "OnlySequenceWritesTheLog"),
    "publish may write the log": say(
        "PublicBucketPolicy",
        "OnlySequenceWritesTheLog",
        "Condition",
        {"StringNotEquals": {"aws:PrincipalArn": [arn("SequenceRole"), arn("PublishRole")]}},
    ),
    "anybody writes the site": unsay("PublicBucketPolicy", "OnlyPublishWritesTheSite"),
    "plain connections": unsay("PublicBucketPolicy", "OnlyTls"),
    "plain connections for objects": say(
        "StateBucketPolicy", "OnlyTls", "Resource", arn("StateBucket")
    ),
    "plain connections, turned": say(
        "PublicBucketPolicy", "OnlyTls", "Condition", {"Bool": {"aws:SecureTransport": "true"}}
    ),
    "objects can be deleted": unsay("PublicBucketPolicy", "NobodyDeletes"),
    "only some may not delete": say(
        "PublicBucketPolicy", "NobodyDeletes", "Principal", {"AWS": arn("PublishRole")}
    ),
    "versions can be deleted": say(
        "PublicBucketPolicy", "NobodyDeletes", "Action", ["s3:DeleteObject"]
    ),
    "nobody deletes, except some": say(
        "PublicBucketPolicy",
        "NobodyDeletes",
        "Condition",
        {"StringNotEquals": {"aws:PrincipalArn": arn("PublishRole")}},
    ),
    "a Deny becomes an Allow": say("PublicBucketPolicy", "NobodyDeletes", "Effect", "Allow"),
    "a bucket without its policy": without("StateBucketPolicy"),
    "a policy of another bucket": put("StateBucketPolicy", "Bucket", ref("PublicBucket")),
    "whoever has a tag may delete": say(
        "PublicBucketPolicy",
        "NobodyDeletes",
        "Condition",
        {"StringNotEquals": {"aws:PrincipalTag/team": "operasi"}},
    ),
    "whoever has a tag may write the log": say(
        "PublicBucketPolicy",
        "OnlySequenceWritesTheLog",
        "Condition",
        {
            "StringNotEquals": {
                "aws:PrincipalArn": arn("SequenceRole"),
                "aws:PrincipalTag/team": "operasi",
            }
        },
    ),
    "a stranger by name may write without condition": say(
        "StateBucketPolicy",
        "WritesAreConditional",
        "Condition",
        {
            "Null": {"s3:if-none-match": "true", "s3:if-match": "true"},
            "StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/cadangan"},
        },
    ),
}
