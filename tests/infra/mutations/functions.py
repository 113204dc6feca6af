"""Faults in what runs and what wakes it."""

from __future__ import annotations

from tests.infra.mutations.planting import Mutation, arn, drop, new, put, ref

MUTATIONS: dict[str, Mutation] = {
    "a function with an address of its own": put(
        "Submit", "FunctionUrlConfig", {"AuthType": "NONE"}
    ),
    "an address on the side": new(
        "Side", "AWS::Lambda::Url", AuthType="NONE", TargetFunctionArn=ref("Submit")
    ),
    "anybody calls a function": new(
        "Call",
        "AWS::Lambda::Permission",
        Action="lambda:InvokeFunction",
        FunctionName=ref("Sequence"),
        Principal="*",
    ),
    "another handler": put("Submit", "Handler", "handlers.sequence.handle"),
    "a handler that is missing": put("Watch", "Handler", "handlers.watch.handel"),
    "a runtime without support": put("Publish", "Runtime", "python3.9"),
    "a layer of somebody": put("Sequence", "Layers", ["arn:aws:lambda:ap-southeast-3:1:layer:x:1"]),
    "a package from the network": put("Sequence", "CodeUri", "s3://elsewhere/lambda.zip"),
    "a queue that is not its own": put(
        "Publish", "Events.Bell.Properties.Queue", arn("SequenceQueue")
    ),
    "no partial failures": drop("Sequence", "Events.Bell.Properties.FunctionResponseTypes"),
    "no schedule": drop("Sequence", "Events.Minute"),
    "a slow schedule": put(
        "Publish", "Events.Minute.Properties.ScheduleExpression", "rate(1 hour)"
    ),
    "a schedule that is off": put("Sequence", "Events.Minute.Properties.State", "DISABLED"),
    "a schedule with SAM's role": drop("Watch", "Events.Minute.Properties.RoleArn"),
    "an audit that no parameter moves": put(
        "Watch", "Events.Whole.Properties.ScheduleExpression", "rate(1 day)"
    ),
    "no whole audit": drop("Watch", "Events.Whole.Properties.Input"),
    "a route more": put(
        "Submit",
        "Events.More",
        {
            "Type": "HttpApi",
            "Properties": {"ApiId": ref("Api"), "Method": "ANY", "Path": "/{proxy+}"},
        },
    ),
    "an event of another bucket": put(
        "Publish", "Events.More", {"Type": "S3", "Properties": {"Bucket": ref("PublicBucket")}}
    ),
    "a fifth function": new("Fifth", "AWS::Serverless::Function", Handler="handlers.submit.handle"),
    "sequence stops after sixteen bells": drop("Sequence", "RecursiveLoop"),
    "more sequencers than two": put("Sequence", "ReservedConcurrentExecutions", 10),
    "lines that no group takes": drop("Publish", "LoggingConfig"),
    "lines in another's group": put("Watch", "LoggingConfig.LogGroup", ref("ApiLog")),
    "traces": put("Submit", "Tracing", "Active"),
    "a variable that nobody reads": put(
        "Publish", "Environment.Variables.REKAP_ORDER_TABLE", ref("OrderTable")
    ),
    "publish gets the log key": put("Publish", "Environment.Variables.REKAP_KEYS", "log"),
    "watch looks elsewhere": put(
        "Watch", "Environment.Variables.REKAP_SITE", "https://lain.example/"
    ),
    "a variable for all": lambda d: d["Globals"]["Function"]["Environment"]["Variables"].update(
        {"AWS_ENDPOINT_URL": "https://jahat.example"}
    ),
    "a reference for all that dangles": lambda d: d["Globals"]["Function"]["Environment"][
        "Variables"
    ].update({"REKAP_DIR": ref("Directori")}),
    "a policy for all": lambda d: d["Globals"]["Function"].update(
        {"Policies": ["AdministratorAccess"]}
    ),
    "a public IP for all": lambda d: d["Globals"]["Function"].update(
        {"VpcConfig": {"SubnetIds": ["subnet-1"]}}
    ),
    "pages are kept for a year": lambda d: d["Globals"]["Function"]["Environment"][
        "Variables"
    ].update({"REKAP_CACHE_CONTROL": "* max-age=31536000, immutable\n"}),
}
