"""Faults that look like care: another operator, another spelling, one letter in a pattern."""

from __future__ import annotations

from tests.infra.mutations.planting import (
    Mutation,
    add,
    arn,
    drop,
    everywhere,
    part,
    properties,
    put,
    ref,
    say,
    statement,
    unsay,
)

_FRONTS = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}"
_SPARED = {"StringNotEquals": {"aws:PrincipalArn": ref("BreakGlass")}}

MUTATIONS: dict[str, Mutation] = {
    # rights of roles
    "a prefix without its slash": say(
        "PublishPolicy", "WriteSite", "Resource", {"Fn::Sub": "${PublicBucket.Arn}*"}
    ),
    "an action with a star at its end": say(
        "SequencePolicy", "ReadOrder", "Action", ["dynamodb:Get*"]
    ),
    "an action in other letters": add(
        "SubmitPolicy", Effect="Allow", Action="DynamoDB:DELETEITEM", Resource=arn("RecordsTable")
    ),
    "a key pattern that takes the guard": say(
        "SubmitPolicy",
        "KeepStatements",
        "Condition",
        {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["leaf#*", "pending#*", "g*"]}},
    ),
    "a condition on any value": say(
        "SequencePolicy",
        "DropMarksOfWhatHasAPlace",
        "Condition",
        {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["pending#*"]}},
    ),
    "a condition only if there is a key": say(
        "SequencePolicy",
        "SignCheckpoints",
        "Condition",
        {"StringEqualsIfExists": {"kms:MessageType": "RAW"}},
    ),
    "all resources but one": lambda d: statement(d, "WatchPolicy", "WriteOwnLines").update(
        {"NotResource": statement(d, "WatchPolicy", "WriteOwnLines").pop("Resource")}
    ),
    "publish reads the old versions": say(
        "PublishPolicy", "WriteSite", "Action", ["s3:GetObject", "s3:PutObject", "s3:GetObject*"]
    ),
    "a function that passes roles": add(
        "SequencePolicy", Effect="Allow", Action="iam:PassRole", Resource=arn("PublishRole")
    ),
    "a clock for lambda too": put(
        "ClockRole",
        "AssumeRolePolicyDocument.Statement.0.Principal.Service",
        ["scheduler.amazonaws.com", "lambda.amazonaws.com"],
    ),
    "a role with a longer session": put("PublishRole", "MaxSessionDuration", 43_200),
    # guards
    "all but one role are refused": lambda d: statement(
        d, "OrderTable", "OnlyFunctionsWrite"
    ).update({"NotPrincipal": {"AWS": arn("SequenceRole")}}),
    "writers by a pattern": say(
        "RegisterTable",
        "OnlyFunctionsWrite",
        "Condition",
        {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*Publish*"}},
    ),
    "only strangers that have a name are refused": say(
        "PublicBucketPolicy",
        "OnlyPublishWritesTheSite",
        "Condition",
        {"StringNotEqualsIfExists": {"aws:PrincipalArn": arn("PublishRole")}},
    ),
    "either header is enough to be refused": say(
        "PublicBucketPolicy",
        "WritesAreConditional",
        "Condition",
        {"Null": {"s3:if-none-match": "true"}},
    ),
    "records may expire": say("RecordsTable", "NobodyDrops", "Action", "dynamodb:DeleteTable"),
    "pages may expire": unsay("PublicBucketPolicy", "NobodyLetsExpire"),
    "state may expire, said of the objects": say(
        "StateBucketPolicy", "NobodyLetsExpire", "Resource", {"Fn::Sub": "${StateBucket.Arn}/*"}
    ),
    "break-glass may delete objects": say(
        "PublicBucketPolicy", "NobodyDeletes", "Condition", _SPARED
    ),
    "the lock is left to whoever puts": say(
        "PublicBucketPolicy",
        "NobodyDeletes",
        "Action",
        [
            "s3:BypassGovernanceRetention",
            "s3:DeleteBucket",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:PutBucketAcl",
            "s3:PutObjectAcl",
            "s3:PutObjectVersionAcl",
        ],
    ),
    "the gate reads the files": say(
        "PublicBucketPolicy",
        "FrontReads",
        "Condition",
        {"StringEquals": {"aws:SourceArn": {"Fn::Sub": f"{_FRONTS}:distribution/${{Gate}}"}}},
    ),
    "every front of the account reads the files": say(
        "PublicBucketPolicy",
        "FrontReads",
        "Condition",
        {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}},
    ),
    # the key and the secret
    "the key's managers may copy it": lambda d: statement(d, "LogKey", "AdministratorsManage")[
        "Action"
    ].append("kms:ReplicateKey"),
    "a service of the account signs": say(
        "LogKey", "SequenceSigns", "Principal", {"Service": "lambda.amazonaws.com"}
    ),
    "the key may be used through another service": say(
        "LogKey",
        "NobodyElseSigns",
        "Condition",
        {
            "StringNotEquals": {
                "aws:PrincipalArn": arn("SequenceRole"),
                "kms:ViaService": "secretsmanager.ap-southeast-3.amazonaws.com",
            }
        },
    ),
    "administrators read the receipt key": say(
        "ReceiptKeyPolicy",
        "OnlySubmitReads",
        "Condition",
        {"StringNotEquals": {"aws:PrincipalArn": [arn("SubmitRole"), ref("KeyAdministrator")]}},
    ),
    "the secret is copied to another region": put(
        "ReceiptKey", "ReplicaRegions", [{"Region": "ap-southeast-1"}]
    ),
    # what runs
    "failed calls go to a stranger": put(
        "Sequence",
        "EventInvokeConfig.DestinationConfig",
        {"OnFailure": {"Type": "SQS", "Destination": "arn:aws:sqs:ap-southeast-3:999999999999:x"}},
    ),
    "a route of Lambda's own choosing": put("Api", "DefinitionBody", {"openapi": "3.0.1"}),
    "the API's default route": put(
        "Submit",
        "Events.Rest",
        {"Type": "HttpApi", "Properties": {"ApiId": ref("Api")}},
    ),
    "a throttle of zero means none": lambda d: properties(d, "Api")["RouteSettings"][
        "POST /v1/statements"
    ].update({"ThrottlingRateLimit": 0}),
    "both keys for one function": put("Submit", "Environment.Variables.REKAP_KEYS", "receipt log"),
    "watch believes a mirror that it is told": put(
        "Watch", "Environment.Variables.REKAP_SITE", {"Fn::Sub": "https://${UploadDomain}/"}
    ),
    "a dead-letter queue that takes from all": put(
        "SequenceLost", "RedriveAllowPolicy", {"redrivePermission": "allowAll"}
    ),
    # alarms and the document
    "an alarm is lost in an average": put("CheckpointAge", "Statistic", "Average"),
    "an alarm that waits for five of five": put("SequenceFails", "DatapointsToAlarm", 3),
    "an alarm that tells only the end": lambda d: properties(d, "WatchFindings").update(
        {"OKActions": properties(d, "WatchFindings").pop("AlarmActions")}
    ),
    "alarms of all kinds are silenced by one": everywhere(
        "Resources",
        Quiet={
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {"AlarmRule": "FALSE", "ActionsEnabled": False},
        },
    ),
    "lines of the API are kept nowhere": put(
        "Api", "AccessLogSettings.DestinationArn", arn("SubmitLog")
    ),
    "a bucket that is kept but not its policy": part("PublicBucketPolicy", "DeletionPolicy"),
    "uploads without the ACL": drop("Gate", "DistributionConfig.WebACLId"),
    "an upload host of somebody": put(
        "Gate", "DistributionConfig.Aliases", ["kirim.jahat.example"]
    ),
    "names that others can use": lambda d: d["Outputs"]["LogKeyArn"].update(
        {"Export": {"Name": "rekap-log-key"}}
    ),
    "a parameter that AWS looks up": everywhere(
        "Parameters",
        Kode={
            "Type": "AWS::SSM::Parameter::Value<String>",
            "Default": "/rekap/kode",
            "Description": "Where the code is kept",
        },
    ),
}
