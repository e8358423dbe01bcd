"""A scripted server on a loopback address: it records what it is asked, and answers byte by byte as told."""

from __future__ import annotations

import contextlib
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Answer = Callable[["Asked"], Iterator[bytes | float]]


@dataclass(frozen=True)
class Asked:
    """One request as it came: ``headers`` keep the case of their names, ``at`` is time.monotonic()."""

    method: str
    target: str
    headers: dict[str, str]
    at: float
    number: int  # 0 for the first
    body: bytes = b""


@dataclass
class Loopback:
    """The server; ``answers`` by path, or "" for any."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    sent: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str = "/feed") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def http(body: bytes = b"<rss/>", status: str = "200 OK", **headers: str) -> Answer:
    """A well-formed answer; header names are given with underscores, a name given as "" is left out."""
    named = {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items() if value)]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return lambda _asked: iter([head + body])


def raw(*parts: bytes | float) -> Answer:
    """Bytes as they are; a number is a pause in seconds."""
    return lambda _asked: iter(parts)


def drip(first: bytes, byte: bytes) -> Answer:
    """``first``, and then 50 times a second ``byte``, for two seconds."""

    def answer(_asked: Asked) -> Iterator[bytes | float]:
        yield first
        for _ in range(100):
            yield 0.02
            yield byte

    return answer


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        state: Loopback = self.server.state
        with contextlib.suppress(OSError):
            line = self.rfile.readline().decode("latin-1").split(" ")
            headers = {}
            while (row := self.rfile.readline().decode("latin-1").rstrip("\r\n")) != "":
                name, _, value = row.partition(": ")
                headers[name] = value
            body = self.rfile.read(int(headers.get("Content-Length", 0)))
            with state.lock:
                asked = Asked(line[0], line[1], headers, time.monotonic(), len(state.log), body)
                state.log.append(asked)
                state.in_flight += 1
                state.most_in_flight = max(state.most_in_flight, state.in_flight)
            self._answer(state, asked)

    def _answer(self, state: Loopback, asked: Asked) -> None:
        """Write the parts; the request is over for the client with the last one, so it is counted out before."""
        answer = state.answers.get(asked.target.split("?")[0]) or state.answers[""]
        held: bytes | float = b""
        for part in answer(asked):
            self._write(state, held)
            held = part
        with state.lock:
            state.in_flight -= 1
        self._write(state, held)

    def _write(self, state: Loopback, part: bytes | float) -> None:
        if isinstance(part, float):
            time.sleep(part)
        elif part:
            self.wfile.write(part)
            state.sent += len(part)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off, or does not speak HTTP, is what the tests are about: no report."""


@contextlib.contextmanager
def loopback(answers: dict[str, Answer] | Answer, tls: object = None) -> Iterator[Loopback]:
    """Run a server; ``tls``: an ssl.SSLContext."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.state = Loopback(
        port=server.server_address[1], answers=answers if isinstance(answers, dict) else {"": answers}
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
