"""A site's server for tests: a real one, on a port of its own, asked over real connections."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from coranto.server.serving import Serving
from coranto.settings import load

SETTINGS = """site: {title: 广州新闻, url: https://news.example/, tag: "news.example,2021", language: zh-CN}
posts: []
"""
FEED = ("<feed>" + "广州日报 " * 2000 + "</feed>").encode()


@dataclass(frozen=True)
class Answer:
    status: int
    fields: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Served:
    """A server at work, and the folder that it serves."""

    feeds: Path
    serving: Serving

    @property
    def port(self):
        return int(self.serving.address.rstrip("/").rpartition(":")[2])

    def ask(self, path, method="GET", body=None, **headers):
        """One request on a connection of its own; names of fields with _ for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=names)
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, fields, answer.read())
        finally:
            connection.close()

    def raw(self, data, timeout=5.0):
        """Send these bytes, and read until the end."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as peer:
            peer.sendall(data)
            return b"".join(iter(lambda: peer.recv(65536), b""))


@contextmanager
def served(folder: Path, more: str = "", **options) -> Iterator[Served]:
    """A server for a new site in ``folder``; ``more``: further settings."""
    file = folder / "settings.yaml"
    file.write_text(SETTINGS + more, encoding="utf-8")
    feeds = folder / "feeds"
    for name, body in {"index.html": b"<html>", "metro/atom.xml": FEED, "metro/index.html": b"<html>metro"}.items():
        (feeds / name).parent.mkdir(parents=True, exist_ok=True)
        (feeds / name).write_bytes(body)
    serving = Serving(load(file), lambda: datetime.now(UTC), port=0, **options)
    try:
        yield Served(feeds, serving)
    finally:
        serving.close()
