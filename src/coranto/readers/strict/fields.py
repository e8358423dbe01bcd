"""Elements of everyday feeds, and what of them both formats read alike.  Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from coranto.model import Enclosure
from coranto.readers import parse_values as values
from coranto.readers.parse_raw import MOST_ENTRIES

ATOM = "{http://www.w3.org/2005/Atom}"
LONGEST_NAME = 100  # of a person: a longer one may be none (parse_scan)
MANY = frozenset({"item", "entry", "link", "atom:link", "people", "terms", "enclosure"})
_NESTED = frozenset({"item", "entry", "image", "skipHours", "skipDays", "people"})
ABSOLUTE = re.compile(r"https?://[^/]")

# Elements of other vocabularies that say nothing to us.
IDLE: Mapping[str, str | None] = {
    **dict.fromkeys(f"{{http://purl.org/rss/1.0/modules/slash/}}{name}" for name in ("comments", "section")),
    **dict.fromkeys(f"{{http://wellformedweb.org/CommentAPI/}}{name}" for name in ("comment", "commentRss")),
    **dict.fromkeys(f"{{http://rssnamespace.org/feedburner/ext/1.0}}{name}" for name in ("origLink", "info")),
    **dict.fromkeys(f"{{http://purl.org/syndication/thread/1.0}}{name}" for name in ("total", "in-reply-to")),
    "{http://search.yahoo.com/mrss/}thumbnail": None,
    "{com-wordpress:feed-additions:1}post-id": None,
}


class OddError(Exception):
    """Not an everyday feed."""


class Fields(NamedTuple):
    """The children of an element by what they are to us."""

    one: dict[str, Element]
    many: dict[str, list[Element]]

    def text(self, name: str, attributes: Collection[str] = ()) -> str:
        """The text of the one child of that name; "" without it."""
        element = self.one.get(name)
        return "" if element is None else text_of(element, attributes)

    def all(self, name: str) -> list[Element]:
        """The children of that name."""
        return self.many.get(name, [])


def expect(true: bool) -> None:  # noqa: FBT001
    """Raises: OddError: it is not."""
    if not true:
        raise OddError


def fields_of(parent: Element, known: Mapping[str, str | None]) -> Fields:
    """The children of an element without attributes; only those that may have children of their own have any.

    Args:
        parent: The element.
        known: What each tag is to us; ``None``: nothing.  MANY may stand there several times.

    Raises:
        OddError: another child, one too many, or one with a base or a language of its own.
    """
    one: dict[str, Element] = {}
    many: dict[str, list[Element]] = {}
    for child in parent:
        name = known.get(child.tag, "?")
        if name == "?" or (len(child) and name not in _NESTED):
            raise OddError
        if child.attrib and any(key.lower().endswith(("base", "lang")) for key in child.attrib):
            raise OddError  # feedparser takes a base for that of what follows, too
        if name in MANY:
            many.setdefault(name, []).append(child)
        elif name is not None:
            if name in one:
                raise OddError
            one[name] = child
    return Fields(one, many)


def items_of(fields: Fields, name: str) -> list[Element]:
    """The items; a feed without any may be none."""
    found = fields.all(name)
    expect(0 < len(found) <= MOST_ENTRIES)
    return found


def text_of(element: Element, attributes: Collection[str] = ()) -> str:
    """The text of an element that has no attributes but these; UTF-8 that was taken for Latin-1 is mended."""
    if element.attrib and not element.attrib.keys() <= set(attributes):
        raise OddError
    text = (element.text or "").strip()
    if text.isascii() or text[0] > "\xff":
        return text
    try:
        mended = text.encode("latin-1").decode()
    except UnicodeError:
        return text
    expect(mended.isprintable())
    return mended


def is_plain_address(address: str) -> bool:
    """Whether feedparser leaves an address alone: it is absolute, and nothing in it looks like a reference."""
    return ABSOLUTE.match(address) is not None and not ("&" in address and ";" in address)


class Links(NamedTuple):
    """Links of RFC 4287 4.2.7, each as its attributes."""

    found: list[dict[str, str]]

    def with_rel(self, rel: str) -> tuple[str, ...]:
        """The addresses of one relation."""
        return tuple(link["href"] for link in self.found if link["rel"] == rel)

    def alternates(self) -> tuple[str, ...]:
        """Pages for people, HTML before other types."""
        pages = [link for link in self.found if link["rel"] == "alternate"]
        pages.sort(key=lambda link: link["type"] not in values.HTML)
        return tuple(link["href"] for link in pages)

    def enclosures(self) -> tuple[Enclosure, ...]:
        """Media that belong to the entry."""
        return tuple(
            Enclosure(
                url=link["href"],
                type=link["type"],
                length=values.number(link.get("length", "")),
                title=link.get("title", ""),
            )
            for link in self.found
            if link["rel"] == "enclosure"
        )


def links_of(elements: Iterable[Element]) -> Links:
    """The links that `link` elements of Atom state."""
    return Links([_link(element) for element in elements])


def _link(element: Element) -> dict[str, str]:
    link = dict(element.items())
    expect(link.keys() <= {"href", "rel", "type", "title", "hreflang", "length"} and not text_of(element, link))
    expect(is_plain_address(link.get("href", "")))
    rel = link.get("rel", "alternate").lower()
    return {**link, "rel": rel, "type": link.get("type", "text/html").lower()}
