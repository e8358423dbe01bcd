"""requests, tamed: one request to one vetted address, nothing followed, stored, completed or read unasked.

The heavy half of the client: imported with the first request.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import Any

import requests  # noqa: TID251 - this package is its one door
import urllib3
from requests.adapters import HTTPAdapter  # noqa: TID251
from requests.cookies import RequestsCookieJar  # noqa: TID251
from requests.utils import DEFAULT_CA_BUNDLE_PATH  # noqa: TID251
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from coranto.client import guard
from coranto.client.address import Hop, host_port
from coranto.client.answer import FetchError
from coranto.client.meter import Meter, Metered, TlsSocket

_CHUNK = 64 * 1024
_CUT = "the answer ends too early: less came than announced; the next poll may bring all of it"
_NO_HTTP = "the server does not speak proper HTTP; tell its publisher"

# It logs odd header lines as they come: control sequences and all.
logging.getLogger("urllib3").setLevel(logging.ERROR)

Dial = Callable[[], socket.socket]


class PlainSocket(Metered, socket.socket):
    """A TCP socket that asks its meter."""


class _Guarded:
    """Mixed into a connection: it goes to the vetted address, and asks for exactly the target that was written."""

    def __init__(self, *args: Any, hop: Hop, meter: Meter, dial: Dial, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._hop, self._meter, self._dial = hop, meter, dial

    def _new_conn(self) -> socket.socket:
        return self._dial()

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.sock.meter = self._meter  # type: ignore[attr-defined]

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002
        # urllib3 changes the case of escapes and takes dots out of paths; the address is the publisher's (P23).
        super().putrequest(method, self._hop.target, *args, **kwargs)  # type: ignore[misc]


class _PlainConnection(_Guarded, HTTPConnection):
    pass


class _TlsConnection(_Guarded, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    """Gives requests a fresh connection for each hop: none is shared, none is kept, none goes past the guard."""

    pool: HTTPConnectionPool

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> HTTPConnectionPool:  # noqa: ANN401
        return self.pool

    def cert_verify(self, *_: Any, **__: Any) -> None:  # noqa: ANN401
        """The TLS context of the pool verifies; it is loaded once, not once a request."""


class _Session(requests.Session):
    """A session that keeps nothing and follows nothing."""

    def __init__(self, adapter: HTTPAdapter) -> None:
        super().__init__()
        self.trust_env = False  # no proxies, no netrc
        self.headers.clear()
        self.cookies = RequestsCookieJar(DefaultCookiePolicy(allowed_domains=[]))
        for prefix in ("http://", "https://"):
            self.mount(prefix, adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """None: else requests reads, and unpacks, the whole body of a redirect, even if told not to follow it."""
        return None


@dataclass(frozen=True, slots=True)
class Head:
    """An answer whose body is still on the line.

    Attributes:
        status: HTTP status.
        headers: names in lower case.
        chunks: the body as it comes, still packed; to be used inside the ``with`` only.
    """

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class Wire:
    """What one thread sends its requests with."""

    def __init__(self, context: ssl.SSLContext, private: tuple[str, ...], resolve: guard.Resolve) -> None:
        """``context`` is shared by all threads; ``private``: settings' ``fetch.private``."""
        self._adapter = _Adapter()
        self._session = _Session(self._adapter)
        self._context = context
        self._private = private
        self._resolve = resolve

    @contextmanager
    def ask(self, hop: Hop, headers: Mapping[str, str], meter: Meter) -> Iterator[Head]:
        """Send one GET to one hop.

        Raises:
            FetchError: there is no complete answer; also while the body is read.
        """
        meter.start_headers()
        pool = self._pool(hop, meter)
        self._adapter.pool = pool
        try:
            # The connection ends with this block, also in the middle of a body that nobody wants (P28).
            with closing(self._send(hop, headers, meter.left())) as response:
                meter.start_body()
                yield Head(response.status_code, _lower(response.headers), _chunks(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as error:
            raise _explain(error, hop) from error
        finally:
            pool.close()

    def close(self) -> None:
        """Let go of the session."""
        self._session.close()

    def _send(self, hop: Hop, headers: Mapping[str, str], seconds: float) -> requests.Response:
        host = f"[{hop.host}]" if ":" in hop.host else hop.host
        request = requests.Request("GET", f"{hop.scheme}://{host}:{hop.port}/", headers=dict(headers))
        prepared = self._session.prepare_request(request)
        return self._session.send(prepared, stream=True, allow_redirects=False, timeout=seconds, proxies={})

    def _pool(self, hop: Hop, meter: Meter) -> HTTPConnectionPool:
        def dial() -> socket.socket:
            return self._dial(hop, meter)

        own: dict[str, Any] = {"maxsize": 1, "hop": hop, "meter": meter, "dial": dial}
        if hop.scheme == "https":
            return _TlsPool(hop.host, hop.port, ssl_context=self._context, **own)
        return _PlainPool(hop.host, hop.port, **own)

    def _dial(self, hop: Hop, meter: Meter) -> socket.socket:
        """Connect to a vetted address of the hop's host; every one gets its share of the time left."""
        addresses = self._vetted(hop, meter)
        error: OSError | None = None
        for index, address in enumerate(addresses):
            try:
                return _connect(address, hop.port, meter.left() / (len(addresses) - index), meter)
            except OSError as failed:
                error = failed
        reason = error.strerror if error and error.strerror else "no answer"
        raise FetchError("connect", hop.url, f"cannot connect to {host_port(hop)} ({reason}); the server may be down")

    def _vetted(self, hop: Hop, meter: Meter) -> tuple[str, ...]:
        if guard.is_odd(hop.host):
            reason = f"the host {hop.host} is a numeric address in disguise; write it as four decimal numbers"
            raise FetchError("refused-address", hop.url, reason)
        try:
            found = self._resolve(hop.host, hop.port, meter.left())
        except TimeoutError:
            meter.left()  # says so, if the whole time is over
            raise FetchError("dns", hop.url, f"looking up {hop.host} took too long") from None
        except OSError:
            reason = f"the host name {hop.host} is not known; is the address right, and is there a network?"
            raise FetchError("dns", hop.url, reason) from None
        vetted = guard.vet(found, named=guard.is_named(self._private, hop.host, hop.port))
        if not vetted:
            raise FetchError("refused-address", hop.url, _refusal(hop, found[0] if found else "no address"))
        return vetted


def tls_context() -> ssl.SSLContext:
    """What verifies servers: the certificates that requests brings, and those of the system (``SSL_CERT_FILE``)."""
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    context.load_default_certs()
    context.sslsocket_class = TlsSocket
    return context


def _connect(address: str, port: int, seconds: float, meter: Meter) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = PlainSocket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect((address, port))
        _check_peer(sock, address)
        sock.settimeout(meter.left())
    except BaseException:
        sock.close()
        raise
    return sock


def _check_peer(sock: socket.socket, address: str) -> None:
    """What we are connected to is what was vetted; a system that redirects connections could have changed it."""
    peer = str(sock.getpeername()[0])
    if ip_address(peer) != ip_address(address):
        raise ConnectionError(f"connected to {peer} instead of {address}")


def _refusal(hop: Hop, found: str) -> str:
    return (
        f"{hop.host} is on a private network ({found}), which is not polled; if it is yours, "
        f'add "{host_port(hop)}" to fetch.private in settings.yaml'
    )


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """The body as it came: unpacking under a cap is done elsewhere, and a short one is an error here."""
    yield from response.raw.stream(_CHUNK, decode_content=False)


def _explain(error: BaseException, hop: Hop) -> FetchError:
    """One of our errors for whatever the libraries raise, judged by what lies under it."""
    causes = list(_causes(error))
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
