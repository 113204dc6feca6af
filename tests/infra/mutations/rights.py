"""Faults in what roles may do."""

from __future__ import annotations

from tests.infra.mutations.planting import (
    Mutation,
    add,
    arn,
    below,
    drop,
    new,
    put,
    ref,
    say,
    unsay,
)

MUTATIONS: dict[str, Mutation] = {
    "submit may do anything with records": say(
        "SubmitPolicy", "KeepStatements", "Action", "dynamodb:*"
    ),
    "submit may put into any partition": unsay("SubmitPolicy", "KeepStatements", "Condition"),
    "submit may put the guard": say(
        "SubmitPolicy",
        "KeepStatements",
        "Condition",
        {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*"]}},
    ),
    "submit may do everything": add("SubmitPolicy", Effect="Allow", Action="*", Resource="*"),
    "submit may do all but one thing": add(
        "SubmitPolicy", Effect="Allow", NotAction="iam:CreateUser", Resource=arn("RecordsTable")
    ),
    "submit writes the order": say(
        "SubmitPolicy", "KeepKeysOfAStatement", "Resource", arn("OrderTable")
    ),
    "submit reads every secret": say("SubmitPolicy", "ReadReceiptKey", "Resource", "*"),
    "submit reads secrets by a pattern": say(
        "SubmitPolicy",
        "ReadReceiptKey",
        "Resource",
        {"Fn::Sub": "arn:aws:secretsmanager:*:${AWS::AccountId}:secret:*"},
    ),
    "submit signs checkpoints": add(
        "SubmitPolicy", Effect="Allow", Action="kms:Sign", Resource=arn("LogKey")
    ),
    "sequence writes the whole bucket": say(
        "SequencePolicy", "WriteLog", "Resource", below("PublicBucket", "*")
    ),
    "sequence deletes objects": say(
        "SequencePolicy", "WriteLog", "Action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    ),
    "sequence deletes records": say(
        "SequencePolicy",
        "DropMarksOfWhatHasAPlace",
        "Condition",
        {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["pending#*", "leaf#*"]}},
    ),
    "sequence deletes the order": add(
        "SequencePolicy", Effect="Allow", Action="dynamodb:DeleteItem", Resource=arn("OrderTable")
    ),
    "sequence drops its table": add(
        "SequencePolicy", Effect="Allow", Action="dynamodb:DeleteTable", Resource=arn("OrderTable")
    ),
    "sequence signs with any algorithm": say(
        "SequencePolicy",
        "SignCheckpoints",
        "Condition",
        {"StringEquals": {"kms:MessageType": "RAW"}},
    ),
    "publish writes the log": unsay("PublishPolicy", "OnlySequenceWritesTheLog"),
    "publish may only not write one file of the log": say(
        "PublishPolicy",
        "OnlySequenceWritesTheLog",
        "Resource",
        below("PublicBucket", "log/checkpoint"),
    ),
    "publish writes all objects of all buckets": say(
        "PublishPolicy", "WriteSite", "Resource", "arn:aws:s3:::*"
    ),
    "publish writes records": say(
        "PublishPolicy", "WriteRegister", "Resource", arn("RecordsTable")
    ),
    "publish deletes from the register": say(
        "PublishPolicy", "WriteRegister", "Action", ["dynamodb:GetItem", "dynamodb:DeleteItem"]
    ),
    "watch may publish a metric of its own": add(
        "WatchPolicy", Effect="Allow", Action="cloudwatch:PutMetricData", Resource="*"
    ),
    "watch writes into all logs": say("WatchPolicy", "WriteOwnLines", "Resource", "*"),
    "a clock calls every function": say("ClockPolicy", "Call", "Resource", "*"),
    "a clock calls submit": say("ClockPolicy", "Call", "Resource", [arn("Submit"), arn("Watch")]),
    "a role has a policy of AWS's": put(
        "SubmitRole", "ManagedPolicyArns", ["arn:aws:iam::aws:policy/AdministratorAccess"]
    ),
    "a role has a policy inside": put(
        "WatchRole",
        "Policies",
        [
            {
                "PolicyName": "more",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "s3:PutObject",
                            "Resource": below("PublicBucket", "log/*"),
                        }
                    ],
                },
            }
        ],
    ),
    "anybody in the account takes a role": put(
        "SequenceRole",
        "AssumeRolePolicyDocument.Statement.0.Principal",
        {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
    ),
    "anybody takes a role": put(
        "PublishRole", "AssumeRolePolicyDocument.Statement.0.Principal", "*"
    ),
    "another service takes a role too": put(
        "SequenceRole",
        "AssumeRolePolicyDocument.Statement.0.Principal",
        {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]},
    ),
    "the clock of another account": drop(
        "ClockRole", "AssumeRolePolicyDocument.Statement.0.Condition"
    ),
    "a role without its boundary": drop("PublishRole", "PermissionsBoundary"),
    "a policy for two roles": put(
        "SequencePolicy", "Roles", [ref("SequenceRole"), ref("SubmitRole")]
    ),
    "two functions share a role": put("Watch", "Role", arn("SequenceRole")),
    "SAM makes a function's role": drop("Submit", "Role"),
    "SAM adds a policy": put("Publish", "Policies", ["AmazonS3FullAccess"]),
    "SAM adds a policy from its templates": put(
        "Publish", "Policies", [{"DynamoDBCrudPolicy": {"TableName": ref("OrderTabel")}}]
    ),
    "a connector gives rights": new(
        "Wire",
        "AWS::Serverless::Connector",
        Source={"Id": "Submit"},
        Destination={"Id": "OrderTable"},
        Permissions=["Write"],
    ),
    "a user with a key": new("Helper", "AWS::IAM::User", UserName="helper"),
    "a policy on the side": new(
        "More",
        "AWS::IAM::ManagedPolicy",
        Roles=[ref("WatchRole")],
        PolicyDocument={
            "Version": "2012-10-17",
            "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
        },
    ),
    "an old version of the policy language": put(
        "SubmitPolicy", "PolicyDocument.Version", "2008-10-17"
    ),
}
