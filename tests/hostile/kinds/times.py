"""Time: servers that never come to an end, each in its own way (RELIABILITY 1)."""

from __future__ import annotations

from collections.abc import Iterator

from hostile.catalogue import Path
from hostile.documents import RSS_TYPE, item, rss
from loopback import Answer, Asked, raw

_FEED = rss(item("晚来的一条")).encode()
_HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {RSS_TYPE}\r\nContent-Length: {len(_FEED)}\r\n\r\n".encode()


def _dripping(first: bytes, rest: bytes, pause: float) -> Answer:
    """``first``, then a byte of ``rest`` after each pause, for ever over and over."""

    def answer(_asked: Asked) -> Iterator[bytes | float]:
        yield first
        for turn in range(600):
            yield pause
            yield rest[turn % len(rest) :][:1]

    return answer


def _bounded(name: str, answer: Answer, *, says: str = "within 20 s|larger than") -> Path:
    return Path(kind="time", name=name, answer=answer, expect="error", says=says, slow=True)


PATHS = [
    _bounded("header-byte-a-second", _dripping(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 1.0)),
    _bounded("body-byte-every-half-second", _dripping(_HEAD, _FEED, 0.5)),
    _bounded("half-a-body-then-silence", raw(_HEAD + _FEED[: len(_FEED) // 2], 45.0)),
    _bounded("headers-then-silence", raw(_HEAD, 45.0)),
    _bounded("accepts-and-says-nothing", raw(45.0)),
    _bounded("status-line-then-silence", raw(b"HTTP/1.1 200 OK\r\n", 45.0)),
    _bounded("interim-answers-slowly", _dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.1)),
    Path(
        kind="time",
        name="interim-answers-without-end",
        answer=raw(*[b"HTTP/1.1 100 Continue\r\n\r\n" * 1000] * 400, _HEAD + _FEED),
        expect="error",
    ),
    _bounded("a-chunk-a-second", _dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", 0.25)),
    Path(kind="time", name="late", answer=raw(2.0, _HEAD + _FEED), expect="entries", titles=("晚来的一条",)),
    Path(
        kind="time",
        name="in-pieces",
        answer=raw(*[part for at in range(0, len(_HEAD + _FEED), 40) for part in ((_HEAD + _FEED)[at : at + 40], 0.05)]),
        expect="entries",
        titles=("晚来的一条",),
    ),
    Path(kind="time", name="interim-answer-before-it", answer=raw(b"HTTP/1.1 100 Continue\r\n\r\n", 0.2, _HEAD + _FEED), expect="entries"),
]  # fmt: skip
