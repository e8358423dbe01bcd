"""What feedgen 1.0.0 gets wrong or leaves out, mended on the lxml elements that it has built.

feedgen hands every element to its extensions before it renders it.  Each class here says which defect it mends;
`coranto.writers.atom` and `coranto.writers.rss` leave everything else to feedgen.
"""

from __future__ import annotations

from email.utils import format_datetime

from lxml import etree

from coranto.model import Enclosure, Feed, Source, Story
from coranto.writers import browser, leftover, readback
from coranto.writers.fit import rfc3339

NAMESPACE = "coranto"  # the attribute under which feedgen keeps an extension

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class _Extension:
    """What feedgen asks of every extension; beside it, of each format's, extend_atom or extend_rss."""

    def extend_ns(self) -> dict[str, str]:
        """The namespaces that the document's root declares."""
        return {}


class AtomFeed(_Extension):
    """Writes the feed's date in UTC with ``Z`` and its texts as plain ones."""

    feed: Feed

    def extend_atom(self, element: etree._Element) -> etree._Element:
        """Mend the feed element."""
        _set_text(element, "updated", rfc3339(self.feed.updated))
        _plain_text(element, "title", "subtitle")
        browser.link(element, self.feed)
        return element


class AtomEntry(_Extension):
    """Writes links, dates, language and source; feedgen loses every attribute of an entry's links."""

    story: Story
    meant: Story  # before it was made fit: what is to be read back
    language: str  # the feed's

    def extend_atom(self, element: etree._Element) -> etree._Element:
        """Mend an entry element."""
        story = self.story
        _plain_text(element, "title", "summary")
        _set_text(element, "updated", rfc3339(story.updated))
        _set_text(element, "published", rfc3339(story.published))
        if story.language and story.language != self.language:
            element.set(_LANG, story.language)
        if story.source:
            _atom_source(element, story.source, rfc3339(story.updated))
        _atom_links(element, story)
        leftover.keep(element, self.meant, readback.atom_entry(element))
        return element


class RssFeed(_Extension):
    """Writes lastBuildDate without feedgen's detour over the locale of the whole process, and the hub; declares dc."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """Dublin Core, for dc:creator."""
        return {"dc": _DC}

    def extend_rss(self, element: etree._Element) -> etree._Element:
        """Mend the rss element; the channel is its only child."""
        _set_text(element[0], "lastBuildDate", format_datetime(self.feed.updated))
        _rss_hub(element[0], self.feed.hub)
        browser.link(element[0], self.feed)
        return element


class RssEntry(_Extension):
    """Writes pubDate, authors without e-mail and the source's feed; feedgen drops or misplaces them."""

    story: Story
    meant: Story  # before it was made fit: what is to be read back

    def extend_rss(self, element: etree._Element) -> etree._Element:
        """Mend an item element."""
        story = self.story
        _add(element, "pubDate", format_datetime(story.published))
        for person in story.authors:
            _add(element, f"{{{_DC}}}creator", person.name)
        file = next((file for file in story.enclosures if file.url.startswith("http")), None)
        if file:  # one only, and only over HTTP: RSS 2.0 enclosure, Best Practices "enclosure"
            element.append(etree.Element("enclosure", url=file.url, length=str(file.length), type=file.type))
        if story.source and story.source.feed_url:
            _add(element, "source", story.source.title).set("url", story.source.feed_url)
        leftover.keep(element, self.meant, readback.rss_item(element))
        return element


def _rss_hub(channel: etree._Element, hub: str) -> None:
    """The hub (WebSub 4), which feedgen loses, beside the self link: the one atom:link that it writes in a channel."""
    own = channel.find(f"{{{_ATOM}}}link")
    if hub and own is not None:
        own.addnext(etree.Element(f"{{{_ATOM}}}link", rel="hub", href=hub))


def _atom_links(entry: etree._Element, story: Story) -> None:
    """Related first, files next, the article last: feed2imap takes the last link whatever its rel says."""
    for broken in entry.findall("link"):
        entry.remove(broken)
    for url in story.related:
        etree.SubElement(entry, "link", rel="related", href=url)
    for file in story.enclosures:
        _atom_enclosure(entry, file)
    etree.SubElement(entry, "link", rel="alternate", type="text/html", href=story.link)


def _atom_enclosure(entry: etree._Element, file: Enclosure) -> None:
    link = etree.SubElement(
        entry, "link", rel="enclosure", type=file.type, length=str(file.length), href=file.url
    )  # the length always, 0 when unknown
    if file.title:
        link.set("title", file.title)


def _atom_source(entry: etree._Element, source: Source, updated: str) -> None:
    """atom:source (RFC 4287 4.2.11); its updated is the entry's: a feed's own moves with every poll."""
    element = etree.SubElement(entry, "source")
    _add(element, "id", source.id)
    _add(element, "title", source.title).set("type", "text")
    _add(element, "updated", updated)
    if source.feed_url:
        etree.SubElement(element, "link", rel="self", href=source.feed_url)
    if source.link:
        etree.SubElement(element, "link", rel="alternate", type="text/html", href=source.link)


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, name)
    element.text = text
    return element


def _set_text(parent: etree._Element, name: str, text: str) -> None:
    for element in parent.iterchildren(name):
        element.text = text


def _plain_text(parent: etree._Element, *names: str) -> None:
    """``type="text"``, said: the other two types show raw markup or nothing in many clients."""
    for name in names:
        element = parent.find(name)
        if element is not None:
            element.set("type", "text")
