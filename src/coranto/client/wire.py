"""requests, tamed: one request to one vetted address, nothing followed, stored, completed or read unasked.

The heavy half of the client: imported with the first request.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests  # noqa: TID251 - this package is its one door
import urllib3
from requests.adapters import HTTPAdapter  # noqa: TID251
from requests.cookies import RequestsCookieJar  # noqa: TID251
from requests.utils import DEFAULT_CA_BUNDLE_PATH  # noqa: TID251
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from coranto.client.address import Hop, host_port
from coranto.client.dial import Dialer
from coranto.client.meter import Meter, TlsSocket
from coranto.client.secrets import basic
from coranto.client.trouble import explain

_CHUNK = 64 * 1024

# It logs odd header lines as they come: control sequences and all.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class _Guarded:
    """Mixed into a connection: it goes to the vetted address, and asks for exactly the target that was written."""

    def __init__(self, *args: Any, hop: Hop, meter: Meter, dialer: Dialer, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._hop, self._meter, self._dialer = hop, meter, dialer
        self._proxy = dialer.via(hop)

    def _new_conn(self) -> socket.socket:
        return self._dialer.dial(self._hop, self._meter)

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.sock.meter = self._meter  # type: ignore[attr-defined]

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002
        # urllib3 changes the case of escapes and takes dots out of paths; the address is the publisher's (P23).
        super().putrequest(method, self._target(), *args, **kwargs)  # type: ignore[misc]

    def _target(self) -> str:
        return self._hop.target


class _PlainConnection(_Guarded, HTTPConnection):
    def _target(self) -> str:
        """A proxy is told the whole address (RFC 9112 3.2.2)."""
        return f"http://{_authority(self._hop)}{self._hop.target}" if self._proxy else self._hop.target


class _TlsConnection(_Guarded, HTTPSConnection):
    def connect(self) -> None:
        """Through a proxy a tunnel is dug first: it learns host and port, and sees nothing else."""
        if self._proxy:
            login = basic("Proxy-Authorization", self._proxy.login)
            self.set_tunnel(self._hop.host, self._hop.port, headers=login)
        super().connect()


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

    def __init__(self, context: ssl.SSLContext, dialer: Dialer) -> None:
        """``context`` and ``dialer`` are shared by all threads."""
        self._adapter = _Adapter()
        self._session = _Session(self._adapter)
        self._context = context
        self._dialer = dialer

    @contextmanager
    def ask(self, hop: Hop, headers: Mapping[str, str], meter: Meter, sent: bytes | None = None) -> Iterator[Head]:
        """Send one GET to one hop, or a POST of what is ``sent``.

        Raises:
            FetchError: there is no complete answer; also while the body is read.
        """
        meter.start_headers()
        pool = self._pool(hop, meter)
        self._adapter.pool = pool
        try:
            # The connection ends with this block, also in the middle of a body that nobody wants (P28).
            with closing(self._send(hop, headers, meter.left(), sent)) as response:
                meter.start_body()
                yield Head(response.status_code, _lower(response.headers), _chunks(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as error:
            raise explain(error, hop) from error
        finally:
            pool.close()

    def close(self) -> None:
        """Let go of the session."""
        self._session.close()

    def _send(self, hop: Hop, headers: Mapping[str, str], seconds: float, sent: bytes | None) -> requests.Response:
        proxy = self._dialer.via(hop)
        login = basic("Proxy-Authorization", proxy.login) if proxy and hop.scheme == "http" else {}
        # The target that is really asked for is the connection's matter.
        url = f"{hop.scheme}://{_bracketed(hop)}:{hop.port}/"
        method = "GET" if sent is None else "POST"
        request = requests.Request(method, url, headers={**headers, **login}, data=sent)
        prepared = self._session.prepare_request(request)
        return self._session.send(prepared, stream=True, allow_redirects=False, timeout=seconds, proxies={})

    def _pool(self, hop: Hop, meter: Meter) -> HTTPConnectionPool:
        own: dict[str, Any] = {"maxsize": 1, "hop": hop, "meter": meter, "dialer": self._dialer}
        if hop.scheme == "https":
            return _TlsPool(hop.host, hop.port, ssl_context=self._context, **own)
        return _PlainPool(hop.host, hop.port, **own)


def tls_context() -> ssl.SSLContext:
    """What verifies servers: the certificates that requests brings, and those of the system (``SSL_CERT_FILE``)."""
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    context.load_default_certs()
    context.sslsocket_class = TlsSocket
    return context


def _bracketed(hop: Hop) -> str:
    return f"[{hop.host}]" if ":" in hop.host else hop.host


def _authority(hop: Hop) -> str:
    """Host and port as they stand in an address: the port of http goes without saying."""
    return _bracketed(hop) if hop.port == 80 else host_port(hop)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """The body as it came: unpacking under a cap is done elsewhere, and a short one is an error here."""
    yield from response.raw.stream(_CHUNK, decode_content=False)
