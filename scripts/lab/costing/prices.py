"""List prices in US dollars, each with its source; none was read from a bill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DATE: Final = "24 November 2026"
"""When the sources were read."""
REGION: Final = "us-east-1"

_PAGE: Final = "a stored copy of the service's pricing page, undated"
_SECOND: Final = "a secondary source of July 2025, after the cut of November 2024"
_MEMORY: Final = "from memory, not looked up"


@dataclass(frozen=True, slots=True)
class Price:
    """`usd` for `per` units."""

    name: str
    usd: float
    per: float
    unit: str
    source: str

    def of(self, quantity: float) -> float:
        """Return what a quantity costs."""
        return self.usd * quantity / self.per


PRICES: Final = {
    one.name: one
    for one in (
        Price("Lambda request", 0.20, 1e6, "requests", _MEMORY),
        Price("Lambda arm64", 0.0000133334, 1, "seconds with a gibibyte", _MEMORY),
        Price("DynamoDB write", 0.625, 1e6, "request units", _SECOND),
        Price("DynamoDB read", 0.125, 1e6, "request units", _SECOND),
        Price("DynamoDB stored", 0.25, 1e9, "bytes and month", _MEMORY),
        Price("DynamoDB recovery", 0.20, 1e9, "bytes and month", _MEMORY),
        Price("S3 put", 0.005, 1e3, "requests", _MEMORY),
        Price("S3 get", 0.0004, 1e3, "requests", _MEMORY),
        Price("S3 stored", 0.023, 1e9, "bytes and month", _MEMORY),
        Price("SQS", 0.40, 1e6, "requests", _MEMORY),
        Price("KMS sign", 0.15, 1e4, "requests", _MEMORY),
        Price("KMS key", 1.00, 1, "keys and month", _MEMORY),
        Price("Secret", 0.40, 1, "secrets and month", _MEMORY),
        Price("Scheduler", 1.00, 1e6, "invocations", _MEMORY),
        Price("Logs", 0.50, 1e9, "bytes taken in", _MEMORY),
        Price("Alarm", 0.10, 1, "alarms and month", _MEMORY),
        Price("Metric", 0.30, 1, "metrics and month", _MEMORY),
        Price("CloudFront Indonesia", 0.120, 1e9, "bytes, the first 10 terabytes", _PAGE),
        Price("CloudFront US", 0.085, 1e9, "bytes, the first 10 terabytes", _PAGE),
        Price("CloudFront request Indonesia", 0.0120, 1e4, "HTTPS requests", _MEMORY),
        Price("CloudFront request US", 0.0100, 1e4, "HTTPS requests", _MEMORY),
        Price("CloudFront function", 0.10, 1e6, "invocations", _PAGE),
    )
}


def usd(name: str, quantity: float) -> float:
    """Return what a quantity costs at the price of that name."""
    return PRICES[name].of(quantity)
