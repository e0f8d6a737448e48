"""Only plain addresses of the web are taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.network.url import PORTS, Url, UrlError, take_apart


@pytest.mark.parametrize(
    ("text", "url", "named"),
    [
        ("http://a.example/", Url("http", "a.example", 80, "/"), "a.example"),
        ("https://a.example", Url("https", "a.example", 443, "/"), "a.example"),
        ("HTTPS://A.example:443/B", Url("https", "a.example", 443, "/B"), "a.example"),
        ("https://a.example:80/", Url("https", "a.example", 80, "/"), "a.example:80"),
        ("https://a.example:8443/a/b?c=d", Url("https", "a.example", 8443, "/a/b?c=d"), "a.example:8443"),
        ("http://[::1]:80/x", Url("http", "::1", 80, "/x"), "[::1]"),
        ("http://a.example/x#not-sent", Url("http", "a.example", 80, "/x"), "a.example"),
    ],
)
def test_a_plain_address_is_taken_apart(text, url, named):
    assert (take_apart(text), take_apart(text).named) == (url, named)


@pytest.mark.parametrize(
    "text",
    [
        "", "a.example", "//a.example/", "ftp://a.example/", "ftp://a.example:80/", "gopher://a.example:443/", "file:///etc/passwd", "http://", "http:///x", "http://a:b@a.example/",
        "http://:b@a.example/", "http://user@a.example/", "http://@a.example/", "http://a.example:99999/", "http://a.example:x/",
        "http://a.example/a b", "http://a.example/\r\nHost: other", "http://a.example/\n", "\thttp://a.example/", "http://[::1",
        "javascript:alert(1)", "http://해치.example/", "http://" + "a" * 64 + ".example/", "http://a..example/",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(UrlError):
        take_apart(text)


hosts = st.from_regex(r"[a-z0-9]{1,20}\.example", fullmatch=True) | st.ip_addresses(v=4).map(str)
targets = st.from_regex(r"/[a-z0-9/]{0,9}(\?[a-z=&]{1,9})?", fullmatch=True)


@given(st.sampled_from(sorted(PORTS)), hosts | st.ip_addresses(v=6).map(str), st.integers(1, 65_535), targets)
def test_what_is_put_together_from_the_parts_is_taken_apart_into_them(scheme, host, port, target):
    url = Url(scheme, host, port, target)
    assert take_apart(f"{scheme}://{url.named}{target}") == url
