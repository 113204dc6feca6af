"""How the tables' adapters react to what DynamoDB answers on a bad day; none of it is moto's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError
from tests.portal.store.cloud import Cloud, cloud
from tests.portal.store.contract.samples import keyids, leaf, record, tree
from tests.portal.store.faults import LOST, SILENT, Faults, Pauses, Serve, cancelled, made, refused

from rekap.core.errors import Conflict, Corrupt
from rekap.core.log.ports import Head
from rekap.portal.intake.item import BACKLOG_CAP
from rekap.portal.store.aws import records as records_module
from rekap.portal.store.aws import table as tables
from rekap.portal.store.aws.guard import DynamoGuard
from rekap.portal.store.aws.order import DynamoOrder
from rekap.portal.store.aws.patience import Unavailable
from rekap.portal.store.aws.records import DynamoRecords

BUSY = [
    ("ThrottlingException", 400),
    ("ProvisionedThroughputExceededException", 400),
    ("RequestLimitExceeded", 400),
    ("TransactionInProgressException", 400),
    ("InternalServerError", 500),
    ("BadGateway", 502),
]
ATTEMPTS = 3
"""How often the client itself sends one request."""


class Tables:
    """The adapters on an empty account, with what went wrong and how long they would wait."""

    def __init__(self, account: Cloud) -> None:
        self.pauses = Pauses()
        patience = self.pauses.patience()
        self.now = 0
        self.records = DynamoRecords(
            account.records, clock=lambda: self.now, patience=patience, count_up_to=40
        )
        self.order = DynamoOrder(account.order, patience=patience)
        self.guard = DynamoGuard(account.records, patience=patience)
        self.faults = Faults(tables.connection(self.records._item).connection.client)

    def plan(self, operation: str, *faults: Any) -> None:
        self.faults.plan.extend((operation, fault) for fault in faults)
        self.faults.seen.clear()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    with cloud() as account:
        made_tables = Tables(account)
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield made_tables
        made_tables.faults.stop()
    assert made_tables.faults.plan == [], "a planned fault was not met"


def add(aws: Tables, name: str = "a") -> None:
    aws.records.add(record(name), keyids("k"), 0)


# ---------------------------------------------------------------- the runbook


def test_what_waits_is_found_as_the_runbook_says(aws: Tables) -> None:
    runbook = Path(__file__).parents[3] / "docs" / "operations.md"
    condition, names = re.findall(
        r'--filter-expression "([^"]+)" --expression-attribute-names \'([^\']+)\'',
        runbook.read_text("utf-8"),
    )[0]
    for name in ("a", "b", "c"):
        add(aws, name)
    aws.records.mark(0, [leaf("a"), leaf("c")])
    aws.guard.stop("a reason")
    model = aws.records._item
    found = tables.connection(model).connection.client.scan(
        TableName=model.Meta.table_name,
        FilterExpression=condition,
        ExpressionAttributeNames=json.loads(names),
    )
    assert [item["envelope"]["B"] for item in found["Items"]] == [record("b").envelope]


# ---------------------------------------------------------------- transactions


@pytest.mark.parametrize(
    "reasons",
    [
        ("None", "TransactionConflict", "None"),
        ("TransactionConflict", "None", "TransactionConflict"),
        ("ThrottlingError", "None", "None"),
        ("None", "None", "ProvisionedThroughputExceeded"),
    ],
)
def test_a_transaction_that_met_another_is_repeated(aws: Tables, reasons: tuple[str, ...]) -> None:
    aws.plan("TransactWriteItems", cancelled(*reasons), cancelled(*reasons))
    add(aws)
    assert aws.records.pending(9) == (record("a"),)
    assert aws.pauses.seconds == [0.05, 0.1]
    assert aws.faults.count("TransactWriteItems") == 3


def test_repetition_is_bounded_and_then_says_so(aws: Tables) -> None:
    aws.plan("TransactWriteItems", *[cancelled("TransactionConflict", "None", "None")] * 4)
    with pytest.raises(Unavailable, match="4 times"):
        add(aws)
    assert aws.pauses.seconds == [0.05, 0.1, 0.2]
    assert aws.records.read(leaf("a")) is None


@pytest.mark.parametrize(
    "reasons",
    [
        ("ConditionalCheckFailed", "None", "None"),
        ("None", "None", "ConditionalCheckFailed"),
        ("TransactionConflict", "None", "ConditionalCheckFailed"),
        ("ConditionalCheckFailed", "ThrottlingError", "None"),
    ],
)
def test_a_condition_that_failed_is_a_conflict_in_any_place(
    aws: Tables, reasons: tuple[str, ...]
) -> None:
    aws.plan("TransactWriteItems", cancelled(*reasons))
    with pytest.raises(Conflict):
        add(aws)
    assert aws.pauses.seconds == []
    assert aws.faults.count("TransactWriteItems") == 1


@pytest.mark.parametrize("reason", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
def test_a_mistake_of_ours_is_neither_repeated_nor_hidden(aws: Tables, reason: str) -> None:
    aws.plan("TransactWriteItems", cancelled("None", "TransactionConflict", reason))
    with pytest.raises(RuntimeError, match="TransactionCanceledException"):
        add(aws)
    assert aws.faults.count("TransactWriteItems") == 1


@pytest.mark.parametrize(("code", "status"), BUSY)
def test_a_busy_service_is_asked_again_by_the_client(aws: Tables, code: str, status: int) -> None:
    aws.plan("TransactWriteItems", *[refused(code, status)] * (ATTEMPTS - 1))
    add(aws)
    assert aws.records.read(leaf("a")) == record("a")


@pytest.mark.parametrize(("code", "status"), BUSY)
def test_a_service_that_stays_busy_is_unavailable(aws: Tables, code: str, status: int) -> None:
    aws.plan("TransactWriteItems", *[refused(code, status)] * ATTEMPTS)
    with pytest.raises(Unavailable, match=code):
        add(aws)
    assert aws.records.read(leaf("a")) is None


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_a_wrong_deployment_is_named(aws: Tables, code: str) -> None:
    aws.plan("TransactWriteItems", refused(code))
    with pytest.raises(RuntimeError, match=code):
        add(aws)
    aws.plan("GetItem", refused(code))
    with pytest.raises(RuntimeError, match=code):
        aws.records.read(leaf("a"))


def test_missing_credentials_are_named(aws: Tables) -> None:
    def none(_request: Any, _serve: Serve) -> Any:
        raise NoCredentialsError

    aws.plan("GetItem", none)
    with pytest.raises(RuntimeError, match="credentials"):
        aws.records.read(leaf("a"))


# ---------------------------------------------------------------- outcomes that are not known


def test_a_silent_service_is_unavailable_and_nothing_was_done(aws: Tables) -> None:
    aws.plan("TransactWriteItems", *[SILENT] * ATTEMPTS)
    with pytest.raises(Unavailable):
        add(aws)
    assert aws.records.read(leaf("a")) is None
    assert aws.records.pending(9) == ()


def test_a_record_whose_answer_was_lost_is_not_written_twice(aws: Tables) -> None:
    """The client sends the same request with the same token; moto has no tokens, so the condition
    refuses it, and whoever reads again finds the record."""
    aws.plan("TransactWriteItems", LOST)
    with pytest.raises(Conflict):
        add(aws)
    tokens = {body["ClientRequestToken"] for body in aws.faults.bodies("TransactWriteItems")}
    assert (aws.faults.count("TransactWriteItems"), len(tokens)) == (2, 1)
    assert aws.records.pending(9) == (record("a"),)
    assert aws.records.by_id(record("a").id).version == 1


def test_where_tokens_count_the_second_sending_of_a_record_succeeds(aws: Tables) -> None:
    def done_before(request: Any, _serve: Serve) -> Any:
        return made(request, 200, b"{}")

    aws.plan("TransactWriteItems", LOST, done_before)
    add(aws)
    assert aws.records.pending(9) == (record("a"),)


def test_every_transaction_has_a_token_of_its_own(aws: Tables) -> None:
    aws.plan("TransactWriteItems", cancelled("TransactionConflict", "None", "None"))
    add(aws)
    add(aws, "b")
    tokens = [body["ClientRequestToken"] for body in aws.faults.bodies("TransactWriteItems")]
    assert len(set(tokens)) == 3


def test_the_order_after_a_lost_answer_is_what_was_written(aws: Tables) -> None:
    aws.plan("TransactWriteItems", *[LOST, SILENT, SILENT])
    with pytest.raises(Unavailable):
        aws.order.append(0, (leaf("a"),))
    assert aws.order.head() == Head(1, 0)
    with pytest.raises(Conflict):
        aws.order.append(0, (leaf("b"),))
    assert aws.order.batch(0) == (leaf("a"),)


def test_a_tree_whose_answer_was_lost_is_a_conflict_and_is_there(aws: Tables) -> None:
    aws.plan("PutItem", LOST)
    with pytest.raises(Conflict):
        aws.order.swap_tree(None, tree(3))
    assert aws.order.tree() == tree(3)


def test_a_single_write_that_met_a_transaction_is_repeated(aws: Tables) -> None:
    aws.plan("PutItem", refused("TransactionConflictException"))
    aws.order.swap_tree(None, tree(3))
    aws.plan("UpdateItem", refused("TransactionConflictException"))
    aws.guard.stop("two roots")
    assert (aws.order.tree(), aws.guard.reason()) == (tree(3), "two roots")
    assert aws.pauses.seconds == [0.05, 0.05]


def test_a_stop_whose_answer_was_lost_stands(aws: Tables) -> None:
    aws.plan("UpdateItem", LOST)
    aws.guard.stop("two roots")
    assert aws.guard.reason() == "two roots"


# ---------------------------------------------------------------- reads


def test_every_read_is_consistent_but_that_of_the_backlog(aws: Tables) -> None:
    add(aws)
    aws.faults.seen.clear()
    aws.records.read(leaf("a"))
    aws.records.by_id(leaf("a"))
    aws.records.pending(9)
    aws.records.oldest_pending()
    aws.records.mark(0, (leaf("a"),))
    aws.order.head()
    aws.order.tree()
    aws.guard.reason()
    asked = [json.loads(r.body) for name, r in aws.faults.seen if name in ("GetItem", "Query")]
    assert len(asked) == 5 + 2 * 16
    assert all(body["ConsistentRead"] for body in asked)
    for body in aws.faults.bodies("BatchGetItem"):
        assert all(keys["ConsistentRead"] for keys in body["RequestItems"].values())


def halved(request: Any, serve: Serve) -> Any:
    """Serve half of a batch of reads and name the rest as not processed."""
    body = json.loads(request.body)
    ((name, asked),) = body["RequestItems"].items()
    keys = asked["Keys"]
    half = {**asked, "Keys": keys[: len(keys) // 2]}
    request.body = json.dumps({**body, "RequestItems": {name: half}}).encode()
    answer = json.loads(serve(request).content)
    answer["UnprocessedKeys"] = {name: {**asked, "Keys": keys[len(keys) // 2 :]}}
    return made(request, 200, json.dumps(answer).encode())


def test_keys_that_a_batch_left_out_are_asked_again(aws: Tables) -> None:
    for name in "abcdefg":
        add(aws, name)
    aws.plan("BatchGetItem", halved, halved)
    assert {r.leaf for r in aws.records.pending(9)} == {leaf(name) for name in "abcdefg"}
    assert aws.faults.count("BatchGetItem") == 3
    aws.plan("BatchGetItem", *[halved] * 4)
    with pytest.raises(Unavailable):
        aws.records.pending(9)


def test_a_mark_without_its_record_is_corrupt(aws: Tables) -> None:
    add(aws)
    aws.records._item(*records_module._record_key(leaf("a"))).delete()
    with pytest.raises(Corrupt, match=leaf("a")):
        aws.records.pending(9)


def test_a_tree_that_was_changed_by_hand_is_corrupt(aws: Tables) -> None:
    aws.order.swap_tree(None, tree(3))
    item = aws.order._item
    item("TREE").update([item.size.set(4)])
    with pytest.raises(Corrupt, match="digest"):
        aws.order.tree()


def test_a_record_that_got_its_place_while_pending_was_read_does_not_wait(aws: Tables) -> None:
    add(aws)
    add(aws, "b")

    def rival(request: Any, serve: Serve) -> Any:
        aws.records.mark(4, (leaf("a"),))
        return serve(request)

    aws.plan("BatchGetItem", rival)
    assert aws.records.pending(9) == (record("b"),)


def test_what_waits_is_listed_to_its_end_however_short_the_pages_are(aws: Tables) -> None:
    names = [f"entry {n}" for n in range(20)]
    for name in names:
        add(aws, name)

    def short(request: Any, serve: Serve) -> Any:
        request.body = json.dumps(json.loads(request.body) | {"Limit": 1}).encode()
        return serve(request)

    aws.faults.each = lambda operation, _: short if operation == "Query" else None
    assert {one.leaf for one in aws.records.pending(99)} == {leaf(name) for name in names}
    assert aws.records.pending_count() == len(names)
    assert aws.faults.count("Query") > 2 * len(names)


def test_a_batch_that_is_there_is_never_written_over(aws: Tables) -> None:
    """Not even by one who finds no HEAD: a restored table may lack it."""
    aws.order.append(0, (leaf("a"),))
    aws.order._item("HEAD").delete()
    with pytest.raises(Conflict):
        aws.order.append(0, (leaf("b"),))
    assert aws.order.batch(0) == (leaf("a"),)
    assert aws.order.head() == Head(0, None)


# ---------------------------------------------------------------- the backlog


def test_counting_the_backlog_is_bounded_and_not_done_for_every_upload(aws: Tables) -> None:
    for n in range(60):
        add(aws, f"entry {n}")
    aws.faults.seen.clear()
    assert aws.records.pending_count() == 40
    asked = aws.faults.bodies("Query")
    assert {body["Select"] for body in asked} == {"COUNT"}
    assert asked[-1]["Limit"] < 40
    assert len(asked) < 16
    aws.now = 9
    assert aws.records.pending_count() == 40
    assert aws.faults.count("Query") == len(asked)
    aws.records.mark(0, tuple(leaf(f"entry {n}") for n in range(60)))
    aws.now = 10
    assert aws.records.pending_count() == 0


def test_a_backlog_can_be_counted_up_to_the_greatest_cap_of_the_template() -> None:
    template = (Path(__file__).resolve().parents[3] / "infra" / "template.yaml").read_text()
    parameter = template.split("\n  BacklogCap:\n", 1)[1].split("\n  Uploaders:", 1)[0]
    found = re.search(r"MaxValue: (\d+)", parameter)
    assert found is not None
    assert max(int(found[1]), BACKLOG_CAP) <= records_module.MOST_COUNTED


def test_a_clock_that_went_back_counts_again(aws: Tables) -> None:
    aws.now = 1_000
    assert aws.records.pending_count() == 0
    add(aws)
    aws.now = 500
    assert aws.records.pending_count() == 1


# ---------------------------------------------------------------- marking


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("fault", ["before", "after", "conflict", "rival"])
def test_marking_that_was_cut_anywhere_is_finished_by_the_next(
    aws: Tables, monkeypatch: pytest.MonkeyPatch, at: int, fault: str
) -> None:
    """Seven leaves in four transactions; the process ends after a part of them."""
    monkeypatch.setattr(records_module, "_MARKED_AT_ONCE", 2)
    monkeypatch.setattr(records_module, "_THREADS", 1)
    names = "abcdefg"
    for name in names:
        add(aws, name)
    leaves = tuple(map(leaf, names))

    def rival(request: Any, serve: Serve) -> Any:
        DynamoRecords(aws.records._item.Meta.table_name, clock=lambda: 0).mark(10, leaves)
        return serve(request)

    def untouched(request: Any, serve: Serve) -> Any:
        return serve(request)

    faults = {
        "before": [SILENT] * ATTEMPTS,
        "after": [LOST, *[SILENT] * (ATTEMPTS - 1)],
        "conflict": [cancelled("TransactionConflict", "None")],
        "rival": [rival],
    }
    aws.plan("TransactWriteItems", *[untouched] * at, *faults[fault])
    try:
        aws.records.mark(10, leaves)
        finished = True
    except Unavailable:
        finished = False
    assert finished == (fault in ("conflict", "rival"))
    for one in (aws.records.read(one) for one in leaves):
        waits = one.leaf in {r.leaf for r in aws.records.pending(9)}
        assert waits == (one.index is None)
    aws.records.mark(10, leaves)
    assert [aws.records.read(one).index for one in leaves] == list(range(10, 17))
    assert aws.records.pending(9) == ()
    aws.now += 60
    assert aws.records.pending_count() == 0


def test_a_leaf_that_gets_another_index_meanwhile_is_corrupt(aws: Tables) -> None:
    """Two orders of one leaf: nothing is written over."""
    add(aws)

    def rival(request: Any, serve: Serve) -> Any:
        aws.records.mark(4, (leaf("a"),))
        return serve(request)

    aws.plan("TransactWriteItems", rival)
    with pytest.raises(Corrupt, match="index 4"):
        aws.records.mark(7, (leaf("a"),))
    assert aws.records.read(leaf("a")).index == 4  # type: ignore[union-attr]


def test_marking_again_writes_nothing(aws: Tables) -> None:
    add(aws)
    aws.records.mark(0, (leaf("a"),))
    aws.faults.seen.clear()
    aws.records.mark(0, (leaf("a"),))
    assert {name for name, _ in aws.faults.seen} == {"BatchGetItem"}


def test_marking_a_full_batch_takes_few_requests(aws: Tables) -> None:
    """256 leaves are read in three requests and written in six: a page full of them in a second."""
    asked: list[str] = []

    def skipped(request: Any, _serve: Serve) -> Any:
        asked.append("")
        return made(request, 200, b"{}")

    def found(request: Any, _serve: Serve) -> Any:
        ((name, batch),) = json.loads(request.body)["RequestItems"].items()
        items = [{"pk": key["pk"], "received_at": {"N": "7"}} for key in batch["Keys"]]
        return made(request, 200, json.dumps({"Responses": {name: items}}).encode())

    aws.plan("BatchGetItem", *[found] * 3)
    aws.faults.plan.extend(("TransactWriteItems", skipped) for _ in range(6))
    aws.records.mark(0, tuple(leaf(f"entry {n}") for n in range(256)))
    items = [len(body["TransactItems"]) for body in aws.faults.bodies("TransactWriteItems")]
    assert sorted(items) == [12, 100, 100, 100, 100, 100]
