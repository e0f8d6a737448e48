"""The system clock and the zone that this machine is set to, and where that setting was read."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from haechi.domain.custody import RecordedTime

_MOST_NAME = 64  # characters of a zone's name


class SystemClock:
    """Reads the clock anew each time; the zone is read once, when the clock is made.

    The zone comes from the variable TZ, else from the link /etc/localtime, else from
    /etc/timezone; a machine that has none of them is recorded as UTC with source `default`.
    """

    def __init__(self, *, environment: Mapping[str, str] | None = None, root: Path = Path("/")) -> None:
        self._zone, self._rules, self._source = _zone(os.environ if environment is None else environment, root)

    def __call__(self) -> RecordedTime:
        """Return what the clock says now."""
        at = datetime.now(UTC)
        offset = at.astimezone(self._rules).utcoffset()
        return RecordedTime(
            at=at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            zone=self._zone,
            offset_s=0 if offset is None else int(offset.total_seconds()),
            source=f"system clock; {self._source}",
        )


def _zone(environment: Mapping[str, str], root: Path) -> tuple[str, ZoneInfo, str]:
    for name, source in (
        (_from_variable(environment), "TZ"),
        (_from_link(root), "/etc/localtime"),
        (_from_file(root), "/etc/timezone"),
    ):
        if name and len(name) <= _MOST_NAME:
            try:
                return name, ZoneInfo(name), source
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue  # not a zone's name: ask the next place
    return "UTC", ZoneInfo("UTC"), "default"


def _from_variable(environment: Mapping[str, str]) -> str:
    """Return the name in TZ, which may be written `:Asia/Seoul` or as a path to the zone's file (tzset(3))."""
    value = environment.get("TZ", "").removeprefix(":")
    return value.rpartition("/zoneinfo/")[2]


def _from_link(root: Path) -> str:
    try:
        target = (root / "etc/localtime").readlink()
    except OSError:
        return ""
    return str(target).rpartition("/zoneinfo/")[2]


def _from_file(root: Path) -> str:
    try:
        return (root / "etc/timezone").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
