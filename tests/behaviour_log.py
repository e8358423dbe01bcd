"""What a behaviour server was asked and what it gave: the values that scripts, server and scorer share.

All instants are simulated, aware, in UTC.  All durations are seconds.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

HOUR = 3600
DAY = 24 * HOUR
NOTHING = -1  # nothing was said

Header = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer as its author means it: what a client ought to understand, whatever the headers look like.

    Attributes:
        status: 0 if the connection ended without an answer.
        etag: as it went out.
        last_modified: as it went out.
        max_age: how long it wants to be left alone for freshness, by Cache-Control or Expires.
        retry_after: how long it wants to be left alone by Retry-After; NOTHING for none and for nonsense.
        location: where a redirect leads, absolute.
        body_sha256: of the unpacked body.
        listed: the entries in the body.
        size: bytes of the body on the line.
        good: a client may take it: a whole feed, or a 304 or 226 to a request that allows it.
    """

    status: int
    etag: str = ""
    last_modified: str = ""
    max_age: int = NOTHING
    retry_after: int = NOTHING
    location: str = ""
    body_sha256: str = ""
    listed: int = 0
    size: int = 0
    good: bool = False

    @property
    def wait(self) -> int:
        """How long an error asks to be left alone, 60 s to 7 d; NOTHING if it does not say (P9)."""
        fresh = self.max_age if self.status in (429, 503) else NOTHING
        stated = NOTHING if self.good else max(self.retry_after, fresh)
        return stated if stated < 0 else min(max(stated, 60), 7 * DAY)


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request.

    Attributes:
        at: when its head was read.
        url: what was asked for, absolute: the request line of a proxy, or Host and path.
        method: as sent.
        target: the request target as sent.
        headers: in order, in their case.
        overlapping: requests under way to the same host at its start, itself included.
        answer: None until it is given.
    """

    at: datetime
    url: str
    method: str = "GET"
    target: str = ""
    headers: tuple[Header, ...] = ()
    overlapping: int = 1
    answer: Given | None = None

    def header(self, name: str) -> str:
        """The first field of that name; ``name`` in lower case."""
        return next((value for field, value in self.headers if field.lower() == name), "")

    def has(self, name: str) -> bool:
        return any(field.lower() == name for field, _ in self.headers)

    @property
    def given(self) -> Given:
        return self.answer or _NO_ANSWER

    @property
    def validators(self) -> tuple[str, str]:
        return self.header("if-none-match"), self.header("if-modified-since")

    def __str__(self) -> str:
        return f"{self.at:%m-%d %H:%M:%S} {self.method} {self.url}"


_NO_ANSWER = Given(status=0)


def whole_body(given: Given) -> bool:
    return given.good and given.status == 200


@functools.lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """Whose turn a request takes (P19): the last two labels of a name; of a numeric address host:port."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    if name.rpartition(".")[2].isdigit():
        return f"{name}:{parts.port or 80}"
    return ".".join(name.split(".")[-2:])


def is_private(url: str) -> bool:
    return host_of(url).startswith("127.")


def seconds(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds()


def http_date(moment: datetime) -> str:
    """RFC 9110 5.6.7."""
    return format_datetime(moment, usegmt=True)


def first_header(headers: Sequence[Header], name: str) -> str:
    return next((value for field, value in headers if field.lower() == name.lower()), "")
