"""Only plain addresses without a fragment are asked."""

import pytest

from haechi.adapters.timestamps.posting import PostError, read_url
from haechi.network.url import Url


@pytest.mark.parametrize(
    "url",
    [
        "", "tsa.example", "ftp://tsa.example/", "file:///etc/passwd", "http://", "http://a:b@tsa.example/",
        "http://user@tsa.example/", "http://tsa.example/#x", "http://tsa.example:99999/", "http://tsa.example/a b",
        "http://tsa.example/\r\nHost: other", "http://tsa.example/\n", "http://[::1", "javascript:alert(1)",
        "http://해치.example/",
    ],
)  # fmt: skip
def test_anything_else_is_refused(url):
    with pytest.raises(PostError) as caught:
        read_url(url)
    assert caught.value.reason == "url"


def test_a_plain_address_is_asked_as_it_stands():
    assert read_url("https://tsa.example:8443/a/b?c=d") == Url("https", "tsa.example", 8443, "/a/b?c=d")
