"""A feed as RSS 2.0, with Dublin Core for authors, content:encoded for full text and Atom for the self link."""

from __future__ import annotations

import re
from typing import cast

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from coranto.model import Feed, Story
from coranto.writers import FILES, TYPES, browser, extension
from coranto.writers.fit import fit, markup
from coranto.writers.readback import GENERATOR

_LOOKS_LIKE_ENTITY = re.compile(r"&(?=[#A-Za-z])")


def write(feed: Feed) -> bytes:
    """``feed`` as the bytes of an RSS document, items in the order of its stories."""
    return render(feed, fit(feed))


def render(feed: Feed, shown: Feed) -> bytes:
    """``shown``, the fitted form of ``feed`` (`coranto.writers.fit`), as the bytes of an RSS document."""
    generator = _head(shown)
    for story, fitted in zip(feed.stories, shown.stories, strict=True):
        item = generator.add_entry(order="append")
        item.coranto.meant = story
        _item(item, fitted)
    return browser.styled(cast("bytes", generator.rss_str(pretty=True)))


def _head(feed: Feed) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension(extension.NAMESPACE, extension.RssFeed, extension.RssEntry, atom=False)
    generator.coranto.feed = feed
    generator.title(feed.title)
    generator.description(feed.description or feed.title)  # RSS 2.0 asks for one
    generator.updated(feed.updated)
    generator.generator(GENERATOR)
    generator.language(feed.language)
    if feed.icon:
        generator.image(feed.icon, title=feed.title, link=feed.base)
    generator.link(rel="self", type=TYPES["rss"], href=feed.base + FILES["rss"])
    generator.link(rel="alternate", href=feed.base)  # last: feedgen's channel link is the last one of any rel
    return generator


def _item(item: FeedEntry, story: Story) -> None:
    item.coranto.story = story
    item.title(story.title)
    item.link(href=story.link)  # always: four clients take no guid for a link
    item.guid(story.id, permalink=False)
    item.description(as_html(story.summary))
    if story.content:
        item.content(story.content, type="CDATA")
    for category in story.categories:
        item.category(term=category.key)  # no label: feedgen would print it in place of the term


def as_html(text: str) -> str:
    """Plain ``text`` for a description, which readers take for HTML (RSS 2.0 item/description).

    ``<`` never occurs (`coranto.writers.fit.plain`); an ampersand is escaped only where it could be taken for an
    entity, so that the few clients that show the text as it stands show it right in all other cases.
    `coranto.writers.readback.from_html` is the inverse.
    """
    return markup(_LOOKS_LIKE_ENTITY.sub("&amp;", text))
