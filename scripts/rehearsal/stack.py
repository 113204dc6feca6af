"""The real template on the emulator, with an artifact in the place of its CodeUri."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from scripts.rehearsal.cloud import Cloud
from scripts.stack import template

NAME: Final = "rehearsal"
_ARTIFACTS: Final = "artifacts-of-the-rehearsal"
_PATIENCE_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack that stands: logical names with their types and their physical names."""

    resources: Mapping[str, str]
    types: Mapping[str, str]
    outputs: Mapping[str, str]
    seconds: float

    def __getitem__(self, name: str) -> str:
        """Return a resource's physical name."""
        return self.resources[name]


def deploy(cloud: Cloud, path: Path, artifact: Path, parameters: Mapping[str, str]) -> Deployed:
    """Deploy a template as `sam package` and `sam deploy` do.

    Raises RuntimeError with the events of what failed.
    """
    began = time.monotonic()
    s3, formation = cloud.client("s3"), cloud.client("cloudformation")
    place = {"LocationConstraint": s3.meta.region_name}
    s3.create_bucket(Bucket=_ARTIFACTS, CreateBucketConfiguration=place)
    s3.upload_file(str(artifact), _ARTIFACTS, artifact.name)
    body = packaged(path, _ARTIFACTS, artifact.name)
    s3.put_object(Bucket=_ARTIFACTS, Key="template.json", Body=body.encode())
    formation.create_stack(
        StackName=NAME,
        TemplateURL=f"{cloud.endpoint}/{_ARTIFACTS}/template.json",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
    )
    stack = _settled(formation)
    made = formation.describe_stack_resources(StackName=NAME)["StackResources"]
    return Deployed(
        {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in made},
        {one["LogicalResourceId"]: one["ResourceType"] for one in made},
        {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])},
        time.monotonic() - began,
    )


def packaged(path: Path, bucket: str, key: str) -> str:
    """Return a template as JSON whose functions take their code from a bucket; nothing else."""
    document = yaml.load(path.read_text(), template._Loader)  # noqa: S506  (a SafeLoader)
    document["Globals"]["Function"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    return json.dumps(document)


def _settled(formation: Any) -> dict[str, Any]:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        (stack,) = formation.describe_stacks(StackName=NAME)["Stacks"]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            found: dict[str, Any] = stack
            return found
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            break
        time.sleep(0.2)
    events = formation.describe_stack_events(StackName=NAME)["StackEvents"]
    said = [
        f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason', one['ResourceStatus'])}"
        for one in events
        if "FAILED" in one["ResourceStatus"]
    ]
    raise RuntimeError("the stack does not stand:\n" + "\n".join(said))
