"""Size: bodies without end, bombs, and packing that lies (RELIABILITY 1)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from hostile.catalogue import Expect, Path, by_host
from hostile.documents import DECLARED, RSS_TYPE, Check, item, rss
from loopback import Answer, Asked, http

_MIB = 1024 * 1024
_FEED = rss(item("一条")).encode()
_START = f'{DECLARED}<rss version="2.0"><channel><title>江城样报</title>'.encode()
_END = b"</channel></rss>"


def _chunked(parts: Callable[[], Iterator[bytes]]) -> Answer:
    """A body that says no length."""

    def answer(_asked: Asked) -> Iterator[bytes | float]:
        yield f"HTTP/1.1 200 OK\r\nContent-Type: {RSS_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        for part in parts():
            yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
        yield b"0\r\n\r\n"

    return answer


def _endless(start: bytes, again: Callable[[int], bytes], end: bytes = b"", turns: int = 100_000) -> Answer:
    def parts() -> Iterator[bytes]:
        yield start
        yield from (again(turn) for turn in range(turns))
        yield end

    return _chunked(parts)


def _thousand(turn: int) -> bytes:
    """A thousand small items, each another one."""
    return b"".join(
        b"<item><title>%d</title><guid>https://paper.example/%d</guid></item>" % (number, number)
        for number in range(turn * 1000, turn * 1000 + 1000)
    )


@cache
def _bomb(window: int, size: int = 1024) -> bytes:
    """So many MiB of blanks inside a feed, packed."""
    packer = zlib.compressobj(9, wbits=window)
    parts = [packer.compress(_START)]
    parts += [packer.compress(b" " * _MIB) for _ in range(size)]
    return b"".join([*parts, packer.compress(_END), packer.flush()])


def _packed(
    name: str, make: Callable[[], bytes], coding: str, expect: Expect, *, says: str = "", check: Check | None = None
) -> Path:
    """A body as ``make`` gives it, with a Content-Encoding, or without."""

    def answer(asked: Asked) -> bytes:
        (whole,) = http(make(), Content_Type=RSS_TYPE, Content_Encoding=coding)(asked)
        assert isinstance(whole, bytes)
        return whole

    return Path(
        kind="size", name=name, answer=by_host(answer), expect=expect, says=says, check=check, heavy="bomb" in name
    )


def _bounded(name: str, answer: Answer, expect: Expect = "bounded", says: str = "") -> Path:
    return Path(kind="size", name=name, answer=answer, expect=expect, says=says, heavy=True)


def _newest_stay(seen: object) -> list[str]:
    titles = getattr(seen, "titles", [])
    return [] if "2" in titles else [f"the newest is not there, only {titles[:5]}"]


def _bad_checksum() -> bytes:
    whole = bytearray(gzip.compress(_FEED, mtime=0))
    whole[-6] ^= 0xFF
    return bytes(whole)


def _dated(turn: int) -> bytes:
    """Items of which the first one is the newest."""
    return b"".join(
        b"<item><title>%d</title><guid>https://paper.example/%d</guid><pubDate>2022-01-0%dT08:00:00Z</pubDate></item>"
        % (number, number, 7 if number == 2 else 1)
        for number in range(turn * 1000, turn * 1000 + 1000)
    )


PATHS = [
    _bounded("filler-without-end", _endless(_START, lambda _: b" " * 65536), "error", "larger"),
    _bounded("comment-without-end", _endless(_START + b"<!--", lambda _: b"x" * 65536), "error", "larger"),
    _bounded("items-without-end", _endless(_START, _thousand), "error", "larger"),
    _bounded("a-million-small-items", _endless(_START, _thousand, _END, 1000), "error", "larger"),
    _bounded("100000-small-items", _endless(_START, _thousand, _END, 100)),
    Path(
        kind="size",
        name="7000-items-the-newest-stay",
        answer=_endless(_START, _dated, _END, 7),
        expect="entries",
        check=_newest_stay,
        heavy=True,
    ),
    _bounded("an-item-of-64-mib", _endless(_START + b"<item><title>x</title><description>", lambda _: b"x" * 65536, b"</description></item>" + _END, 1024), "error", "larger"),
    _bounded("an-item-of-14-mib", _endless(_START + b"<item><title>x</title><description>", lambda _: "正".encode() * 1024, b"</description></item>" + _END, 4600)),
    _bounded("a-title-of-14-mib", _endless(_START + b"<item><title>", lambda _: b"x" * 1024, b"</title></item>" + _END, 14000)),
    _packed("gzip-bomb", lambda: _bomb(31), "gzip", "error", says="larger"),
    _packed("deflate-bomb", lambda: _bomb(15), "deflate", "error", says="larger"),
    _packed("raw-deflate-bomb", lambda: _bomb(-15), "deflate", "error", says="larger"),
    _packed("gzip-bomb-that-does-not-say-so", lambda: _bomb(31), "", "error", says="larger"),
    _packed("gzip-in-gzip-bomb", lambda: gzip.compress(_bomb(31), mtime=0), "gzip", "error"),
    _packed("gzip-in-gzip-stated", lambda: gzip.compress(_bomb(31), mtime=0), "gzip, gzip", "error"),
    Path(
        kind="size",
        name="gzip-bomb-in-a-redirect",
        answer=by_host(
            lambda asked: b"HTTP/1.1 302 Found\r\nLocation: /size/gzip-bomb-in-a-redirect/on\r\nContent-Encoding: gzip\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(_bomb(31)), _bomb(31))
            if not asked.target.endswith("/on")
            else b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(_FEED), _FEED)
        ),
        expect="entries",
        titles=("一条",),
        heavy=True,
    ),
    _packed("fifty-times-gzip", lambda: gzip.compress(_FEED, mtime=0), ", ".join(["gzip"] * 50), "error", says="packed|proper HTTP"),
    _packed("brotli-of-noise", lambda: bytes(range(256)) * 40, "br", "error"),
    _packed("zstd-unasked", lambda: b"\x28\xb5\x2f\xfd" + bytes(200), "zstd", "error"),
    _packed("gzip-cut", lambda: gzip.compress(_FEED, mtime=0)[:-30], "gzip", "error", says="early|broken"),
    _packed("gzip-with-a-bad-checksum", _bad_checksum, "gzip", "error", says="broken"),
    _packed("gzip-of-nothing", lambda: gzip.compress(b"", mtime=0), "gzip", "error", says="empty"),
    _packed("plain-called-gzip", lambda: _FEED, "gzip", "any"),
    _packed("unknown-coding", lambda: _FEED, "x-rot13", "any"),
    _packed("gzip", lambda: gzip.compress(_FEED, mtime=0), "gzip", "entries"),
    _packed("x-gzip", lambda: gzip.compress(_FEED, mtime=0), "x-gzip", "entries"),
    _packed("deflate-with-wrapper", lambda: zlib.compress(_FEED), "deflate", "entries"),
    _packed("deflate-without-wrapper", lambda: zlib.compress(_FEED)[2:-4], "deflate", "entries"),
    _packed("gzip-of-two-members", lambda: gzip.compress(_FEED[:300], mtime=0) + gzip.compress(_FEED[300:], mtime=0), "gzip", "entries"),
    _packed("gzip-that-does-not-say-so", lambda: gzip.compress(_FEED, mtime=0), "", "entries"),
    _packed("gzip-with-padding", lambda: gzip.compress(_FEED, mtime=0) + bytes(100), "gzip", "entries"),
]  # fmt: skip
