"""What the documents tell to type on AWS: parameters, outputs and options that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import yaml
from botocore import xform_name
from botocore.validate import validate_parameters
from scripts.stack import template
from tests.infra import console
from tests.infra.document import read
from tests.infra.test_options import CONFIG, DOCUMENT, overrides, takes
from tests.infra.test_waf import DOCUMENT as WAF
from tests.live_portal import ROOT

TEXT = (ROOT / "docs" / "account.md").read_text("utf-8")
CALLS = (ROOT / "tests/portal/store/calls.txt").read_text("utf-8")
COPY = yaml.load((ROOT / "infra/copy.yaml").read_text(), template._Loader)
TEMPLATES = {"infra/template.yaml": DOCUMENT, "infra/waf.yaml": WAF, "infra/copy.yaml": COPY}
EVERYWHERE = {"--output": 1, "--profile": 1, "--query": 1, "--region": 1}
"""Options of `aws` itself."""
SAM = {
    "--capabilities": 1, "--config-env": 1, "--disable-rollback": 0,
    "--no-fail-on-empty-changeset": 0, "--parameter-overrides": None, "--region": 1,
    "--resolve-s3": 0, "--stack-name": 1, "--template-file": 1,
}  # fmt: skip
"""Options of `sam deploy` that are typed, with how many values follow."""


def options(words: tuple[str, ...]) -> dict[str, list[str]]:
    """Each option with what follows it."""
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            assert word not in found, words
            found[word] = []
        else:
            found[list(found)[-1]].append(word)
    return found


def test_every_block_is_typed_and_calls_what_it_shows() -> None:
    shown = set(
        re.findall(
            r"\b(aws [a-z0-9-]+ [a-z0-9-]+|sam deploy|rekap [a-z-]+)", "\n".join(console.blocks())
        )
    )
    assert shown <= {" ".join(one[: 3 if one[0] == "aws" else 2]) for one in console.calls()}


def test_aws_knows_every_command_and_its_arguments() -> None:
    session = botocore.session.get_session()
    models: dict[str, Any] = {}
    for call in dict.fromkeys(one for one in console.calls() if one[0] == "aws"):
        _, service, operation, *rest = call
        if service == "s3":
            assert operation == "sync", call
            continue
        service = service.removesuffix("api")
        model = models.get(service) or session.get_service_model(service)
        models[service] = model
        named = {xform_name(name, "-"): name for name in model.operation_names}
        shape: Any = model.operation_model(named[operation]).input_shape
        members = {xform_name(name, "-"): name for name in shape.members} if shape else {}
        given = {}
        for option, values in options(tuple(rest)).items():
            if option in EVERYWHERE:
                assert len(values) == 1, call
                continue
            name = members.get(option[2:]) or members[option.removeprefix("--no-")]
            given[name] = value(shape.members[name], values, option.startswith("--no-"))
        if shape:
            validate_parameters(given, shape)


def value(shape: Any, words: list[str], off: bool) -> Any:
    """What `aws` makes of the words after an option."""
    if shape.type_name == "boolean":
        assert not words
        return not off
    if shape.type_name == "list" and shape.member.type_name == "string":
        return words
    (word,) = words
    match shape.type_name:
        case "structure" | "list" | "map":
            return json.loads(word)
        case "integer" | "long":
            return int(word)
        case "double" | "float":
            return float(word)
        case "blob":
            assert word.startswith("fileb://")
            return b""
    assert word, shape.name
    return word


def test_sam_knows_every_option_and_takes_every_parameter() -> None:
    """It takes no empty value, and asks for at least one parameter where any are said."""
    for call in console.calls():
        if call[0] != "sam":
            continue
        for option, values in options(call[2:]).items():
            count = SAM[option]
            assert len(values) == count if count is not None else values, call
            assert all(re.fullmatch(r"[^ ]+", one) for one in values), call


def test_every_parameter_that_is_typed_exists_and_takes_its_value() -> None:
    deployments = list(_deployments())
    assert {file for file, _ in deployments} == set(TEMPLATES)
    for file, given in deployments:
        parameters = TEMPLATES[file]["Parameters"]
        for name, one in given.items():
            assert takes(parameters[name], one), (name, one)


def _deployments() -> Iterator[tuple[str, dict[str, str]]]:
    """The template and the parameters of each deployment that is typed."""
    for call in console.calls():
        if call[0] == "sam":
            said = options(call[2:])
            if "--config-env" in said:
                assert said["--config-env"][0] in CONFIG
            else:
                given = dict(one.split("=", 1) for one in said.get("--parameter-overrides", ()))
                yield said["--template-file"][0], given


def test_the_second_round_of_many_portals_says_the_key_that_the_first_made() -> None:
    many = [given for _, given in _deployments() if given.get("Mode") == "live"]
    assert [given.get("LogVkey") for given in many] == [None, console.VKEY]


def test_a_copy_is_locked_as_its_portal() -> None:
    copies = [given for file, given in _deployments() if file == "infra/copy.yaml"]
    locks = [(one.get("LockMode", "GOVERNANCE"), str(one.get("LockDays", 1))) for one in copies]
    live = overrides("live")
    assert locks == [("GOVERNANCE", "1"), (live["LockMode"], live["LockDays"])]


def test_the_buckets_of_access_logs_take_what_the_template_sends() -> None:
    """By server access logging S3 writes below the stack's name; the front's logs need ACLs."""
    (given,) = (given for _, given in _deployments() if "AccessLogs" in given)
    made = [(one[2], options(one[3:])) for one in console.calls() if one[:2] == ("aws", "s3api")]
    of = {(name, *said["--bucket"]): said for name, said in made}
    access, readers = given["AccessLogs"], given["ReaderLogs"].removesuffix(".s3.amazonaws.com")
    (one,) = json.loads(*of["put-bucket-policy", access]["--policy"])["Statement"]
    assert (one["Principal"], one["Action"]) == (
        {"Service": "logging.s3.amazonaws.com"}, "s3:PutObject",
    )  # fmt: skip
    (stack,) = re.findall(f"^arn:aws:s3:::{access}/(.+)/[*]$", one["Resource"])
    assert f"-{stack}-" in f"-{access}-"
    assert one["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    assert of["create-bucket", readers]["--region"] == ["us-east-1"]
    (kept,) = of["put-bucket-ownership-controls", readers]["--ownership-controls"]
    assert json.loads(kept) == {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    assert ("put-bucket-lifecycle-configuration", readers) in of, "addresses are kept for a time"


def test_whoever_breaks_glass_is_let_out_again() -> None:
    said = [given["BreakGlass"] for _, given in _deployments() if "BreakGlass" in given]
    assert said
    assert len(said) % 2 == 0
    assert all((one == "nobody") == bool(n % 2) for n, one in enumerate(said))


def test_who_deploys_has_the_rights_of_every_service_and_no_other() -> None:
    (sentence,) = re.findall(r"\*\*Who deploys\*\* (.*?) Nobody else", TEXT)
    kinds = {
        one["Type"].split("::")[1]
        for document in TEMPLATES.values()
        for one in document["Resources"].values()
    }
    names = {
        "CloudFront": "cloudfront", "CloudWatch": "cloudwatch", "DynamoDB": "dynamodb",
        "IAM": "iam", "KMS": "kms", "Lambda": "lambda", "Logs": "logs",
        "S3": "s3", "SNS": "sns", "SQS": "sqs",
        "Scheduler": "scheduler", "SecretsManager": "secretsmanager", "Serverless": "lambda",
        "WAFv2": "wafv2",
    }  # fmt: skip
    typed = {
        one[1].replace("service-quotas", "servicequotas").removesuffix("api")
        for one in console.calls()
        if one[0] == "aws"
    }
    assert set(re.findall(r"`([a-z0-9]+)`", sentence)) == {names[one] for one in kinds} | typed


def test_functions_that_a_loop_names_are_there_and_closing_stops_all() -> None:
    loops = re.findall(r"for name in ((?:[A-Z][a-z]+Name ?)+); do", "\n".join(console.blocks()))
    functions = {
        name
        for name, one in DOCUMENT["Resources"].items()
        if one["Type"].endswith("::Function") and "Serverless" in one["Type"]
    }
    assert {one.removesuffix("Name") for one in loops[-1].split()} == functions


def test_officers_sign_and_send_at_one_host_below_the_logs_which_the_certificate_covers() -> None:
    """Elsewhere a browser offers no passkey, or the app may not send."""
    stars = re.findall(r"'\*\.([a-z.]+)'", "\n".join(console.blocks()))
    first, *many = (given for _, given in _deployments() if "UploadDomain" in given)
    for given in (first, *many, overrides("live")):
        host = given["Origin"].partition("/")[0]
        assert given["Domain"] == host
        assert given["UploadDomain"].endswith(f".{host}")
        assert given["Uploaders"] == f"https://{given['UploadDomain']}"
        assert given["WebAcl"], "nothing else keeps a flood from the officers' share"
        assert given in many or given["UploadDomain"].partition(".")[2] in stars
        assert given["Mode"] != "live" or given["ReserveConcurrency"] == "true"


def test_the_key_of_receipts_of_each_stack_lies_in_a_folder_of_its_own() -> None:
    """`portal-keys` replaces none: a live portal would go on with that of its rehearsal."""
    (made,) = (one[2] for one in console.calls() if one[:2] == ("rekap", "portal-keys"))
    (put,) = (options(one[3:]) for one in console.calls() if one[2:3] == ("put-secret-value",))
    assert put["--secret-string"] == [f"file://{made}/keys/receipt.key"]
    (stack,) = re.findall("STACK=([a-z-]+)", console.blocks()[0])
    assert made == stack


def test_what_is_withheld_is_deleted_where_it_lies_and_forgotten_within_a_minute() -> None:
    gone = [options(one[3:]) for one in console.calls() if one[2:3] == ("delete-object",)]
    (key,) = (one["--key"][0] for one in gone if one["--bucket"] == ["attachmentsbucketname"])
    rules = DOCUMENT["Globals"]["Function"]["Environment"]["Variables"]["REKAP_CACHE_CONTROL"]
    kept = dict(line.split(maxsplit=1) for line in rules.splitlines())
    assert kept[f"{key.partition('/')[0]}/*"] == kept["gambar/*"] == "max-age=60"


def test_what_breaks_glass_has_the_rights_that_restoring_needs() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (sentence,) = re.findall(r"It needs (.*?); at the very end", text)
    needed = set(re.findall(r"^restore .*", CALLS, re.MULTILINE))
    assert needed
    for right in re.findall(r"\b(?:dynamodb|s3):([A-Za-z]+)", "\n".join(needed)):
        assert right in sentence, right
    assert "ListBucket" in sentence


def test_no_output_prints_the_address_that_goes_around_the_gate() -> None:
    assert "execute-api" not in str(read()["Outputs"])
