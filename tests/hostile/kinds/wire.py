"""HTTP: lengths, chunks and heads that lie, and validators that nobody should send back (RELIABILITY 1)."""

from __future__ import annotations

from collections.abc import Iterator

from hostile.catalogue import Expect, Path, Seen
from hostile.documents import RSS_TYPE, Check, item, rss
from hostile.server import RESET
from loopback import Answer, Asked, http, raw

_FEED = rss(item("一条")).encode()
_HALF = _FEED[: len(_FEED) // 2]
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"


def _length(stated: str) -> bytes:
    return _OK + f"Content-Length: {stated}\r\n\r\n".encode()


def _chunk(body: bytes, size: str = "") -> bytes:
    return (size or f"{len(body):x}").encode() + b"\r\n" + body + b"\r\n"


def _path(name: str, answer: Answer, expect: Expect = "error", **more: object) -> Path:
    return Path(kind="http", name=name, answer=answer, expect=expect, **more)  # type: ignore[arg-type]


def _good(name: str, polls: int = 1, check: Check | None = None, body: bytes = _FEED, **headers: str) -> Path:
    headers = {"Content_Type": RSS_TYPE, **headers}
    return _path(name, http(body, **headers), "entries", polls=polls, check=check)


def _never_sent_back(seen: Seen) -> list[str]:
    """The validator of the first poll of it is not in the second's request."""
    last = seen.asked[-1].headers
    return [f"{name}: {last[name]!r} was sent back" for name in ("If-None-Match", "If-Modified-Since") if name in last]


def _sent_back(seen: Seen) -> list[str]:
    last = seen.asked[-1].headers
    return [] if last.get("If-None-Match") == '"a b"' else ["the validator was not sent back"]


def _conditional(asked: Asked) -> Iterator[bytes | float]:
    known = "If-None-Match" in asked.headers
    return (http(b"", "304 Not Modified") if known else http(_FEED, ETag='"a b"', Content_Type=RSS_TYPE))(asked)


def _folded(asked: Asked) -> Iterator[bytes | float]:
    yield _OK + b'ETag: "a\r\n b"\r\nContent-Length: ' + str(len(_FEED)).encode() + b"\r\n\r\n" + _FEED


PATHS = [
    _path("length-longer-than-the-body", raw(_length(str(len(_FEED) + 100)) + _FEED)),
    _path("length-shorter-than-the-body", raw(_length(str(len(_HALF))) + _FEED)),
    _path("two-lengths", raw(_OK + b"Content-Length: 10\r\nContent-Length: 20\r\n\r\n" + _FEED)),
    _path("negative-length", raw(_length("-1") + _FEED), "any"),
    _path("length-of-words", raw(_length("many") + _FEED), "any"),
    _path("huge-length", raw(_length("9" * 30) + _FEED)),
    _path("length-and-chunks", raw(_OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + _chunk(_FEED) + b"0\r\n\r\n"), "any"),
    _path("chunks", raw(_CHUNKED + _chunk(_HALF) + _chunk(_FEED[len(_HALF) :]) + b"0\r\n\r\n"), "entries", titles=("一条",)),
    _path("chunk-of-no-number", raw(_CHUNKED + _chunk(_FEED, "zz") + b"0\r\n\r\n")),
    _path("negative-chunk", raw(_CHUNKED + _chunk(_FEED, "-5") + b"0\r\n\r\n")),
    _path("huge-chunk", raw(_CHUNKED + _chunk(_FEED, "f" * 15))),
    _path("chunks-cut", raw(_CHUNKED + _chunk(_HALF))),
    _path("chunks-without-the-last", raw(_CHUNKED + _chunk(_FEED))),
    _path("chunk-cut-in-the-middle", raw(_CHUNKED + _chunk(_FEED)[:-200])),
    _path("body-cut-and-no-length", raw(_OK + b"\r\n" + _HALF), says="cut|end"),
    _path("body-whole-and-no-length", raw(_OK + b"\r\n" + _FEED), "entries"),
    _path("reset-at-once", raw(RESET)),
    _path("reset-in-the-head", raw(_OK, RESET)),
    _path("reset-in-the-body", raw(_length(str(len(_FEED))) + _HALF, 0.2, RESET)),
    _path("closed-without-a-word", raw()),
    _path("no-status-line", raw(_FEED)),
    _path("noise-for-a-status-line", raw(bytes(range(1, 256)) * 10 + b"\r\n\r\n")),
    _path("another-protocol", raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")),
    _path("tls-on-a-plain-port", raw(b"\x15\x03\x01\x00\x02\x02\x50")),
    _path("a-header-of-1-mib", raw(_OK + b"X-A: " + b"a" * (1 << 20) + b"\r\n\r\n" + _FEED)),
    _path("10000-headers", raw(_OK + b"X-A: b\r\n" * 10_000 + b"\r\n" + _FEED)),
    _path("status-999", http(_FEED, "999 Odd")),
    _path("status-of-letters", raw(b"HTTP/1.1 OK 200\r\n\r\n" + _FEED)),
    _path("http-0.9", raw(_FEED + b"\n")),
    _path("http-1.0", raw(b"HTTP/1.0 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n" + _FEED), "entries"),
    _path("line-feeds-alone", raw(b"HTTP/1.1 200 OK\nContent-Length: %d\n\n%s" % (len(_FEED), _FEED)), "any"),
    _good("no-content-type", Content_Type=""),
    _good("content-type-html", Content_Type="text/html; charset=utf-8"),
    _good("content-type-wrong", Content_Type="image/png"),
    _good("content-type-nonsense", Content_Type=";;;=\x01"),
    _good("etag-with-control-bytes", 2, _never_sent_back, ETag='"a\x01b"'),
    _good("etag-with-ansi", 2, _never_sent_back, ETag='"\x1b[31mred"'),
    _good("last-modified-with-control-bytes", 2, _never_sent_back, Last_Modified="Fri\x7f"),
    _path("etag-folded", _folded, "entries", polls=2, check=None),
    _path("etag-and-304", _conditional, "entries", polls=2, check=_sent_back),
    _path("204", http(b"", "204 No Content")),
    _path("206-unasked", http(_FEED, "206 Partial Content", Content_Range=f"bytes 0-{len(_FEED) - 1}/{len(_FEED)}")),
    _path("200-without-a-body", http(b"")),
    _path("200-of-blanks", http(b" \r\n" * 100)),
]  # fmt: skip
