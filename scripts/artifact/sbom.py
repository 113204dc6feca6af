"""The bill of materials: CycloneDX 1.6 as JSON, without times or random numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scripts.artifact.wheels import Wheel

SPECIFICATION: Final = "1.6"


@dataclass(frozen=True, slots=True)
class Product:
    """What the bill is for. `direct` names the libraries that it asks for itself."""

    name: str
    version: str
    licence: str
    direct: tuple[str, ...]
    properties: Mapping[str, str]


def document(product: Product, wheels: Sequence[Wheel]) -> bytes:
    """Return the bill: every library with its wheel's hash, its licence and what it needs."""
    own = f"{product.name}@{product.version}"
    edges = [(own, [_reference(one) for one in wheels if one.name in product.direct])]
    edges += [
        (_reference(one), [_reference(other) for other in wheels if other.name in one.needs])
        for one in wheels
    ]
    bill = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPECIFICATION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": product.name,
                "version": product.version,
                "licenses": [{"expression": product.licence}],
                "properties": [
                    {"name": f"rekap:{name}", "value": value}
                    for name, value in sorted(product.properties.items())
                ],
            }
        },
        "components": [_component(one) for one in wheels],
        "dependencies": [{"ref": ref, "dependsOn": needs} for ref, needs in edges],
    }
    return json.dumps(bill, ensure_ascii=False, indent=1).encode() + b"\n"


def _reference(wheel: Wheel) -> str:
    return f"pkg:pypi/{wheel.name}@{wheel.version}"


def _component(wheel: Wheel) -> dict[str, Any]:
    named = {"license": {"name": wheel.licence}}
    return {
        "type": "library",
        "bom-ref": _reference(wheel),
        "name": wheel.name,
        "version": wheel.version,
        "description": wheel.summary,
        "hashes": [{"alg": "SHA-256", "content": wheel.sha256}],
        "licenses": [{"expression": wheel.licence} if wheel.is_expression else named],
        "purl": _reference(wheel),
    }
