"""What a test asks of a written document."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

import feeds
import validate_feed
from coranto.model import Feed, Story
from coranto.writers import FILES, atom, jsonfeed, rss
from coranto.writers.fit import fit

A = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
WRITE = {"atom": atom.write, "rss": rss.write, "json": jsonfeed.write}


def findings(data: bytes, url: str) -> list[str]:
    """What the validator says that must or should be otherwise."""
    found = validate_feed.check(data, url)
    return [f"{one['clause']} {one['where']}: {one['message']}" for one in found if one["level"] != "note"]


def assert_valid(feed: Feed) -> None:
    for name, write in WRITE.items():
        assert findings(write(feed), fit(feed).base + FILES[name]) == []


def entry(*stories: Story, **fields: object) -> etree._Element:
    found = etree.fromstring(atom.write(feeds.feed(*stories, **fields))).find(A + "entry")
    assert found is not None
    return found


def item(*stories: Story, **fields: object) -> etree._Element:
    found = etree.fromstring(rss.write(feeds.feed(*stories, **fields))).find("channel/item")
    assert found is not None
    return found


def without_descriptions(story: Story) -> Story:
    return replace(story, categories=tuple(replace(one, description="") for one in story.categories))
