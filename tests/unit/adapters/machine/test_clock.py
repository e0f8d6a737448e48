"""The clock records what the machine says and where it was read."""

import re
from datetime import UTC, datetime

import pytest

from haechi.adapters.machine import SystemClock


@pytest.fixture
def root(tmp_path):
    (tmp_path / "etc").mkdir()
    return tmp_path


def test_the_time_is_utc_with_microseconds(root):
    before = datetime.now(UTC)
    recorded = SystemClock(environment={}, root=root)()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", recorded.at)
    assert before <= datetime.fromisoformat(recorded.at) <= datetime.now(UTC)


@pytest.mark.parametrize("value", ["Asia/Seoul", ":Asia/Seoul", "/usr/share/zoneinfo/Asia/Seoul"])
def test_the_variable_comes_first(root, value):
    (root / "etc/localtime").symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    recorded = SystemClock(environment={"TZ": value}, root=root)()
    assert (recorded.zone, recorded.offset_s, recorded.source) == ("Asia/Seoul", 32_400, "system clock; TZ")


def test_the_link_comes_before_the_file(root):
    (root / "etc/localtime").symlink_to("../usr/share/zoneinfo/Asia/Kolkata")
    (root / "etc/timezone").write_text("Europe/Berlin\n")
    recorded = SystemClock(environment={}, root=root)()
    assert (recorded.zone, recorded.offset_s, recorded.source) == (
        "Asia/Kolkata",
        19_800,
        "system clock; /etc/localtime",
    )


def test_the_file_is_read_where_localtime_is_a_copy(root):
    (root / "etc/localtime").write_bytes(b"TZif2")
    (root / "etc/timezone").write_text("Asia/Seoul\n")
    assert SystemClock(environment={}, root=root)().source == "system clock; /etc/timezone"


@pytest.mark.parametrize("value", ["", "KST-9", "../../etc/passwd", "x" * 500, "Nowhere/City"])
def test_a_machine_without_a_zone_is_recorded_as_utc_by_default(root, value):
    recorded = SystemClock(environment={"TZ": value}, root=root)()
    assert (recorded.zone, recorded.offset_s, recorded.source) == ("UTC", 0, "system clock; default")
