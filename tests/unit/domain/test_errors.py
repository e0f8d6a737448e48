"""Which of the system's errors say that something did not fit."""

import errno

import pytest

from haechi.domain.errors import full_disk


@pytest.mark.parametrize(
    ("number", "facts"),
    [
        (errno.ENOSPC, {"path": "p"}),
        (errno.EDQUOT, {"path": "p"}),
        (errno.EFBIG, {"path": "p", "reason": "file-size"}),
    ],
)
def test_a_disk_without_room_and_one_that_takes_no_large_file_are_told_apart(number, facts):
    assert full_disk(OSError(number, ""), "p").facts == facts


def test_no_other_error_is_taken_for_a_full_disk():
    others = set(errno.errorcode) - {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    assert not any(full_disk(OSError(number, ""), "p") for number in others)
