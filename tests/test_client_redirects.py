"""Redirects by our own rules: bounded, vetted, nothing secret along (P17, P18, promise 7)."""

import gzip
import tracemalloc

import pytest

from coranto.client import FetchError
from coranto.client.dial import PlainSocket
from coranto.settings.values import Fetch
from fetching import FEED, client, error_of
from loopback import http, loopback


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status):
    with (
        loopback({"/feed": http(b"moved", f"{status} Moved", Location="new?a=1"), "/new": http(FEED)}) as server,
        client() as out,
    ):
        response = out.get(server.url())
    assert response.body == FEED
    assert response.url == server.url("/new?a=1")
    assert response.hops == (server.url(),)
    assert response.permanent == (status in (301, 308))


def test_a_way_is_permanent_only_if_every_hop_is():
    answers = {"/a": http(b"", "301 M", Location="/b"), "/b": http(b"", "302 F", Location="/c"), "/c": http(FEED)}
    with loopback(answers) as server, client() as out:
        assert not out.get(server.url("/a")).permanent
        assert len(out.get(server.url("/a")).hops) == 2


def test_forty_hops_are_six_requests():
    """P18."""

    def onward(asked):
        return http(b"", "302 Found", Location=f"/{asked.number}")(asked)

    with loopback(onward) as server, client() as out, pytest.raises(FetchError) as caught:
        out.get(server.url())
    assert caught.value.kind == "redirect"
    assert len(server.log) == 6


def test_a_circle_ends_where_it_closes():
    """P18: nobody is asked twice."""
    answers = {"/a": http(b"", "302 Found", Location="/b"), "/b": http(b"", "302 Found", Location="/a")}
    with loopback(answers) as server, client() as out, pytest.raises(FetchError, match="in a circle"):
        out.get(server.url("/a"))
    assert [asked.target for asked in server.log] == ["/a", "/b"]


@pytest.mark.parametrize(
    "location",
    ["/feed", "feed#x", "", "file:///etc/passwd", "ftp://127.0.0.1/", "javascript:1", "http://[", "/%0d%0aX:y"],
)
def test_a_redirect_that_must_not_be_followed_is_an_error(location):
    assert error_of(http(b"", "301 Moved", Location=location)).kind == "redirect"


@pytest.mark.parametrize(
    "host",
    [
        "[::1]",
        "10.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::ffff:127.0.0.1]",
        "good@127.0.0.2",
        "localhost",
        "①②⑦.0.0.1",
    ],
)
def test_a_redirect_to_the_inside_never_arrives(host):
    """Promise 7: only 127.0.0.1 and this port are allowed."""
    with loopback(http(FEED)) as inside:
        location = f"http://{host}:{inside.port}/".encode().decode("latin-1")
        with loopback(http(b"", "302 Found", Location=location)) as server:
            fetch = Fetch(private=(f"127.0.0.1:{server.port}",), pause=0)
            with client(fetch=fetch) as out, pytest.raises(FetchError) as caught:
                out.get(server.url())
    assert caught.value.kind == "refused-address"
    assert inside.log == []


def test_a_connection_that_leads_elsewhere_than_was_vetted_is_not_used(monkeypatch):
    """RELIABILITY 2, DNS rebinding: judged is the address that is connected to."""
    monkeypatch.setattr(PlainSocket, "getpeername", lambda _: ("127.0.0.2", 80))
    with loopback(http(FEED)) as server, client() as out, pytest.raises(FetchError) as caught:
        out.get(server.url())
    assert caught.value.kind == "connect"
    assert server.log == []


def test_a_refusal_names_the_setting_and_the_host():
    with loopback(http(FEED)) as server, client(fetch=Fetch()) as out, pytest.raises(FetchError) as caught:
        out.get(server.url())
    assert f'"127.0.0.1:{server.port}" to fetch.private' in caught.value.reason
    assert server.log == []


def test_a_name_that_changes_its_address_is_judged_by_what_is_connected_to():
    """DNS rebinding: a name is looked up once for a connection, and that very answer is vetted."""
    asked = []

    def resolve(host, _port, _timeout):
        asked.append(host)
        return ["127.0.0.1"]

    with loopback(http(FEED)) as server, client(resolve=resolve) as out, pytest.raises(FetchError) as caught:
        out.get(f"http://rebind.example:{server.port}/")
    assert caught.value.kind == "refused-address"
    assert asked == ["rebind.example"]
    assert server.log == []


def test_a_named_host_is_asked_under_its_own_name():
    fetch = Fetch(private=("bridge.example",), pause=0)
    with loopback(http(FEED)) as server, client(fetch=fetch, resolve=lambda *_: ["127.0.0.9", "127.0.0.1"]) as out:
        out.get(f"http://bridge.example:{server.port}/")  # the first address refuses the connection
    assert server.log[0].headers["Host"] == f"bridge.example:{server.port}"


def test_the_body_of_a_redirect_is_not_read():
    bomb = gzip.compress(bytes(50_000_000))
    with (
        loopback(
            {"/feed": http(bomb, "302 Found", Location="/new", Content_Encoding="gzip"), "/new": http(FEED)}
        ) as server,
        client() as out,
    ):
        out.get(server.url())
        tracemalloc.start()
        assert out.get(server.url()).body == FEED
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
        tracemalloc.stop()
