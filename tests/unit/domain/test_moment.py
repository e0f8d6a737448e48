"""A time is written in one form, with its zone."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.moment import moment, zone

SECONDS = st.integers(-62_135_510_400, 253_402_214_400)  # the years 1 to 9999, less a day at each end
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: 60 * minutes)


@given(SECONDS, OFFSETS)
def test_a_time_reads_back(unix_s, offset_s):
    text = moment(unix_s, offset_s=offset_s)
    assert int(datetime.fromisoformat(text.replace(" UTC", "")).timestamp()) == unix_s


@pytest.mark.parametrize(
    ("offset_s", "told"), [(0, "UTC+00:00"), (32_400, "UTC+09:00"), (-12_600, "UTC-03:30"), (20_700, "UTC+05:45")]
)
def test_a_zone_is_told_by_its_distance(offset_s, told):
    assert zone(offset_s) == told


@pytest.mark.parametrize("unix_s", [10**15, -(10**15), 2**62])
def test_a_time_outside_the_calendar_is_its_number(unix_s):
    assert moment(unix_s) == str(unix_s)
