"""The writers: from a feed, a value, to the bytes of its documents.

Pure: no clock, no disk, no chance.  The same feed gives the same bytes, whatever machine writes them and when
(DESIGN 5.2).  Every writer first makes the feed fit to be published (`coranto.writers.fit`), so that what it
writes is valid whatever an entry contains (DESIGN 5.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from coranto.model import Feed

FILES = {"atom": "atom.xml", "rss": "rss.xml", "json": "feed.json"}
"""A format's name in settings, and the file that holds it."""

TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}
"""The precise media type of a format: RFC 4287 7, RSS Best Practices 1, JSON Feed 1.1."""

LABELS = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}
"""What a person calls a format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHead:
    """What the index page and the OPML file say of the site as a whole.

    ``url`` and ``all_base`` are absolute and end with a slash; ``updated`` is when the newest story of the site
    changed, in UTC.
    """

    title: str
    url: str
    language: str
    all_base: str  # the folder of the feed with every story
    opml_url: str
    description: str = ""
    icon: str = ""
    timezone: str = "UTC"  # IANA; in which pages tell the time
    updated: datetime | None = None
    formats: tuple[str, ...] = ("atom", "rss", "json")


def documents(feed: Feed) -> Iterator[tuple[str, bytes]]:
    """Every file of a category's folder: its name and its bytes, the page last.

    Only the formats that ``feed.formats`` names, in the order of `FILES`, so that settings' order changes nothing.
    """
    from coranto.writers import atom, fit, html, jsonfeed, rss

    fitted = fit.fit(feed)
    if "atom" in feed.formats:
        yield FILES["atom"], atom.render(feed, fitted)
    if "rss" in feed.formats:
        yield FILES["rss"], rss.render(feed, fitted)
    if "json" in feed.formats:
        yield FILES["json"], jsonfeed.render(feed, fitted)
    yield "index.html", html.render(fitted)
