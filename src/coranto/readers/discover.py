"""The feeds of a web page: what its links name, and where feeds usually stand.  Pure; for `coranto add`."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from coranto.readers import charset
from coranto.text import one_line

_TYPES = {  # in order of preference: Atom says most
    "application/atom+xml": 0,
    "application/rss+xml": 1,
    "application/rdf+xml": 1,
    "application/feed+json": 2,
    "application/json": 2,
}
_NAMES = ("application/atom+xml", "application/rss+xml", "application/feed+json")
_LOOKS = re.compile(
    r"(?:^|/)(?:feed|feeds|rss|atom|rss2|index\.xml|index\.rdf|feed\.json)/?$|\.(?:rss|atom|rdf)$"
    r"|(?:feed|rss|atom)[\w.-]{0,60}\.(?:xml|json)$|^feed(?:=|$)",
    re.IGNORECASE,
)
_NOT_A_FEED = re.compile(r"comments?/feed|/comments?[/.]|oembed|wp-json", re.IGNORECASE)
_PATHS = ("feed", "atom.xml", "rss.xml", "index.xml", "feed.xml", "feed.json", "rss", "feed/atom", "index.rdf")
_MOST = 50
_LONGEST = 2_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that a page names."""

    url: str
    type: str  # a media type
    title: str = ""


def feeds_in(page: bytes | str, content_type: str, base: str) -> tuple[Found, ...]:
    """The feeds that an HTML page names, best first: Atom, RSS, JSON Feed, then links that look like feeds.

    Args:
        page: The page.
        content_type: Its HTTP header, for the charset; unused for text.
        base: The page's address: links are made absolute against it or against its <base>.
    """
    text = charset.decode(page, content_type)[0] if isinstance(page, bytes) else page
    links = _Links(base)
    with suppress(AssertionError, ValueError):  # what stands before the damage counts
        links.feed(text[:_LONGEST])
    best: dict[str, tuple[int, Found]] = {}
    for rank, found in links.found:
        if found.url not in best or rank < best[found.url][0]:
            best[found.url] = (rank, found)
    return tuple(found for _, found in sorted(best.values(), key=lambda ranked: ranked[0]))[:_MOST]


def guesses(url: str) -> tuple[str, ...]:
    """Where the feed of a page may stand that names none: below its path, then at the root."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ()
    root = f"{parts.scheme}://{parts.netloc}/"
    folder = urljoin(root, parts.path if parts.path.endswith("/") else parts.path.rpartition("/")[0] + "/")
    return tuple(dict.fromkeys(start + path for start in (folder, root) for path in _PATHS))


class _Links(HTMLParser):
    """Collects (rank, feed) from <link rel=alternate> and <a href>."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = base
        self.found: list[tuple[int, Found]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        stated = {name: value or "" for name, value in attrs}
        href = stated.get("href", "").strip()
        if not href:
            return
        if tag == "base":
            self.base = _absolute(self.base, href) or self.base
        elif tag == "link":
            self._link(stated, href)
        elif tag == "a":
            self._anchor(stated, href)

    def _link(self, stated: dict[str, str], href: str) -> None:
        kind = stated.get("type", "").partition(";")[0].strip().lower()
        rels = stated.get("rel", "").lower().split()
        if kind in _TYPES and ("alternate" in rels or "feed" in rels):
            # WordPress names the feed of comments beside that of posts, and its own API as JSON
            self._add(_TYPES[kind] + (10 if _NOT_A_FEED.search(href) else 0), href, kind, stated.get("title", ""))

    def _anchor(self, stated: dict[str, str], href: str) -> None:
        kind = stated.get("type", "").partition(";")[0].strip().lower()
        if kind not in _TYPES:
            try:
                parts = urlsplit(href)
            except ValueError:
                return
            if not (_LOOKS.search(parts.path) or _LOOKS.search(parts.query)):
                return
            kind = _guessed(href)
        self._add(5 + _TYPES[kind] + (10 if _NOT_A_FEED.search(href) else 0), href, kind, stated.get("title", ""))

    def _add(self, rank: int, href: str, kind: str, title: str) -> None:
        url = _absolute(self.base, href)
        if url and len(self.found) < 10 * _MOST:
            self.found.append((rank, Found(url, kind, one_line(title)[:200])))


def _guessed(href: str) -> str:
    """The media type that an address looks like."""
    if "atom" in href.lower():
        return _NAMES[0]
    return _NAMES[2] if href.lower().endswith(".json") else _NAMES[1]


def _absolute(base: str, href: str) -> str:
    try:
        url = urljoin(base, re.sub(r"^feed:(?://)?(?=https?:)", "", one_line(href)))
        return url if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname else ""
    except ValueError:
        return ""
