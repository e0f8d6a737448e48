"""A written time stands for a day, a minute or a second."""

from datetime import UTC, datetime

import pytest

from haechi.domain.audience import Interval
from haechi.domain.written_time import written_span

DAY = int(datetime(2024, 5, 1, tzinfo=UTC).timestamp())


def read(text, **more):
    return written_span(text, lambda naive: naive.replace(tzinfo=UTC).timestamp(), **more)


@pytest.mark.parametrize("text", ["2024-05-01", "2024.5.1", "2024. 5. 1.", "2024/05/01", " 2024-05-01 "])
def test_a_date_is_a_day(text):
    assert read(text) == Interval(DAY, DAY + 86400)


@pytest.mark.parametrize(("text", "days"), [("2024-02", 29), ("2024.12", 31), ("2025. 1.", 31)])
def test_a_month_is_all_of_its_days_and_only_where_a_month_is_meant(text, days):
    found = read(text, with_months=True)
    assert found.end - found.start == days * 86400
    assert read(text) is None


def test_a_clock_is_a_minute_or_a_second():
    assert read("2024-05-01 21:30") == Interval(DAY + 77400, DAY + 77460)
    assert read("2024. 5. 1. 21:30:05") == Interval(DAY + 77405, DAY + 77406)


def test_a_zone_that_is_written_counts():
    assert read("2024-05-01T21:30:05+09:00") == Interval(DAY + 77405 - 32400, DAY + 77406 - 32400)
    assert read("2024-05-01 21:30Z") == read("2024-05-01 21:30")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "어제",
        "2024",
        "2024-13",
        "2024-00",
        "9999-12",
        "2024-13-01",
        "2024-05-01 25:00",
        "2024-05-01x",
        "24-5-1",
        "2024-05-01 21:30+99:99:9",
    ],
)
def test_what_is_no_time_is_none(text):
    assert read(text) is None
