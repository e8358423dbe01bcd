"""One GET, politely: redirects by our own rules, one deadline, caps, nothing secret across origins."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from coranto.client import address, guard
from coranto.client.address import Hop
from coranto.client.answer import ACCEPT, FetchError, Limits, Response
from coranto.client.body import BodyError, decode
from coranto.client.meter import Meter
from coranto.client.pace import Pace
from coranto.settings.values import Fetch
from coranto.text import one_line

if TYPE_CHECKING:
    from ssl import SSLContext

    from coranto.client.wire import Head, Wire

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


class Client:
    """The way out to the network; may be shared by threads, and is closed by ``with``."""

    def __init__(
        self,
        fetch: Fetch,
        version: str,
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
        *,
        pace: Pace | None = None,
        resolve: guard.Resolve = guard.resolve,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is loaded or connected yet.

        Args:
            fetch: manners and limits from settings.
            version: for the User-Agent.
            limits: what one poll may cost.
            pace: whose turn it is; one of its own by default.
            resolve: looks host names up.
            clock: seconds, monotonic.
        """
        self.fetch = fetch
        self.pace = pace or Pace(fetch.pause, fetch.private)
        self._agent = _user_agent(version, fetch.contact)
        self._limits = limits
        self._resolve = resolve
        self._clock = clock
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._tls: SSLContext | None = None
        self._wires: dict[int, Wire] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every request that is under way within a second; later ones fail at once."""
        self._stopped.set()
        with self._lock:
            for wire in self._wires.values():
                wire.close()
            self._wires.clear()

    def get(self, url: str, *, etag: str = "", last_modified: str = "", accept: str = ACCEPT) -> Response:
        """Ask for ``url``, following redirects.

        Args:
            url: http or https, as configured; it goes out as written, without a fragment.
            etag: the ETag of the last accepted answer, byte for byte (P1).
            last_modified: its Last-Modified, byte for byte.
            accept: the media types wanted.

        Returns:
            Any complete answer, whatever its status.

        Raises:
            FetchError: there is none.
        """
        hop = first = address.parse(url)
        headers = self._headers(etag, last_modified, accept)
        wire = self._wire()  # loading libraries is not the server's fault: before the time runs
        meter = Meter(first.url, self._limits, self._stopped, self._clock)
        hops: list[str] = []
        permanent = True
        while True:
            secrets = _login(first) if hop.origin == first.origin else {}
            answer = self._exchange(wire, hop, headers | secrets, meter)
            if answer.status not in _REDIRECTS:
                return _final(answer, hops, permanent=permanent)
            permanent = permanent and answer.status in _PERMANENT
            hops.append(hop.url)
            hop = address.follow(hop, answer.header("location"))
            self._check_way(first, hop, hops)

    def _exchange(self, wire: Wire, hop: Hop, headers: dict[str, str], meter: Meter) -> Response:
        """One request, one answer; a redirect's body is never read."""
        with self.pace.turn(hop) as waited:
            meter.extend(waited)
            with wire.ask(hop, headers, meter) as head:
                # The body of an error is no feed, whatever it looks like: it is not even read.
                body = self._body(head, hop) if 200 <= head.status < 300 else b""
                return Response(
                    url=hop.url, status=head.status, headers=MappingProxyType(dict(head.headers)), body=body
                )

    def _body(self, head: Head, hop: Hop) -> bytes:
        packed = _joined(head.chunks, hop, self._limits.wire)
        try:
            return decode(packed, head.headers.get("content-encoding", ""), self._limits.body)
        except BodyError as error:
            raise FetchError(error.kind, hop.url, error.reason) from error

    def _check_way(self, first: Hop, hop: Hop, hops: list[str]) -> None:
        if hop.url in hops:
            raise FetchError("redirect", first.url, f"the server redirects in a circle, back to {hop.url[:200]}")
        if len(hops) > self._limits.redirects:
            reason = f"more than {self._limits.redirects} redirects; give the last address in settings.yaml"
            raise FetchError("redirect", first.url, reason)

    def _headers(self, etag: str, last_modified: str, accept: str) -> dict[str, str]:
        headers = {
            "User-Agent": self._agent,
            "Accept": accept,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        if etag or last_modified:
            headers["A-IM"] = "feed"  # RFC 3229: only the new entries, if the server can (P26)
        return headers

    def _wire(self) -> Wire:
        """The wire of this thread: a requests session is not to be shared."""
        thread = threading.get_ident()
        with self._lock:
            if thread not in self._wires:
                from coranto.client.wire import Wire, tls_context

                self._tls = self._tls or tls_context()
                self._wires[thread] = Wire(self._tls, self.fetch.private, self._resolve)
            return self._wires[thread]


def _joined(chunks: Iterable[bytes], hop: Hop, cap: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > cap:
            raise FetchError("too-big", hop.url, f"the feed is larger than {cap:,} bytes; ask for a shorter one")
    return bytes(body)


def _final(answer: Response, hops: list[str], *, permanent: bool) -> Response:
    return Response(
        url=answer.url,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        permanent=permanent and bool(hops),
        hops=tuple(hops),
    )


def _login(hop: Hop) -> dict[str, str]:
    """Basic authentication out of the configured address; only ever for its own origin (P18)."""
    if not hop.login:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(hop.login.encode()).decode("ascii")}


def _user_agent(version: str, contact: str) -> str:
    """P22: program, version and where to complain; header fields are ASCII."""
    contact = one_line(contact.encode("ascii", "ignore").decode())
    return f"Coranto/{version} (+{contact})" if contact else f"Coranto/{version}"
