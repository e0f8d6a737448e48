"""What a library writes for us is digested, and the first error of the file is kept."""

import errno
import hashlib
import io

import pytest

from haechi.ports.written import Written


class Full(io.BytesIO):
    """A disk that is full, each time with another error."""

    count = 0

    def write(self, _piece):
        self.count += 1
        raise OSError(errno.ENOSPC, str(self.count))


def test_what_was_written_is_in_the_file_and_in_the_digest():
    file = io.BytesIO()
    written = Written(file)
    assert (written.write(b"one "), written.write(b"two")) == (4, 3)
    written.flush()
    assert file.getvalue() == b"one two"
    assert written.total.digest() == hashlib.sha256(b"one two").digest()
    assert written.error is None


def test_the_first_error_stays_whatever_follows():
    written = Written(Full())
    for _ in range(2):
        with pytest.raises(OSError, match="Errno"):
            written.write(b"x")
    assert (written.error.errno, written.error.strerror) == (errno.ENOSPC, "1")
