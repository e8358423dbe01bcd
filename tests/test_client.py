"""What goes over the line, and nothing more (POLITENESS P1, P18, P22 to P26)."""

import subprocess
import sys

import pytest

from coranto.client import FetchError
from coranto.settings.values import Fetch
from fetching import FEED, client, fetched
from loopback import http, loopback


def test_a_feed_is_fetched_as_it_stands():
    response, log = fetched(http(FEED, Content_Type="application/rss+xml", ETag='"x"', Cache_Control="max-age=60"))
    assert (response.status, response.body, response.etag, response.hops) == (200, FEED, '"x"', ())
    assert response.header("Cache-Control") == "max-age=60"
    assert not response.permanent
    assert len(log) == 1


def test_a_request_says_who_asks_and_nothing_more():
    """P22 to P25."""
    _, log = fetched(http(FEED))
    assert log[0].method == "GET"
    assert set(log[0].headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert log[0].headers["User-Agent"] == "Coranto/1.2"
    assert log[0].headers["Accept"].startswith("application/atom+xml, application/rss+xml, application/feed+json")
    assert log[0].headers["Accept-Encoding"] == "gzip, deflate, br"


def test_the_operators_contact_goes_into_the_user_agent():
    with (
        loopback(http(FEED)) as server,
        client(fetch=Fetch(private=("127.0.0.1",), contact="广州 mailto:a@b.example\r\nX: y")) as out,
    ):
        out.get(server.url())
    assert server.log[0].headers["User-Agent"] == "Coranto/1.2 (+mailto:a@b.example X: y)"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/a/../b/./c?infoCode=NW1&b=%2f%e4&a=&&#top", "/a/../b/./c?infoCode=NW1&b=%2f%e4&a=&&"),
        ("?x", "/?x"), ("/~u/[1]{2}|;p=1,2", "/~u/[1]{2}|;p=1,2"), ("//x//y", "//x//y"), ("", "/"), ("/x?", "/x?"),
        ("/新闻", "/%E6%96%B0%E9%97%BB"),
    ],
)  # fmt: skip
def test_the_raw_target_is_the_configured_address(path, target):
    """P23: nothing appended, decoded or put in order."""
    _, log = fetched(http(FEED), path=path)
    assert log[0].target == target


@pytest.mark.parametrize("etag", ['"x"', 'W/"a b"', "unquoted", '"', "W/", '"\xe6\x96\xb0"', "a, b", "'x'"])
@pytest.mark.parametrize("modified", ["Fri, 07 Jan 2022 12:00:00 GMT", "yesterday", "1641556800"])
def test_validators_go_back_byte_for_byte(etag, modified):
    """P1, and A-IM only with them (P26)."""
    response, _ = fetched(http(FEED, ETag=etag, Last_Modified=modified))
    assert (response.etag, response.last_modified) == (etag, modified)
    _, log = fetched(http(b"", "304 Not Modified"), etag=response.etag, last_modified=response.last_modified)
    assert (log[0].headers["If-None-Match"], log[0].headers["If-Modified-Since"]) == (etag, modified)
    assert log[0].headers["A-IM"] == "feed"


@pytest.mark.parametrize("value", ['"\x1b[31mred"', '"a\x01"', '"\x7f"', "x" * 5000])
def test_a_validator_with_control_bytes_is_none(value):
    """P1."""
    response, _ = fetched(http(FEED, ETag=value, Last_Modified=value))
    assert (response.etag, response.last_modified) == ("", "")


def test_a_cookie_never_comes_back():
    """P23."""
    with (
        loopback(
            {"": http(FEED, Set_Cookie="a=b"), "/r": http(b"", "302 Found", Location="/feed", Set_Cookie="c=d; Path=/")}
        ) as server,
        client() as out,
    ):
        out.get(server.url("/r"))
        out.get(server.url())
    assert len(server.log) == 3
    assert not any("cookie" in name.lower() for asked in server.log for name in asked.headers)


def test_environment_and_netrc_change_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    (tmp_path / "netrc").write_text("default login a password b")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    _, log = fetched(http(FEED))
    assert "Authorization" not in log[0].headers


def test_a_login_in_the_address_goes_to_its_own_origin_only():
    """P18; and no message shows it."""
    with (
        loopback(http(FEED)) as other,
        loopback(
            {"/a": http(b"", "301 Moved", Location="/b"), "/b": http(b"", "302 Found", Location=other.url("/x"))}
        ) as server,
        client() as out,
    ):
        response = out.get(server.url("/a").replace("//", "//user:geheim@"))
        with pytest.raises(FetchError) as caught:
            out.get("http://user:geheim@nowhere.invalid:1/")
    assert [asked.headers.get("Authorization") for asked in server.log] == ["Basic dXNlcjpnZWhlaW0="] * 2
    assert "Authorization" not in other.log[0].headers
    assert "geheim" not in response.url + str(response.hops) + str(caught.value)


def test_requests_is_loaded_with_the_first_request_only():
    code = (
        "import sys; from coranto.client import Client; from coranto.settings.values import Fetch; import coranto.readers.upstream;"
        "Client(Fetch(), '1').close(); sys.exit(any(name.split('.')[0] in ('requests', 'urllib3', 'feedparser', 'lxml') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
