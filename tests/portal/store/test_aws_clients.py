"""Our limits on waiting: a call ends before the function that makes it."""

from __future__ import annotations

import re

import pytest
from tests.infra.document import read
from tests.portal.store.cloud import REGION, cloud

from handlers import cloud as wired
from handlers.variables import Variables
from rekap.portal.store.aws import clients, table
from rekap.portal.store.aws.order import DynamoOrder
from rekap.portal.store.aws.patience import PATIENT, Met, Patience, Unavailable

NAMED_BY = {
    "s3": "REKAP_(PUBLIC|STATE)_BUCKET", "attachments": "REKAP_ATTACHMENTS_BUCKET",
    "sqs": "REKAP_QUEUES", "kms": "REKAP_LOG_KEY", "secretsmanager": "REKAP_RECEIPT_SECRET",
    "tables": "REKAP_[A-Z]+_TABLE",
}  # fmt: skip
"""The variables that name what a client calls: a function that has one calls it."""

LONGEST_BACK_OFF_S = (1, 2, 4)
"""Of botocore's standard mode, before the second, third and fourth sending."""


def seconds(limits: clients.Limits) -> float:
    waits = sum(LONGEST_BACK_OFF_S[: limits.attempts - 1])
    return (limits.connect_s + limits.read_s) * limits.attempts + waits


def shortest(service: str) -> int:
    """Seconds of the shortest function that calls a service, by the template."""
    functions = [
        one["Properties"]
        for one in read()["Resources"].values()
        if one["Type"] == "AWS::Serverless::Function"
    ]
    return min(
        int(one["Timeout"])
        for one in functions
        if any(re.fullmatch(NAMED_BY[service], name) for name in one["Environment"]["Variables"])
    )


@pytest.mark.parametrize("service", clients._OF)
def test_a_call_ends_before_its_function(service: str) -> None:
    assert seconds(clients._OF[service]) < shortest(service)
    with cloud():
        made = clients.client(service)
        assert made is clients.client(service)
        config = made.meta.config
    limits = clients._OF[service]
    assert (config.connect_timeout, config.read_timeout) == (limits.connect_s, limits.read_s)
    assert config.retries == {"mode": "standard", "total_max_attempts": limits.attempts}
    assert made.meta.region_name == REGION


def test_submit_waits_less_long_for_files_beside_the_log_than_writers_of_it() -> None:
    """Else it is killed while it waits, and the sender hears 502 where 503 says when to come."""
    given = {"REKAP_ATTACHMENTS_BUCKET": "a", "REKAP_PUBLIC_BUCKET": "p"}
    with cloud():
        variables = Variables({**given, "REKAP_CACHE_CONTROL": "* no-store"})
        made = wired._attachments(variables), wired._objects(variables)
        waits = [one._client.meta.config.read_timeout for one in made]
    assert waits == [clients._OF[name].read_s for name in ("attachments", "s3")]
    assert waits[0] < waits[1]


def test_tables_have_the_same_kind_of_limits() -> None:
    assert seconds(clients.TABLES) < shortest("tables")
    with cloud() as account:
        config = table.connection(DynamoOrder(account.order)._item).connection.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (1, 2)
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}


def test_all_tables_share_one_client() -> None:
    with cloud() as account:
        found = {
            id(table.connection(DynamoOrder(name)._item).connection.client)
            for name in (account.order, account.records, account.register)
        }
    assert len(found) == 1


def test_an_unknown_service_has_no_limits_and_no_client() -> None:
    with pytest.raises(KeyError):
        clients.client("iam")


def test_pauses_grow_twofold_below_a_bound_and_are_drawn_by_chance() -> None:
    waited: list[float] = []
    drawn = iter([0.0, 1.0, 0.5, 0.25, 1.0, 1.0, 1.0])
    patience = Patience(waited.append, lambda: next(drawn), attempts=8)

    def met() -> None:
        raise Met("another one")

    with pytest.raises(Unavailable, match="try: others were faster 8 times"):
        patience.insist("try", met)
    assert waited == [0.0, 0.2, 0.2, 0.2, 1.0, 1.0, 1.0]


def test_the_patience_of_the_functions_is_bounded_and_random() -> None:
    drawn = {PATIENT.jitter() for _ in range(64)}
    assert all(0 <= value < 1 for value in drawn)
    assert len(drawn) > 32
    longest = [min(PATIENT.longest_s, PATIENT.first_s * 2**n) for n in range(1, PATIENT.attempts)]
    assert sum(longest) <= 5
