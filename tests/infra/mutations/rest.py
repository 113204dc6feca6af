"""Faults in alarms, log lines, options and the document itself."""

from __future__ import annotations

from tests.infra.mutations.planting import (
    Mutation,
    add,
    choose,
    drop,
    everywhere,
    part,
    properties,
    put,
    ref,
    unsay,
    without,
)

MUTATIONS: dict[str, Mutation] = {
    "an alarm calls nobody": drop("SequenceFails", "AlarmActions"),
    "an alarm calls an empty list": put("CheckpointAge", "AlarmActions", []),
    "an alarm that is off": put("WatchFindings", "ActionsEnabled", False),
    "silence is fine": put("SequenceSilent", "TreatMissingData", "notBreaching"),
    "a threshold that is never reached": put("PendingAge", "Threshold", 86_400),
    "an alarm of another thing": put("PublishFails", "Dimensions.0.Value", ref("Submit")),
    "an alarm of nothing": put(
        "PublishBellsLost", "Dimensions.0.Value", {"Fn::GetAtt": ["LostBells", "QueueName"]}
    ),
    "an alarm of a metric nobody writes": put("WatchSilent", "MetricName", "Run"),
    "no alarm for findings": without("WatchFindings"),
    "no alarm for dead letters": without("SequenceBellsLost"),
    "lines are kept for good": drop("SubmitLog", "RetentionInDays"),
    "lines are kept for a day": put("SequenceLog", "RetentionInDays", 1),
    "a function without a group": without("WatchLog"),
    "another account hears alarms": add(
        "AlarmTopicPolicy",
        Effect="Allow",
        Principal={"AWS": "*"},
        Action="sns:Subscribe",
        Resource=ref("AlarmTopic"),
    ),
    "anybody sounds an alarm": unsay("AlarmTopicPolicy", "AlarmsSpeak", "Condition"),
    "a key spec that log clients do not read": choose(
        "KeySpec", "AllowedValues", ["ECC_NIST_EDWARDS25519", "ECC_NIST_P256"]
    ),
    "break-glass for all": choose("BreakGlass", "Default", "*"),
    "break-glass without a pattern": choose("BreakGlass", "AllowedPattern"),
    "no lower bound of days": choose("LockDays", "MinValue"),
    "a lock that can be left out": choose(
        "LockMode", "AllowedValues", ["GOVERNANCE", "COMPLIANCE", "NONE"]
    ),
    "live without a lock": lambda d: d["Rules"].pop("LiveIsLockedForGood"),
    "a condition that is turned": lambda d: d["Conditions"].update(
        {"HasReservations": {"Fn::Not": [d["Conditions"]["HasReservations"]]}}
    ),
    "a branch that is turned": lambda d: properties(d, "Sequence").update(
        {"ReservedConcurrentExecutions": {"Fn::If": ["HasReservations", ref("AWS::NoValue"), 2]}}
    ),
    "a condition that dangles": lambda d: properties(d, "Sequence").update(
        {"ReservedConcurrentExecutions": {"Fn::If": ["HasReserve", 2, ref("AWS::NoValue")]}}
    ),
    "a resource that depends on nothing": part("Submit", "DependsOn", "SubmitPolitic"),
    "a resource on condition": part("PublicBucketPolicy", "Condition", "HasDomain"),
    "an output that dangles": lambda d: d["Outputs"]["Site"].update({"Value": ref("Fronts")}),
    "a macro": lambda d: d.update(Transform=["AWS::Serverless-2016-10-31", "Elsewhere"]),
    "another file included": everywhere("Resources", **{"Fn::Transform": {"Name": "AWS::Include"}}),
    "a secret as a parameter": everywhere(
        "Parameters",
        LogKeySeed={"Type": "String", "NoEcho": True, "Description": "Seed of the log key"},
    ),
    "a linter is silenced": lambda d: d["Metadata"]["cfn-lint"]["config"]["ignore_checks"].append(
        "E3002"
    ),
    "the modes share a place": lambda d: d["Mappings"]["Modes"]["rehearsal"].update({"Base": "/"}),
}
