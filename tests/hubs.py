"""A site with a WebSub hub on a loopback address, and what the hub heard."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

from coranto.settings.values import Settings
from coranto.store.pings import Ping
from loopback import Loopback
from river import Site

BASE = "https://news.example/"
NAMES = ("atom.xml", "feed.json", "rss.xml")


class Publishing(Site):
    """A site that tells a hub; ``fetch``: its manners towards it."""

    def __init__(self, folder: Path, hub: str, fetch: str = "private: [127.0.0.1], pause: 0s") -> None:
        super().__init__(folder)
        self.hub, self.fetch, self.feeds = hub, fetch, ""

    def settings(self) -> Settings:
        """With the hub, if there is one."""
        hub = f"hub: '{self.hub}'{self.feeds}" if self.hub else self.feeds.lstrip(", ")
        self.extra = f"feeds: {{{hub}}}\nfetch: {{{self.fetch}}}\n"
        return super().settings()

    def pings(self) -> list[Ping]:
        """What waits, whenever it is due."""
        with self.store() as store:
            rows = store.database.rows("SELECT topic, attempts, error FROM ping ORDER BY topic")
        return [Ping(topic=row[0], attempts=row[1], error=row[2]) for row in rows]


def heard(server: Loopback) -> list[list[str]]:
    """The topics of each request that told the hub of any, sorted."""
    found = []
    for asked in server.log:
        form = parse_qsl(asked.body.decode("ascii"), strict_parsing=True)
        assert form[0] == ("hub.mode", "publish")
        assert {name for name, _ in form[1:]} == {"hub.url"}
        found.append(sorted(value for _, value in form[1:]))
    return found


def topics(*folders: str) -> list[str]:
    """The addresses of all documents of these folders, as their self links name them."""
    return sorted(f"{BASE}{folder}/{name}" for folder in folders for name in NAMES)
