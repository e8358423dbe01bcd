"""One GET or POST, politely: redirects by our own rules, one deadline, caps, nothing secret across origins."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from coranto import schedule
from coranto.client import address, body, guard, secrets
from coranto.client.address import Hop
from coranto.client.answer import ACCEPT, FetchError, Limits, Response
from coranto.client.meter import Meter
from coranto.client.pace import Pace
from coranto.client.secrets import Secrets
from coranto.settings.values import Fetch
from coranto.text import one_line

if TYPE_CHECKING:
    from ssl import SSLContext

    from coranto.client.wire import Head, Wire

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_RESENT = frozenset({307, 308})  # the others make a GET of a POST (RFC 9110 15.4)
_HOLDING = frozenset({429, 503})


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
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """Nothing is loaded or connected yet.

        Args:
            fetch: manners and limits from settings.
            version: for the User-Agent.
            limits: what one poll may cost.
            pace: whose turn it is; one of its own by default.
            resolve: looks host names up.
            clock: seconds, monotonic.
            environ: where ``$NAME`` in settings is looked up, with each request.
        """
        self.fetch = fetch
        self.pace = pace or Pace.of(fetch)
        self._environ = environ
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

    def get(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = ACCEPT, own: Secrets | None = None
    ) -> Response:
        """Ask for ``url``, following redirects.

        Args:
            url: http or https, as configured; it goes out as written, without a fragment.
            etag: the ETag of the last accepted answer, byte for byte (P1).
            last_modified: its Last-Modified, byte for byte.
            accept: the media types wanted.
            own: what goes along to the origin of its address only; by default the login in ``url``, if it has one.

        Returns:
            Any complete answer, whatever its status.

        Raises:
            FetchError: there is none; :class:`HeldError`: the server does not want to be asked now.
        """
        first = address.parse(url)
        own = own or Secrets(url)
        owner, private = address.parse(own.url).origin, secrets.header_fields(own, self._environ)
        headers = self._headers(etag, last_modified, accept)
        wire = self._wire()  # loading libraries is not the server's fault: before the time runs
        meter = Meter(first.url, self._limits, self._stopped, self._clock)

        def ask(hop: Hop) -> Response:
            return self._exchange(wire, hop, _merged(headers, private if hop.origin == owner else {}), meter)

        return self._followed(first, ask, meter, _REDIRECTS)

    def post(self, url: str, form: Sequence[tuple[str, str]], *, seconds: float | None = None) -> Response:
        """Send ``form`` to ``url``; only redirects that mean the same request elsewhere (307, 308) are followed.

        Nothing secret goes along, not even a login in ``url``, and the body of the answer is not read.

        Args:
            url: http or https.
            form: names and values, in this order; a name may be repeated.
            seconds: at most so long, if that is shorter than the client's own limit.

        Returns:
            Any complete answer, whatever its status, without its body.

        Raises:
            FetchError: there is none; :class:`HeldError`: the server does not want to be asked now.
        """
        first, content = address.parse(url), urlencode(form).encode("ascii")
        headers = {
            "User-Agent": self._agent,
            "Accept": "*/*",
            "Content-Type": "application/x-www-form-urlencoded",
            "Connection": "close",
        }
        wire = self._wire()
        longest = self._limits.seconds if seconds is None else min(seconds, self._limits.seconds)
        meter = Meter(first.url, replace(self._limits, seconds=longest), self._stopped, self._clock)
        return self._followed(first, lambda hop: self._exchange(wire, hop, headers, meter, content), meter, _RESENT)

    def _followed(
        self, first: Hop, ask: Callable[[Hop], Response], meter: Meter, redirects: frozenset[int]
    ) -> Response:
        """Ask ``first``, and whom its answer names if its status is one of ``redirects``."""
        hop, hops, permanent = first, list[str](), True
        while True:
            answer = ask(hop)
            if answer.status not in redirects:
                return _final(answer, hops, permanent=permanent, seconds=meter.spent())
            permanent = permanent and answer.status in _PERMANENT
            hops.append(hop.url)
            hop = address.follow(hop, answer.header("location"))
            self._check_way(first, hop, hops)

    def _exchange(
        self, wire: Wire, hop: Hop, headers: dict[str, str], meter: Meter, sent: bytes | None = None
    ) -> Response:
        """One request, one answer; the body of a redirect, and of the answer to what was ``sent``, is never read."""
        with self.pace.turn(hop) as waited:
            meter.extend(waited)
            with wire.ask(hop, headers, meter, sent) as head:
                self._heed(hop, head)
                # The body of an error is no feed, whatever it looks like: it is not even read.
                content = self._body(head, hop) if sent is None and 200 <= head.status < 300 else b""
                return Response(
                    url=hop.url, status=head.status, headers=MappingProxyType(dict(head.headers)), body=content
                )

    def _heed(self, hop: Hop, head: Head) -> None:
        """Who asks to be left alone is, from now on, before the next may have his turn (P10)."""
        if head.status not in _HOLDING:
            return
        field, now = head.headers.get, self.pace.moment()
        fresh = schedule.max_age(field("cache-control", ""), field("expires", ""), field("date", ""), now)
        seconds = max(schedule.retry_after(field("retry-after", ""), now), fresh)
        if seconds > 0:
            self.pace.hold(hop, head.status, seconds)

    def _body(self, head: Head, hop: Hop) -> bytes:
        packed = b"".join(head.chunks)  # no more of them than the meter lets through
        try:
            return body.decode(packed, head.headers.get("content-encoding", ""), self._limits.body)
        except body.BodyError as error:
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
            "Accept-Encoding": body.accepted(),
            "Connection": "close",
        }
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        if etag or last_modified:
            headers["A-IM"] = "feed"  # RFC 3229: only the new entries, if the server can (P26)
        return headers

    def _proxy(self) -> Hop | None:
        """The operator's proxy; never one that only the environment names."""
        if not self.fetch.proxy:
            return None
        try:
            return address.parse(secrets.filled_in(self.fetch.proxy, self._environ))
        except KeyError as error:
            reason = f"fetch.proxy needs the environment variable {error.args[0]}, which is not set; set it"
        except (ValueError, FetchError):
            reason = "fetch.proxy is no address of a proxy; write http://proxy.lan:3128"
        raise FetchError("secret", "fetch.proxy", reason)

    def _wire(self) -> Wire:
        """The wire of this thread: a requests session is not to be shared."""
        thread = threading.get_ident()
        with self._lock:
            if thread not in self._wires:
                from coranto.client.dial import Dialer
                from coranto.client.wire import Wire, tls_context

                self._tls = self._tls or tls_context()
                self._wires[thread] = Wire(self._tls, Dialer(self.fetch.private, self._resolve, self._proxy()))
            return self._wires[thread]


def _final(answer: Response, hops: list[str], *, permanent: bool, seconds: float) -> Response:
    return Response(
        url=answer.url,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        permanent=permanent and bool(hops),
        hops=tuple(hops),
        seconds=seconds,
    )


def _merged(headers: dict[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """``headers`` and ``own``, which go before; the case of a name does not count."""
    names = {name.lower() for name in own}
    return {name: value for name, value in headers.items() if name.lower() not in names} | dict(own)


def _user_agent(version: str, contact: str) -> str:
    """P22: program, version and where to complain; header fields are ASCII."""
    contact = one_line(contact.encode("ascii", "ignore").decode())
    return f"Coranto/{version} (+{contact})" if contact else f"Coranto/{version}"
