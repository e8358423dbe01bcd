"""The hostile server: every path of the catalogue on one port, the inside on the same port of other addresses.

It runs in a process of its own, so that what it sends costs the client's process nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import pickle
import signal
import socket
import struct
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hostile.catalogue import GOOD, Path
from loopback import Answer, Asked, Loopback, _Handler, _Server
from loopback import http as http_answer

OUTSIDE = ("127.0.0.1", "127.0.0.3")  # two origins that settings name
INSIDE = ("127.0.0.2", "::1")  # none of these is ever to be asked
_CONTROL = "/-/"


class _Reset(float):
    """A part of an answer: the connection is reset here."""


RESET = _Reset(0.0)


@dataclass
class _Table:
    """What was asked so far."""

    paths: dict[str, Path]
    asked: dict[str, list[Asked]] = field(default_factory=dict)
    intrusions: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, asked: Asked) -> Iterator[bytes | float]:
        """Route a request of the outside."""
        if asked.target.startswith(_CONTROL):
            return self._report(asked)
        if asked.target.startswith("/inside"):
            return self.intruded(asked)
        place = "/".join(asked.target.partition("?")[0].split("/")[1:3])
        path = self.paths.get(place)
        if path is None:
            return http_answer(b"", "404 Not Found")(asked)
        with self.lock:
            log = self.asked.setdefault(place, [])
            number = len(log) - path.good_first
            log.append(replace(asked, number=number))
        if number < 0:
            return http_answer(GOOD, Content_Type="application/rss+xml")(asked)
        return path.answer(replace(asked, number=number))

    def intruded(self, asked: Asked) -> Iterator[bytes | float]:
        """Somebody asked for what is inside."""
        with self.lock:
            self.intrusions.append(f"{asked.headers.get('Host', '')}{asked.target}")
        return http_answer(b"inside", Content_Type="text/plain")(asked)

    def _report(self, asked: Asked) -> Iterator[bytes | float]:
        place = asked.target.removeprefix(_CONTROL)
        with self.lock:
            intrusions = [one for one in self.intrusions if f"/{place}" in one or "/inside" not in one]
            return http_answer(pickle.dumps((self.asked.get(place, []), intrusions)))(asked)


class _HostileHandler(_Handler):
    def _write(self, state: Loopback, part: bytes | float) -> None:
        if not isinstance(part, _Reset):
            super()._write(state, part)
            return
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise ConnectionResetError


class _Server6(_Server):
    address_family = socket.AF_INET6


@dataclass(frozen=True)
class Hostile:
    """The running server."""

    port: int

    def seen(self, path: Path) -> tuple[tuple[Asked, ...], list[str]]:
        """The requests to a path, and what it had asked of the inside."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request("GET", f"{_CONTROL}{path.kind}/{path.name}", headers={"Connection": "close"})
            asked, intrusions = pickle.loads(line.getresponse().read())
        return tuple(asked), intrusions


@contextlib.contextmanager
def serving(paths: Sequence[Path]) -> Iterator[Hostile]:
    """Run the server in a process of its own; it ends with the block, or with us."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            _serve(paths, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        port = int(told.readline() or 0)
    try:
        if not port:
            raise RuntimeError("the hostile server could not begin")
        yield Hostile(port)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _serve(paths: Sequence[Path], told: int) -> None:
    table = _Table({f"{path.kind}/{path.name}": path for path in paths})
    servers = _bound()
    for server in servers:
        inside = server.server_address[0] in INSIDE
        answer: Answer = table.intruded if inside else table.answer
        server.state = Loopback(port=server.server_address[1], answers={"": answer})  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    os.write(told, f"{servers[0].server_address[1]}\n".encode())
    sys.stdin = None  # type: ignore[assignment]
    threading.Event().wait()


def _bound() -> list[Any]:
    """Servers on one port of all addresses."""
    for _ in range(50):
        first = _Server((OUTSIDE[0], 0), _HostileHandler)
        port = first.server_address[1]
        servers = [first]
        try:
            servers += [_Server((host, port), _HostileHandler) for host in (OUTSIDE[1], INSIDE[0])]
            with contextlib.suppress(OSError):  # a machine without IPv6
                servers.append(_Server6((INSIDE[1], port), _HostileHandler))
        except OSError:
            for server in servers:
                server.server_close()
            continue
        return servers
    raise RuntimeError("no port is free on all loopback addresses")
