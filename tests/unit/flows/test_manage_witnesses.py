"""Which addresses a witness may have."""

import pytest

from haechi.domain.errors import WitnessAddressError
from haechi.flows.manage_witnesses import check_address


@pytest.mark.parametrize(
    "url",
    [
        "", "w.example", "ftp://w.example", "file:///etc/passwd", "http://", "https://u:p@w.example", "http://w.example?x",
        "http://w.example#x", "http://w.example/\n", "http://w.example/ x", "http://[::1", "http://w.example:99999", "http://w.example:0",
        "http://\uac00.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url):
    with pytest.raises(WitnessAddressError):
        check_address(url)


@pytest.mark.parametrize(
    "url",
    ["https://w.example", "http://127.0.0.1:8447", "https://w.example:444/a/b/", "http://[::1]:80", "http://abc.onion"],
)
def test_an_address_is_taken(url):
    check_address(url)
