"""A behaviour server: plays a world's scripts on 127.0.0.1, and logs each request with the simulated time.

For public hosts it is a forward proxy (the request line has the whole address); for private hosts it is the origin, on
a port of its own each; on the port that nobody may ask it listens as well.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from behaviour_log import Asked, Header, host_of, http_date
from behaviour_scripts import Reply, error
from behaviour_world import World

_LONGEST_HEAD = 64 * 1024
_THREADS = 12  # per port; a client under test asks eight hosts at a time
_PATIENCE = 5  # real seconds for a request's head
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER without time: the connection ends with RST


@dataclass(slots=True)
class Server:
    """What is played.

    Attributes:
        world: the scripts.
        now: the simulated time; read once for each request.
        port: of the proxy.
        log: every request, in the order of their starts.
        in_flight: requests under way, all hosts together.
        faults: what went wrong in the server itself; empty, or the run says nothing.
    """

    world: World
    now: Callable[[], datetime]
    port: int = 0
    log: list[Asked] = field(default_factory=list)
    in_flight: int = 0
    faults: list[str] = field(default_factory=list)
    _busy: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, method: str, target: str, headers: tuple[Header, ...]) -> Asked:
        """Note a request."""
        url = target if "://" in target else f"http://{_host(headers)}{target}"
        host = host_of(url)
        with self._lock:
            self.in_flight += 1
            self._busy[host] = overlapping = self._busy.get(host, 0) + 1
            asked = Asked(
                at=self.now(), url=url, method=method, target=target, headers=headers, overlapping=overlapping
            )
            self.log.append(asked)
        return asked

    def reply(self, asked: Asked) -> Reply:
        source = self.world.sources.get(asked.url)
        reply = source.answer(asked, asked.at) if source else error(404)
        asked.answer = reply.given
        return reply

    def end(self, asked: Asked) -> None:
        with self._lock:
            self.in_flight -= 1
            self._busy[host_of(asked.url)] -= 1


@contextlib.contextmanager
def serving(world: World, now: Callable[[], datetime]) -> Iterator[Server]:
    """Play ``world`` until the block ends; ``now`` is called in the server's threads."""
    server = Server(world, now)
    ports = [0, *(int(name.rpartition(":")[2]) for name in (*world.private, world.inside))]
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(_listening(port)) for port in ports]
        server.port = listeners[0].getsockname()[1]
        threads = [
            threading.Thread(target=_serve, args=(server, listener), daemon=True)
            for listener in listeners
            for _ in range(_THREADS)
        ]
        for thread in threads:
            thread.start()
        try:
            yield server
        finally:
            for listener in listeners:
                with contextlib.suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)  # wakes those who wait in accept()
            for thread in threads:
                thread.join(_PATIENCE + 1)


def _listening(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=512)


def _serve(server: Server, listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            try:
                _talk(server, connection)
            except OSError:
                pass  # the client broke off
            except Exception as problem:  # noqa: BLE001 - a broken script must not look like a rude client
                server.faults.append(f"{type(problem).__name__}: {problem}")


def _talk(server: Server, connection: socket.socket) -> None:
    connection.settimeout(_PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = _head(connection)
    if not head:
        return
    first, *rows = head.decode("latin-1").split("\r\n")
    method, target, *_ = [*first.split(" "), "", ""]
    asked = server.begin(method, target, tuple(_field(row) for row in rows if row))
    try:
        reply = server.reply(asked)
        data = _bytes(reply, asked.at)
    finally:
        # Counted out before the answer: the client may begin the next request before we know that it has this one.
        server.end(asked)
    if reply.delivery == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    elif data:
        connection.sendall(data)


def _head(connection: socket.socket) -> bytes:
    """The request up to the empty line; nothing if the client said nothing."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
        part = connection.recv(_LONGEST_HEAD)
        if not part:
            return b""
        head += part
    return head.partition(b"\r\n\r\n")[0]


@functools.lru_cache(maxsize=4096)
def _field(row: str) -> Header:
    """A header field; the same rows come a hundred thousand times, and are kept once."""
    name, _, value = row.partition(":")
    return name, value.strip(" \t")


def _host(headers: tuple[Header, ...]) -> str:
    return next((value for name, value in headers if name.lower() == "host"), "")


def _bytes(reply: Reply, now: datetime) -> bytes:
    if not reply.given.status:
        return b""
    status = reply.given.status
    own = (("Date", http_date(now)), ("Connection", "close"))
    length = () if status == 304 else (("Content-Length", str(len(reply.body))),)
    fields = "".join(f"{name}: {value}\r\n" for name, value in (*own, *length, *reply.headers))
    body = reply.body[: len(reply.body) // 2] if reply.delivery == "cut" else reply.body
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{fields}\r\n".encode("latin-1") + body
