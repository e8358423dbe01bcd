"""One of our errors for whatever the libraries raise.  Heavy: it knows their types."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead

import requests  # noqa: TID251 - this package is its one door
import urllib3

from coranto.client.address import Hop
from coranto.client.answer import FetchError

_CUT = "the answer ends too early: less came than announced; the next poll may bring all of it"
_NO_HTTP = "the server does not speak proper HTTP; tell its publisher"
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")  # http.client's words


def explain(error: BaseException, hop: Hop) -> FetchError:
    """Our error for ``error``, judged by what lies under it."""
    causes = list(_causes(error))
    if tunnel := next((found for cause in causes if (found := _TUNNEL.match(str(cause)))), None):
        return FetchError("connect", hop.url, f"the proxy does not let us through ({tunnel[1]}); check fetch.proxy")
    for kind, types, reason in _REASONS:
        if any(isinstance(cause, types) for cause in causes):
            detail = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
            return FetchError(kind, hop.url, f"{reason} ({detail.verify_message})" if detail else reason)
    return FetchError("http", hop.url, _NO_HTTP)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception, what it wraps as an argument, and what it came from."""
    seen: set[int] = set()
    rest: list[object] = [error]
    while rest:
        one = rest.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        rest += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


_REASONS: tuple[tuple[str, tuple[type[BaseException], ...], str], ...] = (
    ("tls", (ssl.SSLError, requests.exceptions.SSLError), "no secure connection: check the site's certificate"),
    ("timeout", (TimeoutError, requests.Timeout), "no answer in time; the server is slow or down"),
    ("cut", (IncompleteRead, urllib3.exceptions.IncompleteRead), _CUT),
    ("reset", (ConnectionError,), "the server broke the connection off"),
    ("http", (HTTPException,), _NO_HTTP),
    ("cut", (urllib3.exceptions.ProtocolError,), _CUT),
)
