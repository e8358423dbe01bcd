"""What a request gives: a :class:`Response`, or a :class:`FetchError` for a person to read.  Light: no library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

MIB = 1024 * 1024

# P24: feeds first; a server that knows only pages may still send what it has, since many label feeds as text.
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)

_LONGEST_VALIDATOR = 4096  # sent back with every request: more would be refused by most servers


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one poll may cost, over all its hops (RELIABILITY 4).

    Attributes:
        seconds: from the first lookup to the last byte; waiting for a host's turn does not count.
        body: bytes of the decoded body.
        wire: bytes of a body as it comes over the line, compressed or not.
        headers: bytes of an answer before its body, interim answers (1xx) included.
        redirects: hops after the first request.
    """

    seconds: float = 20.0
    body: int = 15 * MIB
    wire: int = 15 * MIB
    headers: int = 256 * 1024
    redirects: int = 5


class FetchError(Exception):
    """Why a request gave no answer, in words that say what to do.

    Attributes:
        kind: "timeout", "too-big", "refused-address", "bad-address", "redirect", "tls", "dns", "connect", "reset",
            "cut", "encoding", "http", "secret", "held" or "stopped".
        url: the address that was asked for, without user name and password.
        reason: one line for a person, without the address.
    """

    def __init__(self, kind: str, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.kind = kind
        self.url = url
        self.reason = reason


class HeldError(FetchError):
    """The server asked us to stay away for a while (P10), so nothing was sent.  No fault of the feed.

    Attributes:
        until: when it may be asked again.
    """

    def __init__(self, url: str, until: datetime, why: str) -> None:
        super().__init__("held", url, f"the server asked us to wait until {until:%Y-%m-%d %H:%M:%S} UTC ({why})")
        self.until = until


class StoppedError(FetchError):
    """The program ends: the request was broken off, or not made.  No fault of the feed."""

    def __init__(self, url: str) -> None:
        super().__init__("stopped", url, "the poll was broken off, because the program ends")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One complete answer.

    Attributes:
        url: the address that answered, after redirects; never with user name and password.
        status: HTTP status; never one of the redirects that are followed.
        headers: names in lower case; a repeated field is joined with a comma.
        body: decoded; empty unless the status is 2xx, because the body of an error is no feed.
        permanent: there were redirects, and every one was 301 or 308.
        hops: the addresses asked before ``url``, in order.
        seconds: from the first lookup to the last byte, without waiting for a host's turn.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    permanent: bool = False
    hops: tuple[str, ...] = ()
    seconds: float = 0.0

    def header(self, name: str) -> str:
        """The value of a header field, or nothing."""
        return self.headers.get(name.lower(), "").strip()

    @property
    def etag(self) -> str:
        """The ETag as stated, byte for byte; nothing if it cannot be sent back (POLITENESS P1)."""
        return _validator(self.header("etag"))

    @property
    def last_modified(self) -> str:
        """Last-Modified as stated, byte for byte and never parsed; nothing if it cannot be sent back (P1)."""
        return _validator(self.header("last-modified"))


def _validator(value: str) -> str:
    """``value``, or nothing if it has control bytes: they are never sent back nor logged (P1)."""
    if len(value) > _LONGEST_VALIDATOR or any(ord(char) < 0x20 or char == "\x7f" for char in value):
        return ""
    return value
