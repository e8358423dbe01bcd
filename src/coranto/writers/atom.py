"""A feed as Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from typing import cast

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from coranto.model import Feed, Person, Story
from coranto.writers import FILES, TYPES, browser, extension
from coranto.writers.fit import fit
from coranto.writers.readback import GENERATOR


def write(feed: Feed) -> bytes:
    """``feed`` as the bytes of an Atom document, entries in the order of its stories."""
    return render(feed, fit(feed))


def render(feed: Feed, shown: Feed) -> bytes:
    """``shown``, the fitted form of ``feed`` (`coranto.writers.fit`), as the bytes of an Atom document."""
    generator = _head(shown)
    for story, fitted in zip(feed.stories, shown.stories, strict=True):
        entry = generator.add_entry(order="append")
        entry.coranto.meant = story
        _entry(entry, fitted, shown.language)
    return browser.styled(cast("bytes", generator.atom_str(pretty=True)))


def _head(feed: Feed) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension(extension.NAMESPACE, extension.AtomFeed, extension.AtomEntry, rss=False)
    generator.coranto.feed = feed
    generator.id(feed.id)
    generator.title(feed.title)
    generator.updated(feed.updated)
    generator.author(name=feed.site_title, uri=feed.site_url)  # RFC 4287 4.1.1: for entries that name nobody
    generator.generator(GENERATOR)
    generator.language(feed.language)
    if feed.description:
        generator.subtitle(feed.description)
    if feed.icon:
        generator.icon(feed.icon)
    _links(generator, feed)
    return generator


def _links(generator: FeedGenerator, feed: Feed) -> None:
    """Self, the hub, the other formats, and the page last.

    The other formats are ``related``: of several ``alternate`` links some clients open the first and some the last
    as the site's page, and only the page should be opened.
    """
    generator.link(rel="self", type=TYPES["atom"], href=feed.base + FILES["atom"])
    if feed.hub:
        generator.link(rel="hub", href=feed.hub)
    for name in FILES:
        if name != "atom" and name in feed.formats:
            generator.link(rel="related", type=TYPES[name], href=feed.base + FILES[name])
    generator.link(rel="alternate", type="text/html", href=feed.base)


def _entry(entry: FeedEntry, story: Story, language: str) -> None:
    entry.coranto.story = story
    entry.coranto.language = language
    entry.id(story.id)
    entry.title(story.title)
    entry.updated(story.updated)
    entry.published(story.published)
    entry.summary(story.summary)
    if story.content:
        entry.content(story.content, type="html")
    else:
        entry.link(href=story.link)  # feedgen asks for it; the extension writes the links anew
    for person in story.authors:
        entry.author(_author(person))
    for category in story.categories:
        entry.category(term=category.key, label=category.title)


def _author(person: Person) -> dict[str, str]:
    stated = {"name": person.name, "email": person.email, "uri": person.uri}
    return {name: value for name, value in stated.items() if value}
