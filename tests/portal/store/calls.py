"""Which requests each function makes through which port method, and what they need.

Measured on moto: every request of the clients is noted with the port method that was being called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from botocore.client import BaseClient
from tests.portal.store.cloud import Cloud


class Call(NamedTuple):
    """One call of `calls.txt`; `needs` is one IAM action."""

    function: str
    method: str
    request: str
    needs: str
    on: str


def written() -> set[Call]:
    """The calls that `calls.txt` names: one line for those of a function that need the same."""
    lines = Path(__file__).with_name("calls.txt").read_text("utf-8").splitlines()[1:]
    return {
        Call(function, method, request, right, on)
        for function, methods, request, needs, on in (line.split("  ") for line in lines)
        for method in methods.split()
        for right in needs.split()
    }


@dataclass
class Calls:
    """Notes requests while `watching`, by the function and the port method that made them."""

    account: Cloud
    found: set[Call] = field(default_factory=set)
    function: str = ""
    method: str = ""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note every request that any client makes inside the block."""
        real = BaseClient._make_api_call

        def make(client: Any, operation: str, params: dict[str, Any]) -> Any:
            if self.method:
                self._note(client.meta.service_model.service_name, operation, params)
            return real(client, operation, params)

        with mock.patch.object(BaseClient, "_make_api_call", make):
            yield

    def ports(self, function: str) -> Callable[[str, Any], Any]:
        """Return what wraps each port of a function's portal."""
        return lambda name, port: _Port(self, function, name, port)

    def _note(self, service: str, operation: str, params: dict[str, Any]) -> None:
        for needs, on in _rights(service, operation, params, self.account):
            self.found.add(Call(self.function, self.method, operation, needs, on))


class _Port:
    """A port that says which of its methods is being called."""

    def __init__(self, calls: Calls, function: str, name: str, port: Any) -> None:
        self._told = (calls, function, name, port)

    def __getattr__(self, method: str) -> Any:
        calls, function, name, port = self._told

        def inside(act: Callable[[], Any]) -> Any:
            calls.function, calls.method = function, f"{name}.{method}"
            try:
                return act()
            finally:
                calls.function = calls.method = ""

        found = inside(lambda: getattr(port, method))
        if not callable(found):
            return found
        return lambda *args, **kwargs: inside(lambda: found(*args, **kwargs))


def _rights(
    service: str, operation: str, params: dict[str, Any], account: Cloud
) -> Iterator[tuple[str, str]]:
    """Yield (IAM action, resource of the template) that a request needs."""
    tables = {
        account.records: "RecordsTable",
        account.order: "OrderTable",
        account.register: "RegisterTable",
    }
    if service == "dynamodb" and operation == "TransactWriteItems":
        names = {"ConditionCheck": "ConditionCheckItem"}
        for item in params["TransactItems"]:
            ((kind, asked),) = item.items()
            yield f"dynamodb:{names.get(kind, kind + 'Item')}", tables[asked["TableName"]]
    elif service == "dynamodb":
        for table in params.get("RequestItems") or [params["TableName"]]:
            yield f"dynamodb:{operation}", tables[table]
    elif service == "s3":
        buckets = {
            account.public: "PublicBucket", account.attachments: "AttachmentsBucket",
            account.state: "StateBucket",
        }  # fmt: skip
        bucket, area = buckets[params["Bucket"]], params["Key"].split("/")[0]
        prefix = f"{area}/" if area in ("log", "state", "lampiran", "gambar") else ""
        yield f"s3:{operation}", f"{bucket}/{prefix}*"
    elif service == "sqs":
        (queue,) = (name for name, url in account.queues.items() if url == params["QueueUrl"])
        yield f"sqs:{operation.removesuffix('Batch')}", f"{queue.capitalize()}Queue"
    else:
        yield f"{service}:{operation}", {"kms": "LogKey", "secretsmanager": "ReceiptKey"}[service]
