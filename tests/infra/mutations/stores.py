"""Faults in tables, keys and queues."""

from __future__ import annotations

from tests.infra.mutations.planting import (
    Mutation,
    add,
    arn,
    drop,
    part,
    put,
    ref,
    say,
    unsay,
    without,
)

MUTATIONS: dict[str, Mutation] = {
    "tables of two portals share their name": put("OrderTable", "TableName", "rekap-order"),
    "another set leaves one table behind": put(
        "RegisterTable", "TableName", {"Fn::Sub": "${AWS::StackName}-register-1"}
    ),
    "no way back in time": put(
        "OrderTable", "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", False
    ),
    "a table without a way back": drop("RecordsTable", "PointInTimeRecoverySpecification"),
    "a table may be deleted": put("OrderTable", "DeletionProtectionEnabled", False),
    "a table goes with its stack": part("OrderTable", "DeletionPolicy"),
    "a table is not encrypted": drop("RegisterTable", "SSESpecification"),
    "records expire": put(
        "RecordsTable", "TimeToLiveSpecification", {"AttributeName": "received_at", "Enabled": True}
    ),
    "a stream of records": put(
        "RecordsTable", "StreamSpecification", {"StreamViewType": "NEW_IMAGE"}
    ),
    "anybody writes the order": unsay("OrderTable", "OnlyFunctionsWrite"),
    "publish may write the order": say(
        "OrderTable",
        "OnlyFunctionsWrite",
        "Condition",
        {
            "StringNotEquals": {
                "aws:PrincipalArn": [arn("SequenceRole"), arn("PublishRole"), ref("BreakGlass")]
            }
        },
    ),
    "anybody drops a table": unsay("RecordsTable", "NobodyDrops"),
    "another account reads records": add(
        "RecordsTable",
        Effect="Allow",
        Principal={"AWS": "arn:aws:iam::999999999999:root"},
        Action="dynamodb:GetItem",
        Resource="*",
    ),
    "tables are swapped": put(
        "Sequence", "Environment.Variables.REKAP_ORDER_TABLE", ref("RegisterTable")
    ),
    "the account signs": say(
        "LogKey", "AdministratorsManage", "Action", ["kms:Sign", "kms:DescribeKey"]
    ),
    "administrators do everything": say("LogKey", "AdministratorsManage", "Action", "kms:*"),
    "everybody manages the key": say("LogKey", "AdministratorsManage", "Principal", "*"),
    "the key signs digests": unsay("LogKey", "SequenceSigns", "Condition"),
    "the key signs with any message type": say(
        "LogKey",
        "SequenceSigns",
        "Condition",
        {"StringEquals": {"kms:SigningAlgorithm": "ED25519_SHA_512"}},
    ),
    "publish signs": say("LogKey", "SequenceSigns", "Principal", {"AWS": arn("PublishRole")}),
    "others may sign": unsay("LogKey", "NobodyElseSigns"),
    "grants give the right to sign": say("LogKey", "NobodyElseSigns", "Action", ["kms:Sign"]),
    "anybody ends the key": unsay("LogKey", "NobodyElseEndsTheKey"),
    "administrators end the key": add(
        "LogKey",
        Effect="Allow",
        Principal={"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
        Action="kms:ScheduleKeyDeletion",
        Resource="*",
    ),
    "a key that no log client reads": put("LogKey", "KeySpec", "ECC_NIST_P256"),
    "a key for encryption": put("LogKey", "KeyUsage", "ENCRYPT_DECRYPT"),
    "a key that ends in a week": put("LogKey", "PendingWindowInDays", 7),
    "a key that is off": put("LogKey", "Enabled", False),
    "a key in every region": put("LogKey", "MultiRegion", True),
    "the key goes with its stack": part("LogKey", "DeletionPolicy", "Delete"),
    "no check of the key's policy": put("LogKey", "BypassPolicyLockoutSafetyCheck", True),
    "a receipt key in plain text": put(
        "ReceiptKey", "SecretString", "9d61b19deffd5a60ba844af492ec2cc4"
    ),
    "a receipt key made by AWS": put("ReceiptKey", "GenerateSecretString", {"PasswordLength": 64}),
    "anybody reads the receipt key": unsay("ReceiptKeyPolicy", "OnlySubmitReads"),
    "sequence reads the receipt key": say(
        "ReceiptKeyPolicy",
        "OnlySubmitReads",
        "Condition",
        {"StringNotEquals": {"aws:PrincipalArn": [arn("SubmitRole"), arn("SequenceRole")]}},
    ),
    "a secret open to policies of the public": put("ReceiptKeyPolicy", "BlockPublicPolicy", False),
    "a secret in a variable": put(
        "Submit", "Environment.Variables.REKAP_RECEIPT_SECRET", "9d61b19deffd5a60"
    ),
    "a queue without a dead-letter queue": drop("SequenceQueue", "RedrivePolicy"),
    "two queues share one": put(
        "PublishQueue", "RedrivePolicy.deadLetterTargetArn", arn("SequenceLost")
    ),
    "a bell is lost at the first failure": put("SequenceQueue", "RedrivePolicy.maxReceiveCount", 1),
    "plain connections to a queue": unsay("PublishQueuePolicy", "OnlyTls"),
    "plain connections to lost bells": unsay("SequenceLostPolicy", "OnlyTls"),
    "anybody rings": unsay("SequenceQueuePolicy", "OnlyFunctionsRing"),
    "another account rings": add(
        "SequenceQueuePolicy",
        Effect="Allow",
        Principal={"AWS": "999999999999"},
        Action="sqs:SendMessage",
        Resource=arn("SequenceQueue"),
    ),
    "everybody rings": add(
        "PublishQueuePolicy",
        Effect="Allow",
        Principal="*",
        Action="sqs:SendMessage",
        Resource=arn("PublishQueue"),
    ),
    "a queue is not encrypted": put("PublishQueue", "SqsManagedSseEnabled", False),
    "a message comes back too soon": put("PublishQueue", "VisibilityTimeout", 30),
    "a queue without a policy": without("PublishLostPolicy"),
}
