"""ministack, with what the template needs and it lacks; runs in an environment of its own.

    .venv-rehearse/bin/python scripts/rehearsal/emulator.py INTERPRETER

INTERPRETER runs the functions: a Python without any library, so that they have what their artifact
brings. `CHANGES` is part of every transcript.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scripts.rehearsal import edges, policies

CHANGES = (
    "functions run with a bare Python: the standard library and their artifact, nothing else",
    "what a function writes to file descriptor 1 is a log line, not its answer",
    "CloudFormation knows AWS::SecretsManager::ResourcePolicy; Ref of a secret is its ARN",
    "nothing listens but the one port",
    *edges.CHANGES,
    *policies.CHANGES,
)


def run_functions_with(interpreter: str) -> None:
    """Give workers another Python than the emulator's, and descriptor 1 to their log."""
    from ministack.core import lambda_runtime

    script: str = lambda_runtime._PYTHON_WORKER_SCRIPT
    kept = "_real_stdout = sys.stdout\n"
    if script.count(kept) != 1:
        raise RuntimeError("another ministack: its worker begins differently")
    own = '_real_stdout = os.fdopen(os.dup(1), "w", buffering=1); os.dup2(2, 1)\n'
    script = script.replace(kept, own)

    def detect(runtime: str) -> tuple[str, str]:
        return (interpreter, script) if runtime.startswith("python") else ("", "")

    lambda_runtime._detect_runtime_binary = detect


def know_policies_of_secrets() -> None:
    """Put the policy of a secret when a stack asks for it; name secrets as CloudFormation does."""
    from ministack.services import secretsmanager
    from ministack.services.cloudformation import provisioners

    def create(logical: str, properties: dict[str, Any], stack: str) -> Any:
        policy = properties["ResourcePolicy"]
        wanted = {"SecretId": properties["SecretId"], "ResourcePolicy": json.dumps(policy)}
        status, _, body = secretsmanager._put_resource_policy(wanted)
        if status != 200:
            raise ValueError(f"{logical} in {stack}: {body!r}")
        return f"{properties['SecretId']}-policy", {}

    def delete(_physical: str, _properties: dict[str, Any]) -> None:
        """A rehearsal deletes nothing."""

    secret = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    named = secret["create"]

    def create_by_arn(logical: str, properties: dict[str, Any], stack: str) -> Any:
        _, attributes = named(logical, properties, stack)
        return attributes["Arn"], attributes

    secret["create"] = create_by_arn
    kind = "AWS::SecretsManager::ResourcePolicy"
    if kind in provisioners._RESOURCE_HANDLERS:
        raise RuntimeError(f"another ministack: it knows {kind} itself")
    provisioners._RESOURCE_HANDLERS[kind] = {"create": create, "delete": delete}


def main(interpreter: str) -> None:
    """Change, then serve until SIGTERM."""
    run_functions_with(interpreter)
    policies.apply()
    edges.apply()
    know_policies_of_secrets()
    from ministack import app

    app._port_is_bindable = lambda *_: False
    sys.argv[1:] = []
    app.main()


if __name__ == "__main__":
    main(sys.argv[1])
