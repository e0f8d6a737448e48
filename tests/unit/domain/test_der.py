"""DER is read in the one form that it has, and written in it."""

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain import der

ARCS = st.lists(st.integers(0, 2**40), min_size=1, max_size=8)


@given(st.binary(max_size=70_000))
def test_what_is_written_reads_back(content):
    encoded = der.write(der.OCTET_STRING, content)
    assert der.read_strictly(encoded).content == content
    assert core.OctetString.load(encoded, strict=True).native == content


@given(st.integers(0, 2**300))
def test_a_number_reads_back(number):
    encoded = der.write_integer(number)
    assert der.read_strictly(encoded).integer() == number
    assert encoded == core.Integer(number).dump()


@given(st.integers(0, 2), st.integers(0, 39), ARCS)
def test_an_object_identifier_reads_back(first, second, rest):
    dotted = ".".join(map(str, (first, second, *rest)))
    encoded = der.write_oid(dotted)
    assert der.read_strictly(encoded).oid() == dotted
    assert encoded == core.ObjectIdentifier(dotted).dump()


@pytest.mark.parametrize("dotted", ["", "1", "3.1", "1.40", "1.2.", "1.02", "a.b", "1.2.3.-4", "1 .2", "1.2\n", "1.٣"])
def test_what_is_no_object_identifier_is_refused(dotted):
    with pytest.raises(der.DerError):
        der.write_oid(dotted)


@pytest.mark.parametrize(
    "encoded",
    [
        "", "30", "3001", "3080020100 0000", "308101 00", "3082000401020304", "30840000000101", "3085000000000100",
        "0400 00", "0402 00", "1f0100", "1000", "1100", "0200", "02020001", "0202ffff", "0501 00", "010101", "0101 7f",
        "0600", "060180", "06028001", "0300", "030108", "30040203000000", "ffffffff", "30" + "30" * 40,
    ],
)  # fmt: skip
def test_another_form_is_refused(encoded):
    with pytest.raises(der.DerError):
        der.read_strictly(bytes.fromhex(encoded))


def test_what_is_nested_without_end_is_refused():
    encoded = b""
    for _ in range(200):
        encoded = der.write(der.SEQUENCE, encoded)
    with pytest.raises(der.DerError):
        der.read_strictly(encoded)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    try:
        value = der.read_strictly(data)
    except der.DerError:
        return
    assert value.raw == data


@pytest.mark.parametrize(
    ("text", "at_us"),
    [
        ("19700101000000Z", 0),
        ("20260304050607Z", 1772600767_000000),
        ("20260304050607.5Z", 1772600767_500000),
        ("20260304050607.123456789Z", 1772600767_123456),
    ],
)
def test_a_time_is_read(text, at_us):
    assert der.read_strictly(der.write(der.GENERALIZED_TIME, text.encode())).time_us() == at_us


@pytest.mark.parametrize(
    "text", ["20260304050607", "202603040506Z", "20260304050607.50Z", "20260304050607.Z", "20261304050607Z",
             "20260304050607+0900", "20260304050661Z", " 0260304050607Z"],
)  # fmt: skip
def test_a_time_in_another_form_is_refused(text):
    value = der.read_strictly(der.write(der.GENERALIZED_TIME, text.encode()))
    with pytest.raises(der.DerError):
        value.time_us()


@given(st.binary(max_size=300))
def test_what_is_read_strictly_is_read_and_not_the_other_way_round(data):
    try:
        strict = der.read_strictly(data)
    except der.DerError:
        return
    assert der.read(data) == strict


def test_a_primitive_value_is_looked_into_when_it_is_asked():
    value = der.read(bytes.fromhex("02020001"))
    with pytest.raises(der.DerError):
        value.integer()
