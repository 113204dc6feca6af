"""Counts what the functions ask of AWS, in the units that are charged, over moto."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from scripts.lab.costing.capacity import item_bytes, read_units, write_units
from tests.portal.store.cloud import client

_REAL = BaseClient._make_api_call


@dataclass
class Meter:
    """Adds up while `running`; `paths` are the objects that were put, with their bytes."""

    units: Counter[str] = field(default_factory=Counter)
    paths: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[None]:
        self.units.clear()
        self.paths.clear()

        def make(asked: Any, operation: str, params: dict[str, Any]) -> Any:
            count = getattr(self, f"_{operation}", None)
            before = self._stored(params) if operation == "TransactWriteItems" else []
            answer: dict[str, Any] = {}
            try:
                answer = _REAL(asked, operation, params)
            finally:  # what is refused or absent is charged too
                self.units["calls"] += 1
                if count:
                    count(params, answer)
            if operation == "TransactWriteItems":
                after = self._stored(params)
                for one, other in zip(before, after, strict=True):
                    self.units["writes"] += write_units(max(one, other), transaction=True)
            return answer

        with mock.patch.object(BaseClient, "_make_api_call", make):
            yield

    def _stored(self, params: dict[str, Any]) -> list[int]:
        """Sizes of the items of a transaction as they are stored now."""
        sizes = []
        for action in params["TransactItems"]:
            (asked,) = action.values()
            item = asked.get("Item") or {}
            key = asked.get("Key") or {name: item[name] for name in ("pk", "sk") if name in item}
            wanted = {"TableName": asked["TableName"], "Key": key, "ConsistentRead": True}
            found = _REAL(client("dynamodb"), "GetItem", wanted).get("Item", {})
            sizes.append(item_bytes(found))
        return sizes

    def _GetItem(self, params: dict[str, Any], answer: dict[str, Any]) -> None:
        assert params["ConsistentRead"]
        self.units["reads"] += read_units(item_bytes(answer.get("Item", {})))

    def _BatchGetItem(self, params: dict[str, Any], _: dict[str, Any]) -> None:
        """What is charged is the whole item, whatever is asked of it."""
        for table, wanted in params["RequestItems"].items():
            for key in wanted["Keys"]:
                asked = {"TableName": table, "Key": key, "ConsistentRead": True}
                found = _REAL(client("dynamodb"), "GetItem", asked).get("Item", {})
                self.units["reads"] += read_units(item_bytes(found))

    def _Query(self, params: dict[str, Any], answer: dict[str, Any]) -> None:
        size = sum(item_bytes(item) for item in answer.get("Items", []))
        if params.get("ConsistentRead"):
            self.units["reads"] += read_units(size)
        else:
            self.units["reads"] += read_units(size) / 2

    def _PutItem(self, params: dict[str, Any], _: dict[str, Any]) -> None:
        self.units["writes"] += write_units(item_bytes(params["Item"]), transaction=False)

    def _UpdateItem(self, params: dict[str, Any], _: dict[str, Any]) -> None:
        raise AssertionError(f"not priced: {params}")

    def _SendMessage(self, *_: Any) -> None:
        self.units["messages"] += 1

    def _Sign(self, *_: Any) -> None:
        self.units["signatures"] += 1

    def _GetObject(self, params: dict[str, Any], _: dict[str, Any]) -> None:
        self.units[f"gets {_area(params)}"] += 1

    def _PutObject(self, params: dict[str, Any], _: dict[str, Any]) -> None:
        self.units[f"puts {_area(params)}"] += 1
        self.paths[params["Key"]] = params["Body"].getbuffer().nbytes  # the client has wrapped it


def _area(params: dict[str, Any]) -> str:
    area: str = params["Key"].split("/")[0]
    return area if area in ("log", "state") else "site"
