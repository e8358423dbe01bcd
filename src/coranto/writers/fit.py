"""Makes a feed fit to be published: whatever an entry contains, what stands in a document is valid.

Readers clean what they read; this is the last gate, for what a hostile or broken entry still brings, and for
what only clients teach: a ``<`` in a title cuts it in quiterss, an entity shows as such.
`fit` of a fitted feed changes nothing.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from coranto.model import Category, Enclosure, Feed, Person, Source, Story, Voice
from coranto.text import cut, one_line, xml_safe
from coranto.text.anchors import anchor
from coranto.writers.addresses import address, email, identifier, iri, language, media_type, web_address

UNDETERMINED = "und"  # BCP 47 4.1: a feed says its language, even that it is unknown

_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
_LOST = "\ufffd"  # a character lost upstream: validators object to it
_SCHEME_OF_SCRIPTS = re.compile(r"(javascript\s*):", re.IGNORECASE)
_GAP = "□"  # GB/T 15834: the mark for a missing character


def fit(feed: Feed) -> Feed:
    """``feed`` with nothing in it that a document must not hold."""
    base, site = iri(feed.base), iri(feed.site_url)
    stories = tuple(_story(story, site) for story in feed.stories)
    title = headline(feed.title) or headline(feed.category.title) or headline(feed.site_title) or headline(base)
    return replace(
        feed,
        id=identifier(feed.id),
        base=base,
        title=title,
        description=plain(feed.description),
        language=language(feed.language) or UNDETERMINED,
        site_title=line(feed.site_title) or title,
        site_url=site,
        icon=address(feed.icon),
        hub=web_address(feed.hub),
        updated=max([second(feed.updated), *(story.updated for story in stories)]),
        stories=stories,
    )


def clean(text: str) -> str:
    """``text`` without what XML forbids, and with a visible mark where a character was lost."""
    return xml_safe(text).replace(_LOST, _GAP)


def plain(text: str) -> str:
    """Plain text for any client: a ``<`` that is meant becomes U+FF1C, so nobody takes it for markup."""
    return clean(text).strip().replace("<", "＜")


def markup(fragment: str) -> str:
    """Clean HTML for any client: where an article writes *about* ``javascript:``, the colon becomes a reference.

    A browser shows the same; filters and validators that search for the bare word see none (RFC 4287 8.1).
    """
    if "javascript" not in fragment.lower():  # ten times faster than to search without case
        return fragment
    return _SCHEME_OF_SCRIPTS.sub(r"\1&#58;", fragment)


def line(text: str) -> str:
    """Plain text in one line: names and labels."""
    return one_line(plain(text))


def headline(text: str) -> str:
    """A title: one line, no markup, entities decoded where one was escaped twice."""
    for _ in range(3):
        decoded = one_line(clean(_ENTITY.sub(lambda entity: html.unescape(entity[0]), clean(text))))
        if decoded == text:
            break
        text = decoded
    return _ENTITY.sub(lambda entity: "＆" + entity[0][1:], text).replace("<", "＜")


def second(moment: datetime) -> datetime:
    """``moment`` in UTC, without a fraction of a second."""
    return moment.astimezone(UTC).replace(microsecond=0)


def rfc3339(moment: datetime) -> str:
    """``moment`` for Atom and JSON Feed: in UTC with ``Z`` (RFC 3339 5.6; elfeed drops other offsets)."""
    return second(moment).replace(tzinfo=None).isoformat() + "Z"


def _story(story: Story, site: str) -> Story:
    link = address(story.link) or f"{site}all/#{anchor(identifier(story.id))}"
    title = headline(story.title) or headline(cut(story.summary, 80)) or headline(link)
    published = second(story.published)
    return replace(
        story,
        id=identifier(story.id),
        title=title,
        link=link,
        published=published,
        updated=max(published, second(story.updated)),  # RFC 4287 4.2.9: what comes later is the update
        content=markup(clean(story.content)) if story.content.strip() else "",
        summary=plain(story.summary) or title,
        authors=tuple(_person(person) for person in story.authors if line(person.name)),
        categories=tuple(_category(category) for category in story.categories if line(category.key)),
        enclosures=tuple(_enclosure(file) for file in story.enclosures if address(file.url)),
        language=language(story.language),
        source=_source(story.source) if story.source else None,
        related=_related(story.related, link),
        voices=tuple(_voice(voice) for voice in story.voices),
    )


def _person(person: Person) -> Person:
    return Person(name=line(person.name), email=email(person.email), uri=address(person.uri))


def _category(category: Category) -> Category:
    return replace(category, key=line(category.key), title=line(category.title) or line(category.key))


def _enclosure(file: Enclosure) -> Enclosure:
    return Enclosure(
        url=address(file.url), type=media_type(file.type), length=max(0, file.length), title=line(file.title)
    )


def _source(source: Source) -> Source:
    link, feed_url = address(source.link), address(source.feed_url)
    return replace(
        source,
        id=identifier(xml_safe(source.id) or feed_url or link or source.key),
        title=line(source.title) or urlsplit(link or feed_url).netloc or line(source.key),
        link=link,
        feed_url=feed_url,
    )


def _voice(voice: Voice) -> Voice:
    return Voice(
        source=line(voice.source),
        link=address(voice.link),
        title=headline(voice.title),
        keys=tuple(line(key) for key in voice.keys),
    )


def _related(addresses: tuple[str, ...], link: str) -> tuple[str, ...]:
    copies = dict.fromkeys(address(url) for url in addresses)
    return tuple(url for url in copies if url and url != link)
