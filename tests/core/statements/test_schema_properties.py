"""Whatever comes in, a statement or findings come out."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.statements import builders
from tests.core.statements.strategies import VALUES, disturbed

from rekap.core import codec
from rekap.core.errors import Finding
from rekap.core.statements import schema
from rekap.core.statements.model import Statement
from rekap.core.statements.shapes import SENTENCES

ENCODED = [builders.encode(payload) for payload in builders.every_payload()]


def outcome(check, value) -> Statement | tuple[Finding, ...]:
    """The statement, or the findings; any other exception fails the test."""
    try:
        return check(value)
    except schema.SchemaErrors as errors:
        return errors.findings


def is_refused(result) -> bool:
    """Refused with at least one finding, each with a code and both sentences."""
    if isinstance(result, Statement):
        return False
    assert result
    assert all(one.code and one.id and one.en for one in result)
    return True


@given(st.binary(max_size=200))
def test_any_bytes_are_a_statement_or_refused(data):
    assert is_refused(outcome(schema.parse_statement, data))


@given(st.sampled_from(ENCODED), st.data())
def test_a_changed_byte_is_refused_or_means_something_else(data, choices):
    place = choices.draw(st.integers(0, len(data) - 1))
    byte = choices.draw(st.integers(0, 255))
    changed = data[:place] + bytes([byte]) + data[place + 1 :]
    result = outcome(schema.parse_statement, changed)
    assert is_refused(result) or codec.encode(result.fields) == changed


@settings(max_examples=300, deadline=None)
@given(disturbed())
def test_a_disturbed_payload_is_a_statement_or_refused(payload):
    result = outcome(schema.check_statement, payload)
    if is_refused(result):
        assert all(one.code in SENTENCES for one in result)
    else:
        assert outcome(schema.parse_statement, builders.encode(payload)) == result


@given(VALUES)
def test_any_value_is_refused_without_another_exception(value):
    for payload in (value, {"kind": value}, {**builders.form(), "figures": value}):
        assert is_refused(outcome(schema.check_statement, payload))
