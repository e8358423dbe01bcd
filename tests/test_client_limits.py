"""What a hostile server can do to us: time, size, broken HTTP (P28, RELIABILITY 1)."""

import gzip
import socket
import threading
import time
import tracemalloc
import zlib

import pytest

from coranto.client import FetchError, Limits
from fetching import FEED, SHORT, client, error_of, fetched
from loopback import drip, http, loopback, raw


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
    assert error_of(answer, SHORT).kind == "timeout"
    assert time.monotonic() - start < 1.8


def test_one_deadline_holds_for_all_hops():
    def slow(asked):
        yield 0.15
        yield from http(b"", "302 Found", Location=f"/{asked.number}")(asked)

    start = time.monotonic()
    assert error_of(slow, SHORT).kind == "timeout"
    assert time.monotonic() - start < 1.8


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


@pytest.mark.parametrize(
    "answer",
    [raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000), raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n")],
)
def test_huge_heads_are_refused(answer):
    assert error_of(answer).kind in ("http", "too-big")


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


@pytest.mark.parametrize(
    "status", ["204 No Content", "404 Not Found", "502 Bad Gateway", "304 Not Modified", "999 Strange"]
)
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
