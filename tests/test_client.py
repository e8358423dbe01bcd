"""The one way out: what goes over the line, and what a hostile server can do to us (POLITENESS, RELIABILITY 1)."""

import gzip
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
from loopback import http, loopback, raw

from coranto.client import Client, FetchError, Limits, Pace
from coranto.client.body import BodyError, decode
from coranto.client.client import PROJECT
from coranto.settings.values import Fetch

DATA = Path(__file__).parent / "data" / "client"
LOCAL = Fetch(private=("127.0.0.1", "localhost"), pause=0)
SMALL = Limits(seconds=0.4, body=100_000, wire=50_000, headers=20_000)
FEED = b"<?xml version='1.0'?><rss version='2.0'><channel><title>\xe5\xb9\xbf\xe5\xb7\x9e</title></channel></rss>"


def client(limits=SMALL, fetch=LOCAL, **more):
    return Client(fetch, "1.2", limits, **more)


def fetched(answer, limits=SMALL, path="/feed", **more):
    """One GET, and what the server saw of it."""
    with loopback(answer) as server, client(limits) as out:
        return out.get(server.url(path), **more), server.log


def error_of(answer, limits=SMALL, path="/feed"):
    with loopback(answer) as server, client(limits) as out:
        with pytest.raises(FetchError) as caught:
            out.get(server.url(path))
        assert server.url(path) in str(caught.value)
        assert "\n" not in caught.value.reason
        return caught.value


# ---- the request itself


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
    assert log[0].headers["User-Agent"] == f"Coranto/1.2 (+{PROJECT})"
    assert log[0].headers["Accept"].startswith("application/atom+xml, application/rss+xml, application/feed+json")
    assert log[0].headers["Accept-Encoding"] == "gzip, deflate"


def test_the_operators_contact_goes_into_the_user_agent():
    with loopback(http(FEED)) as server, client(fetch=Fetch(private=("127.0.0.1",), contact="广州 mailto:a@b.example\r\nX: y")) as out:
        out.get(server.url())
    assert server.log[0].headers["User-Agent"] == f"Coranto/1.2 (+{PROJECT}; mailto:a@b.example X: y)"


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
    with loopback({"": http(FEED, Set_Cookie="a=b"), "/r": http(b"", "302 Found", Location="/feed", Set_Cookie="c=d; Path=/")}) as server:
        with client() as out:
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
    with loopback(http(FEED)) as other, loopback({"/a": http(b"", "301 Moved", Location="/b"), "/b": http(b"", "302 Found", Location=other.url("/x"))}) as server:
        with client() as out:
            response = out.get(server.url("/a").replace("//", "//user:geheim@"))
            with pytest.raises(FetchError) as caught:
                out.get("http://user:geheim@nowhere.invalid:1/")
    assert [asked.headers.get("Authorization") for asked in server.log] == ["Basic dXNlcjpnZWhlaW0="] * 2
    assert "Authorization" not in other.log[0].headers
    assert "geheim" not in response.url + str(response.hops) + str(caught.value)


# ---- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status):
    with loopback({"/feed": http(b"moved", f"{status} Moved", Location="new?a=1"), "/new": http(FEED)}) as server, client() as out:
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
    with loopback(lambda asked: http(b"", "302 Found", Location=f"/{asked.number}")(asked)) as server, client() as out:
        with pytest.raises(FetchError) as caught:
            out.get(server.url())
    assert caught.value.kind == "redirect"
    assert len(server.log) == 6


@pytest.mark.parametrize("location", ["/feed", "feed#x", "", "file:///etc/passwd", "ftp://127.0.0.1/", "javascript:1", "http://[", "/%0d%0aX:y"])
def test_a_redirect_that_must_not_be_followed_is_an_error(location):
    assert error_of(http(b"", "301 Moved", Location=location)).kind == "redirect"


@pytest.mark.parametrize("host", ["[::1]", "10.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "good@127.0.0.2", "localhost", "①②⑦.0.0.1"])
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
    with loopback({"/feed": http(bomb, "302 Found", Location="/new", Content_Encoding="gzip"), "/new": http(FEED)}) as server, client() as out:
        out.get(server.url())
        tracemalloc.start()
        assert out.get(server.url()).body == FEED
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
        tracemalloc.stop()


# ---- time


def drip(first, byte):
    def answer(_asked):
        yield first
        for _ in range(100):
            yield 0.02
            yield byte

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        raw(3.0),
        drip(b"", b"H"),
        drip(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", b"z"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nz\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf", 3.0),
    ],
    ids=["silence", "status", "header", "1xx", "body", "chunks", "half"],
)
def test_a_slow_server_meets_the_deadline(answer):
    start = time.monotonic()
    assert error_of(answer).kind == "timeout"
    assert time.monotonic() - start < 1.0


def test_one_deadline_holds_for_all_hops():
    def slow(asked):
        yield 0.15
        yield from http(b"", "302 Found", Location=f"/{asked.number}")(asked)

    start = time.monotonic()
    assert error_of(slow).kind == "timeout"
    assert time.monotonic() - start < 1.0


def test_a_right_answer_after_a_while_is_taken():
    def late(asked):
        yield 0.2
        yield from http(FEED)(asked)

    assert fetched(late)[0].body == FEED


def test_closing_the_client_ends_what_is_under_way():
    with loopback(raw(5.0)) as server:
        out = client(Limits(seconds=20))
        threading.Timer(0.1, out.close).start()
        start = time.monotonic()
        with pytest.raises(FetchError) as caught:
            out.get(server.url())
        assert caught.value.kind == "stopped"
        assert time.monotonic() - start < 2


# ---- size


def endless(head, filler):
    def answer(_asked):
        yield head
        while True:
            yield filler

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096),
        endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n"),
        endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", b"x" * 4096),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
        http(b"x" * 60_000),
    ],
    ids=["filler", "chunks", "negative chunk", "1xx", "stated"],
)
def test_an_endless_answer_is_broken_off_at_the_cap(answer):
    """P28."""
    assert error_of(answer, Limits(seconds=5, body=100_000, wire=50_000, headers=20_000)).kind == "too-big"


def test_a_feed_just_below_the_caps_is_taken():
    assert len(fetched(http(b"x" * 50_000))[0].body) == 50_000


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_is_never_unpacked_beyond_the_cap(pack):
    bomb = pack(bytes(30_000_000))
    coding = "gzip" if pack is gzip.compress else "deflate"
    with loopback(http(bomb, Content_Encoding=coding)) as server, client() as out:
        for _ in range(2):
            tracemalloc.start()
            with pytest.raises(FetchError) as caught:
                out.get(server.url())
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert caught.value.kind == "too-big"
    assert peak < 1_500_000


@pytest.mark.parametrize("answer", [raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000), raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n")])
def test_huge_heads_are_refused(answer):
    assert error_of(answer).kind in ("http", "too-big")


# ---- http


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + FEED), "cut"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n123456"), "http"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"), "cut"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12"), "cut"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n12"), "cut"),
        (raw(b""), "reset"),
        (raw(b"<rss/>\r\n\r\n"), "http"),
        (raw(b"\x00\xff\x1b[31m\r\n\r\n"), "http"),
        (raw(b"HTTP/1.1 abc OK\r\n\r\n"), "http"),
    ],
)
def test_broken_http_is_an_error_with_its_kind(answer, kind):
    """R14: a cut feed is never taken."""
    assert error_of(answer).kind == kind


@pytest.mark.parametrize("status", ["204 No Content", "404 Not Found", "502 Bad Gateway", "304 Not Modified", "999 Strange"])
def test_only_a_good_answer_has_a_body(status):
    response, _ = fetched(http(b"" if status[0] in "23" else FEED, status))
    assert response.status == int(status[:3])
    assert response.body == b""


def test_nobody_there_is_said_in_words():
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with client() as out, pytest.raises(FetchError) as caught:
        out.get(f"http://127.0.0.1:{port}/")
    assert caught.value.kind == "connect"
    assert f"127.0.0.1:{port}" in caught.value.reason


def test_an_unknown_host_is_said_in_words():
    def nothing(*_):
        raise socket.gaierror(-2, "Name or service not known")

    with client(resolve=nothing) as out, pytest.raises(FetchError) as caught:
        out.get("http://gone.example/")
    assert caught.value.kind == "dns"


# ---- packing


def raw_deflate(data):
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize(
    ("wire", "coding"),
    [
        (FEED, ""), (FEED, "identity"), (FEED, "utf-8"), (FEED, "gzip"), (gzip.compress(FEED), "gzip"),
        (gzip.compress(FEED), "X-GZIP"), (gzip.compress(FEED), ""), (zlib.compress(FEED), "deflate"),
        (raw_deflate(FEED), "deflate"), (gzip.compress(FEED[:9]) + gzip.compress(FEED[9:]), "gzip"),
        (gzip.compress(FEED) + b"\x00" * 9, "gzip"), (gzip.compress(FEED), "identity, gzip"),
    ],
)  # fmt: skip
def test_a_packed_feed_is_unpacked(wire, coding):
    assert decode(wire, coding, 10_000) == FEED


@pytest.mark.parametrize(
    ("wire", "coding", "kind"),
    [
        (gzip.compress(FEED)[:-1], "gzip", "cut"), (gzip.compress(FEED)[:20], "gzip", "cut"),
        (zlib.compress(FEED)[:-1], "deflate", "cut"), (gzip.compress(FEED)[:-8] + b"12345678", "gzip", "encoding"),
        (FEED, "gzip, " * 50 + "gzip", "encoding"), (b"noise", "br", "encoding"), (b"noise", "zstd", "encoding"),
        (FEED, "deflate", "encoding"), (gzip.compress(bytes(10_001)), "gzip", "too-big"), (bytes(10_001), "", "too-big"),
    ],
)  # fmt: skip
def test_a_broken_cut_or_unasked_packing_is_an_error(wire, coding, kind):
    with pytest.raises(BodyError) as caught:
        decode(wire, coding, 10_000)
    assert caught.value.kind == kind


# ---- TLS


@pytest.fixture(scope="module")
def tls_server():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DATA / "localhost.pem")
    with loopback({"": http(FEED), "/drip": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", b"z")}, tls=context) as server:
        yield server


def test_a_certificate_that_nobody_vouches_for_is_refused(tls_server):
    before = len(tls_server.log)
    with client() as out, pytest.raises(FetchError) as caught:
        out.get(f"https://localhost:{tls_server.port}/")
    assert caught.value.kind == "tls"
    assert "certificate" in caught.value.reason
    assert len(tls_server.log) == before


def test_a_certificate_of_the_systems_own_is_taken_for_its_name_only(tls_server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(DATA / "localhost.pem"))
    with client(Limits(seconds=2)) as out:
        assert out.get(f"https://localhost:{tls_server.port}/").body == FEED
        with pytest.raises(FetchError) as caught:
            out.get(f"https://127.0.0.1:{tls_server.port}/")
        assert caught.value.kind == "tls"


def test_the_deadline_holds_inside_tls(tls_server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(DATA / "localhost.pem"))
    start = time.monotonic()
    with client() as out, pytest.raises(FetchError) as caught:
        out.get(f"https://localhost:{tls_server.port}/drip")
    assert caught.value.kind == "timeout"
    assert time.monotonic() - start < 1


def test_a_server_that_never_shakes_hands_meets_the_deadline():
    with loopback(raw(3.0)) as server, client() as out, pytest.raises(FetchError) as caught:
        out.get(f"https://127.0.0.1:{server.port}/")
    assert caught.value.kind in ("timeout", "tls")


# ---- pace


class FakeTime:
    def __init__(self):
        self.now, self.slept = 100.0, []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(round(seconds, 3))
        self.now += seconds


def test_a_pause_lies_between_two_starts_to_one_host():
    """P19: 1.5 s at least, whatever settings say; only private hosts that settings name may be asked faster."""
    from coranto.client.address import parse

    fake = FakeTime()
    pace = Pace(0.2, ("127.0.0.1",), fake.clock, fake.sleep)
    for url in ["https://a.example/1", "http://A.example:8080/2", "http://b.example/", "http://127.0.0.1:1/", "http://127.0.0.1:2/", "http://127.0.0.1:1/x"]:
        with pace.turn(parse(url)):
            pass
    assert fake.slept == [1.5, 0.2]
    assert pace.host("http://127.0.0.1:1/x") == "127.0.0.1:1"
    assert pace.host("HTTP://A.example/") == "a.example"
    assert pace.host("no address") == ""
    assert pace.delay("a.example") > 0


def test_a_redirects_target_has_a_turn_of_its_own():
    with loopback({"/a": http(b"", "302 F", Location="/b"), "/b": http(FEED)}) as server:
        with client(Limits(seconds=0.1), fetch=Fetch(private=("127.0.0.1",), pause=0.2)) as out:
            out.get(server.url("/a"))  # the wait for the turn does not count for the deadline
    assert server.log[1].at - server.log[0].at >= 0.2


def test_threads_wait_for_their_turn():
    def slow(asked):
        yield 0.02
        yield from http(FEED)(asked)

    with loopback(slow) as server, client(Limits(seconds=5)) as out:
        threads = [threading.Thread(target=out.get, args=(server.url(),)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert server.most_in_flight == 1
    assert len(server.log) == 6


# ---- weight


def test_requests_is_loaded_with_the_first_request_only():
    code = (
        "import sys; from coranto.client import Client; from coranto.settings.values import Fetch; import coranto.readers.upstream;"
        "Client(Fetch(), '1').close(); sys.exit(any(name.split('.')[0] in ('requests', 'urllib3', 'feedparser', 'lxml') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
