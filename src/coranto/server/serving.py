"""A server in a thread of its own: uvicorn around the application of a site."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import resource
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from coranto.server.app import Site
from coranto.settings import Settings

if TYPE_CHECKING:
    import uvicorn

_CONNECTIONS = 1000  # at a time; who comes later is told to come again
_SPARE_FILES = 200  # descriptors for everything else
_IDLE = 15  # seconds that a connection may wait for its next request
_UNREAD = 30_000  # milliseconds that an answer may wait for a client that takes nothing of it
_STARTING = 10.0  # seconds
_ENDING = 1  # seconds that answers get to come to their end
_BACKLOG = 1024


class ServeError(Exception):
    """The server cannot listen; its text says why, and what to do."""


class Serving:
    """Serves one site until it is closed."""

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime],
        *,
        host: str = "",
        port: int | None = None,
        alive: Callable[[], bool] | None = None,
    ) -> None:
        """Listen, and answer from now on.

        Args:
            settings: of the site.
            now: the time of day, aware.
            host: where to listen, instead of settings.
            port: the same; 0 is any free one.
            alive: whether the program moves, for /healthz.

        Raises:
            ServeError: nobody can listen there.
        """
        self._socket = _listen(host or settings.serve.host, settings.serve.port if port is None else port)
        self._name: tuple[str, int] = self._socket.getsockname()[:2]
        self.site = Site(settings, now, alive) if alive else Site(settings, now)
        self._server = _server(self.site)
        self._thread = threading.Thread(target=self._run, name="serve", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where the index stands."""
        host, port = self._name
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    @property
    def ended(self) -> bool:
        """Whether it ended by itself, which it should not."""
        return not self._thread.is_alive()

    def close(self) -> None:
        """Stop listening; answers that are under way get a second."""
        self._server.should_exit = True
        self._thread.join(_ENDING + 1.5)
        self._server.force_exit = True
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def _server(site: Site) -> uvicorn.Server:
    import uvicorn

    from coranto.server.patient import PatientProtocol

    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what strangers send wrongly is no news
    return uvicorn.Server(
        uvicorn.Config(
            site,
            http=PatientProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            access_log=False,
            log_config=None,
            proxy_headers=False,  # who may look is decided by who is at the other end
            server_header=False,
            timeout_keep_alive=_IDLE,
            timeout_graceful_shutdown=_ENDING,
            limit_concurrency=_connections(),
        )
    )


def _connections() -> int:
    """How many connections we can hold: as many as are wanted, if the system gives us the files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            soft = limit
    return _CONNECTIONS if soft == resource.RLIM_INFINITY else max(50, min(_CONNECTIONS, soft - _SPARE_FILES))


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ServeError(f"serve.host: {host} is no address of this machine ({error.strerror or error})") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: a client that reads nothing is given up by the kernel
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD)
        if family == socket.AF_INET6 and ipaddress.ip_address(address[0]).is_unspecified:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)  # "::" is every address, of both kinds
        listener.bind(address)
        listener.listen(_BACKLOG)
        os.set_inheritable(listener.fileno(), False)
    except OSError as error:
        listener.close()
        raise ServeError(_why_not(host, port, error)) from error
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    return (
        f"cannot listen on {host}, port {port}: {error.strerror or error}; name another one with --port or --host, or "
        "in settings.yaml under `serve`"
    )
