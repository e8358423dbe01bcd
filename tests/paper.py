"""Two hundred papers on loopback that post, edit, fail and recover: what a daemon has to live with."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_LISTED = 20


@dataclass
class Papers:
    """``/<n>.xml`` is the feed of paper n; each is a function of the time alone.

    Attributes:
        now: the time.
        period: seconds between two posts of one paper, about.
        asked: how many requests came.
        port: of the server.
    """

    now: Callable[[], datetime]
    period: float
    asked: int = 0
    port: int = 0
    statuses: dict[int, int] = field(default_factory=dict)

    def answer(self, number: int, etag: str) -> tuple[int, bytes, str]:
        """Status, body and ETag."""
        seconds = (self.now() - _EPOCH).total_seconds() + 7 * number
        phase = int(seconds // (20 * self.period)) + number
        if phase % 9 == 0:  # now and then a paper is ill for a while, each in its own way
            return ((503, b"", ""), (500, b"", ""), (404, b"", ""), (200, b"<html><title>Robot?</title></html>", ""))[
                number % 4
            ]
        newest = int(seconds // (self.period * (1 + number % 5)))
        edit = int(seconds // (7 * self.period))  # the newest is edited now and then
        body = document(number, newest, edit, self.period * (1 + number % 5))
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        return (304, b"", tag) if etag == tag else (200, body, tag)


def document(number: int, newest: int, edit: int, period: float) -> bytes:
    """The feed of a paper whose newest entry is ``newest``."""
    items = "".join(
        f"<item><guid>urn:paper:{number}:{entry}</guid><title>第{number}报 第{entry}条</title>"
        f"<link>http://p{number}.example/{entry}</link>"
        f"<pubDate>{format_datetime(_EPOCH + timedelta(seconds=entry * period))}</pubDate>"
        f"<description>正文 {entry}{f'（{edit} 改）' if entry == newest else ''}</description></item>"
        for entry in range(newest, max(newest - _LISTED, -1), -1)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>第{number}报</title><link>http://p{number}.example/'
        f"</link><description>样报</description>{items}</channel></rss>"
    ).encode()


def _handler(papers: Papers) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = int(self.path.strip("/").removesuffix(".xml"))
            status, body, tag = papers.answer(number, self.headers.get("If-None-Match", ""))
            with lock:
                papers.asked += 1
                papers.statuses[status] = papers.statuses.get(status, 0) + 1
            self.send_response(status)
            if tag:
                self.send_header("ETag", tag)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def printing(now: Callable[[], datetime], period: float) -> Iterator[Papers]:
    """Serve the papers on a loopback port."""
    papers = Papers(now, period)
    server = _Server(("127.0.0.1", 0), _handler(papers))
    papers.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield papers
    finally:
        server.shutdown()
        server.server_close()


def settings(papers: Papers, number: int, *, every: str, more: str = "") -> str:
    """A site that follows so many papers, in ten categories."""
    lines = "".join(
        f"  - {{url: 'http://127.0.0.1:{papers.port}/{paper}.xml', category: c{paper % 10}, every: {every}}}\n"
        for paper in range(number)
    )
    return (
        'site: {title: 样站, url: "https://news.example/", tag: "news.example,2021", timezone: Asia/Shanghai}\n'
        f"upstreams:\n{lines}fetch: {{private: [127.0.0.1], pause: 0s, threads: 8, contact: 'editor@news.example'}}\n"
        f"{more}"
    )
