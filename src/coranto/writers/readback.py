"""Our own documents read back: the exact inverse of the writers.

So losing the store loses no story, id or date that stands in a published folder, whatever formats settings name
(DESIGN 3.7, IDENTITY 20).  This is no reader of other people's feeds: it takes what `coranto.writers` wrote, and
nothing else.  Every story comes back as it was, but for the descriptions of its categories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime

from lxml import etree

from coranto.model import FEED, Category, Enclosure, Person, Source, Story
from coranto.settings.patterns import upstream_key
from coranto.text import naming
from coranto.writers import FILES, jsonfeed, leftover

GENERATOR = "Coranto"
"""What a feed of ours names as its generator: how we know it again."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read(name: str, data: bytes) -> tuple[Story, ...]:
    """The stories of a document that we wrote, in its order.

    An entry that somebody broke by hand is left out; the others are read.

    Args:
        name: of the file: ``atom.xml``, ``rss.xml`` or ``feed.json``.
        data: its bytes.

    Raises:
        ValueError: it cannot be read, is no feed of ours, or no feed has this name.
    """
    if name == FILES["json"]:
        return jsonfeed.read(data)
    if name == FILES["atom"]:
        return _atom(_parsed(data))
    if name == FILES["rss"]:
        return _rss(_parsed(data))
    raise ValueError(f"{name!r} is not the name of a feed: {', '.join(FILES.values())}")


def atom_entry(entry: etree._Element) -> Story:
    """What an entry says by itself, in the words of Atom.

    Its elements may still be without their namespace: feedgen gives it to the document as a whole.

    Raises:
        TypeError, ValueError: it is none of ours.
    """
    links = list(entry.iterchildren("{*}link"))
    return Story(
        id=_stated(entry, "{*}id"),
        title=_stated(entry, "{*}title"),
        link=next(_hrefs(links, "alternate")),
        published=leftover.moment(_text(entry, "{*}published")),
        updated=leftover.moment(_text(entry, "{*}updated")),
        content=_text(entry, "{*}content"),
        summary=_text(entry, "{*}summary"),
        authors=tuple(_person(author) for author in entry.iterchildren("{*}author")),
        categories=tuple(
            _category(_value(one, "term"), _value(one, "label")) for one in entry.iterchildren("{*}category")
        ),
        enclosures=tuple(_file(link, "href") for link in links if link.get("rel") == "enclosure"),
        language=_value(entry, _LANG),
        source=next((_atom_source(source) for source in entry.iterchildren("{*}source")), None),
        related=tuple(_hrefs(links, "related")),
    )


def rss_item(item: etree._Element) -> Story:
    """What an item says by itself, in the words of RSS 2.0, Dublin Core and content:encoded.

    Raises:
        TypeError, ValueError: it is none of ours.
    """
    published = parsedate_to_datetime(_text(item, "pubDate")).astimezone(UTC)
    return Story(
        id=_stated(item, "guid"),
        title=_stated(item, "title"),
        link=_stated(item, "link"),
        published=published,
        updated=published,
        content=_text(item, _ENCODED),
        summary=from_html(_text(item, "description")),
        authors=tuple(Person(name=creator.text or "") for creator in item.iterchildren(_CREATOR)),
        categories=tuple(_category(one.text or "") for one in item.iterchildren("category")),
        enclosures=tuple(_file(file, "url") for file in item.iterchildren("enclosure")),
        source=next((_rss_source(source) for source in item.iterchildren("source")), None),
    )


def from_html(text: str) -> str:
    """The plain text of a description, the inverse of `coranto.writers.rss.as_html`."""
    return text.replace("&#58;", ":").replace("&amp;", "&")


def _parsed(data: bytes) -> etree._Element:
    """The root of a document; nothing in it may reach for the network, a file or all memory.

    Raises:
        ValueError: it is no XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,  # one inside a text would cut it short
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not a readable XML document: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:  # the place of entities
        raise ValueError("not a feed of ours: it has a document type")
    return root


def _atom(root: etree._Element) -> tuple[Story, ...]:
    if root.tag != f"{_ATOM}feed" or root.findtext(f"{_ATOM}generator") != GENERATOR:
        raise ValueError(f"not an Atom feed of ours: its generator is not {GENERATOR}")
    return tuple(_readable(root.iterchildren(f"{_ATOM}entry"), atom_entry))


def _rss(root: etree._Element) -> tuple[Story, ...]:
    channel = root.find("channel")
    if root.tag != "rss" or channel is None or channel.findtext("generator") != GENERATOR:
        raise ValueError(f"not an RSS feed of ours: its generator is not {GENERATOR}")
    return tuple(_readable(channel.iterchildren("item"), rss_item))


def _readable(entries: Iterable[etree._Element], said: Callable[[etree._Element], Story]) -> Iterator[Story]:
    for entry in entries:
        try:
            story = leftover.complete(entry, said(entry))
        except (KeyError, StopIteration, TypeError, ValueError):
            continue  # broken by hand
        yield story


def _stated(parent: etree._Element, name: str) -> str:
    text = _text(parent, name)
    if not text:
        raise ValueError(f"an entry of ours always has {name}")
    return text


def _text(parent: etree._Element, name: str) -> str:
    return parent.findtext(name) or ""


def _value(element: etree._Element, name: str) -> str:
    return str(element.get(name, ""))


def _hrefs(links: Iterable[etree._Element], rel: str) -> Iterator[str]:
    return (_value(link, "href") for link in links if link.get("rel") == rel)


def _person(author: etree._Element) -> Person:
    return Person(name=_text(author, "{*}name"), email=_text(author, "{*}email"), uri=_text(author, "{*}uri"))


def _category(key: str, title: str = "") -> Category:
    return Category(key=key, folder=naming.folder(key), title=title or key)


def _file(element: etree._Element, address: str) -> Enclosure:
    return Enclosure(
        url=_value(element, address),
        type=_value(element, "type"),
        length=int(_value(element, "length")),
        title=_value(element, "title"),
    )


def _atom_source(source: etree._Element) -> Source:
    links = list(source.iterchildren("{*}link"))
    feed_url = next(_hrefs(links, "self"), "")
    return Source(
        key=_key(feed_url),
        kind=FEED,
        id=_text(source, "{*}id"),
        title=_text(source, "{*}title"),
        link=next(_hrefs(links, "alternate"), ""),
        feed_url=feed_url,
    )


def _rss_source(source: etree._Element) -> Source:
    feed_url = _value(source, "url")
    return Source(key=_key(feed_url), kind=FEED, id=feed_url, title=source.text or "", feed_url=feed_url)


def _key(feed_url: str) -> str:
    """The key that most sources have: their address, as settings make one of it."""
    return upstream_key(feed_url) if feed_url else ""
