"""The way of strangers' bytes, from the body of an answer to written feeds, as one function."""

from __future__ import annotations

from datetime import UTC, datetime

import feeds
import validate_feed
from coranto.dedup.merge import Version, merge
from coranto.model import Entry, Story, Words
from coranto.readers.parse import parse
from coranto.readers.parse_raw import ParseError
from coranto.text.anchors import anchor
from coranto.writers import FILES, atom, jsonfeed, rss
from coranto.writers.fit import fit
from inactive import active, active_entry
from parsing import CONTEXT

WRITE = {"atom": atom.write, "rss": rss.write, "json": jsonfeed.write}
LONG_AGO = datetime(2022, 1, 7, tzinfo=UTC)


def faults(body: bytes, content_type: str = "") -> list[str]:
    """What is wrong with the feeds that come of a body; refusing it is right.

    Raises:
        Exception: any that is not ours: the parser must raise none.
    """
    try:
        document = parse(body, content_type, CONTEXT)
    except ParseError:
        return []
    found = [fault for entry in document.entries for fault in active_entry(entry)]
    stories = tuple(story(number, entry) for number, entry in enumerate(document.entries[:5]))
    feed = feeds.feed(*stories, title=document.source.title)
    for name, write in WRITE.items():
        written = validate_feed.check(write(feed), fit(feed).base + FILES[name])
        found += [f"{name}: {one['clause']} {one['message']}" for one in written if one["level"] == "must"]
    return found + [fault for one in stories for fault in active(one.content)]


def story(number: int, entry: Entry) -> Story:
    """The story of one entry."""
    own_id = f"tag:news.example,2021:entry/{number}"
    moment = entry.published or LONG_AGO
    version = Version(
        source=feeds.PAPER, title=entry.title, link=entry.link, published=moment, words=entry.words or Words()
    )
    home = f"https://news.example/all/#{anchor(own_id)}"
    return merge((version,), public_id=own_id, updated=moment, categories=(feeds.GUANGZHOU,), home=home)
