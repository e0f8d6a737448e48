"""Only plain addresses are asked."""

import pytest

from haechi.adapters.timestamps.posting import Place, PostError, read_url


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://tsa.example/", Place(is_secret=False, host="tsa.example", port=80, target="/")),
        ("https://tsa.example", Place(is_secret=True, host="tsa.example", port=443, target="/")),
        ("https://tsa.example:8443/a/b?c=d", Place(is_secret=True, host="tsa.example", port=8443, target="/a/b?c=d")),
        ("http://[::1]:80/x", Place(is_secret=False, host="::1", port=80, target="/x")),
    ],
)
def test_a_plain_address_is_taken_apart(url, place):
    assert read_url(url) == place


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
