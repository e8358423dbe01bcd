"""Which addresses may be connected to (promise 7, RELIABILITY 2: SSRF)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto.client import guard
from coranto.client.address import follow, host_port, parse
from coranto.client.answer import FetchError

INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1",
    "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "ff02::1",
    "", "localhost", "not an address", "127.1", "0x7f.0.0.1", "2130706433",
]  # fmt: skip
OUTSIDE = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.215.14",
    "114.114.114.114",
    "::ffff:8.8.8.8",
    "2606:4700::1111",
    "2400:3200::1",
]
DISGUISED = [
    "2130706433", "0x7f000001", "0x7f.1", "0X7F.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "127.0.0.1.",
    "0", "00", "127.0.0.01", "1.2.3.4.5", "256.1.1.1", "127.0.0.0x1", "evil.example.1", "0x", "134744072",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_leads_inside_is_refused(address):
    assert not guard.is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_is_not(address):
    assert guard.is_public(address)


@pytest.mark.parametrize("host", DISGUISED)
def test_a_numeric_address_in_disguise_is_known_as_one(host):
    assert guard.is_odd(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "8.8.8.8", "news.example", "1.news.example", "::1", "0x7f.example", "a.0xyz", "localhost"]
)
def test_an_honest_host_is_no_disguise(host):
    assert not guard.is_odd(host)


@given(st.ip_addresses(v=4))
def test_every_mapped_address_is_judged_as_its_ipv4(address):
    assert guard.is_public(f"::ffff:{address}") == guard.is_public(str(address))


@given(st.text(max_size=60))
def test_any_text_gets_a_verdict_and_never_an_exception(text):
    guard.is_public(text)
    guard.is_odd(text)


def test_settings_name_a_host_with_or_without_its_port():
    assert guard.is_named(("127.0.0.1",), "127.0.0.1", 1200)
    assert guard.is_named(("127.0.0.1:1200",), "127.0.0.1", 1200)
    assert guard.is_named((" Bridge.LAN ",), "bridge.lan", 80)
    assert guard.is_named(("[::1]:8080",), "::1", 8080)
    assert guard.is_named(("::1",), "::1", 8080)
    assert not guard.is_named(("127.0.0.1:1200",), "127.0.0.1", 1201)
    assert not guard.is_named(("127.0.0.1",), "localhost", 80)
    assert not guard.is_named((), "127.0.0.1", 80)


def test_of_several_addresses_only_the_public_ones_are_left():
    found = ["10.0.0.1", "8.8.8.8", "::1", "2606:4700::1111"]
    assert guard.vet(found, named=False) == ("8.8.8.8", "2606:4700::1111")
    assert guard.vet(found, named=True) == tuple(found)


def test_a_numeric_host_is_not_looked_up():
    assert guard.resolve("127.0.0.1", 80, 1) == ("127.0.0.1",)
    assert guard.resolve("::1", 80, 1) == ("::1",)


def test_a_lookup_that_hangs_ends_in_time(monkeypatch):
    import threading

    hang = threading.Event()
    monkeypatch.setattr(guard.socket, "getaddrinfo", lambda *_, **__: hang.wait(5) and [])
    with pytest.raises(TimeoutError):
        guard.resolve("slow.example", 80, 0.05)
    hang.set()


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://a.example", "/"),
        ("http://a.example?x=1", "/?x=1"),
        ("http://a.example/b?infoCode=NW1&a=%2f&&=#top", "/b?infoCode=NW1&a=%2f&&="),
        ('http://a.example/a/../b;c=[1]{2}|^`\\"<>', '/a/../b;c=[1]{2}|^`\\"<>'),
        ("http://a.example/新闻?q=广州 日报", "/%E6%96%B0%E9%97%BB?q=%E5%B9%BF%E5%B7%9E%20%E6%97%A5%E6%8A%A5"),
        ("http://u:p@a.example/x@y", "/x@y"),
        (" http://a.example/x ", "/x"),
    ],
)
def test_the_target_is_the_address_as_written(url, target):
    """P23."""
    assert parse(url).target == target


def test_an_address_is_taken_apart():
    hop = parse("HTTPS://user:p%40ss@News.Example:8443/feed?x=a@b#c")
    assert (hop.scheme, hop.host, hop.port, hop.login) == ("https", "news.example", 8443, "user:p@ss")
    assert hop.url == "HTTPS://News.Example:8443/feed?x=a@b"
    assert parse("https://u@h.example?x=a@b").url == "https://h.example?x=a@b"
    assert parse("http://例子.cn/").host == "xn--fsqu00a.cn"
    assert host_port(parse("http://[::1]:80/")) == "[::1]:80"


@pytest.mark.parametrize(
    "url",
    [
        "", "feed.xml", "//a.example/", "ftp://a.example/", "file:///etc/passwd", "data:text/xml,<rss/>", "javascript:1",
        "http:///x", "http://", "http://a.example:99999/", "http://a.example:0/", "http://a.example:x/", "http://[::1/",
        "http://a.example\\@127.0.0.1/", "http://a.example/\r\nX: y", "http://a\x00.example/", "http://..例/",
    ],
)  # fmt: skip
def test_what_is_no_http_address_is_refused_in_words(url):
    with pytest.raises(FetchError) as caught:
        parse(url)
    assert caught.value.kind == "bad-address"
    assert caught.value.reason


def test_a_redirect_is_relative_to_where_it_was_given():
    here = parse("http://a.example/x/feed")
    assert follow(here, "../y?z=1").url == "http://a.example/y?z=1"
    assert follow(here, "//b.example/").url == "http://b.example/"
    assert follow(here, "/新".encode().decode("latin-1")).target == "/%E6%96%B0"
    assert follow(here, "http://user:pw@b.example/").login == ""


@pytest.mark.parametrize(
    "location",
    [
        "",
        "file:///etc/passwd",
        "ftp://a/",
        "data:,x",
        "javascript:x",
        "http://[",
        "http://b.example/%0d%0aX",
        "http://b.example/%0Ax",
    ],
)
def test_a_redirect_elsewhere_is_refused(location):
    with pytest.raises(FetchError) as caught:
        follow(parse("http://a.example/"), location)
    assert caught.value.kind == "redirect"


@given(st.text(max_size=80))
def test_any_address_is_taken_apart_or_refused(text):
    try:
        hop = parse("http://" + text)
    except FetchError:
        return
    assert hop.target.startswith("/")
    assert all(0x20 < ord(char) < 0x7F for char in hop.target)
    assert hop.host.isascii()
