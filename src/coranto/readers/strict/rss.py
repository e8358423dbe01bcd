"""Everyday RSS: 2.0 and 0.9x, with the modules that everybody has.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from coranto.model import Enclosure, Person
from coranto.readers import parse_values as values
from coranto.readers.parse_entry import person
from coranto.readers.parse_raw import RawFeed, RawItem, Text
from coranto.readers.strict.fields import (
    ATOM,
    IDLE,
    LONGEST_NAME,
    Fields,
    expect,
    fields_of,
    is_plain_address,
    items_of,
    links_of,
    text_of,
)

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"
_SY = "{http://purl.org/rss/1.0/modules/syndication/}"
_OF_CHANNEL = {
    **IDLE,
    **{name: name for name in ("item", "title", "language", "ttl", "image", "skipHours", "skipDays")},
    **dict.fromkeys(("category", "cloud", "copyright", "description", "docs", "generator", "lastBuildDate")),
    **dict.fromkeys(("managingEditor", "pubDate", "rating", "webMaster", _SY + "updateBase")),
    _SY + "updatePeriod": "period",
    _SY + "updateFrequency": "frequency",
    "link": "address",
    ATOM + "link": "atom:link",
}
_OF_ITEM = {
    **IDLE,
    **{name: name for name in ("title", "guid", "pubDate", "description", "enclosure")},
    "link": "address",
    ATOM + "link": "atom:link",
    _CONTENT: "content",
    "comments": None,
    "source": None,
    "author": "people",
    _DC + "creator": "people",
    "category": "terms",
    _DC + "date": "updated",
}
_OF_IMAGE = dict.fromkeys(("url", "title", "link", "width", "height", "description"))
_MEANINGFUL = frozenset({"alternate", "via", "enclosure"})
_LOOKS_LIKE_HTML = re.compile(r"</\w|&#?\w+;")
_PLAIN = re.compile(r"[A-Za-z0-9 \n]{0,40}")
_GUID = frozenset({"isPermaLink"})
_DOMAIN = frozenset({"domain"})


def read(root: Element) -> RawFeed:
    """What an `rss` element says.

    Raises:
        OddError: this is no everyday feed.
    """
    expect(root.attrib.keys() <= {"version"} and len(root) == 1)
    (channel,) = root
    expect(channel.tag == "channel" and not channel.attrib)
    fields = fields_of(channel, _OF_CHANNEL)
    if "image" in fields.one:
        fields_of(fields.one["image"], _OF_IMAGE)
    _idle_links(fields)
    return RawFeed(
        items=tuple(_item(item) for item in items_of(fields, "item")),
        title=_plain(fields, "title"),
        link=_address(fields),
        language=fields.text("language"),
        ttl=values.ttl(fields.text("ttl"), fields.text("period"), fields.text("frequency")),
        skip_hours=values.hours(_skipped(fields, "skipHours", "hour")),
        skip_days=values.days(_skipped(fields, "skipDays", "day")),
    )


def _item(item: Element) -> RawItem:
    expect(not item.attrib)
    fields = fields_of(item, _OF_ITEM)
    _idle_links(fields)
    content, summary = _html(fields, "content"), _html(fields, "description")
    if "content" not in fields.one:
        content, summary = summary, Text()
    published, updated = fields.text("pubDate"), fields.text("updated")
    guid = fields.text("guid", _GUID)
    return RawItem(
        own_id=guid,
        links=_addresses(fields, guid),
        title=_plain(fields, "title"),
        content=content,
        summary=summary,
        published=published or updated,
        updated=updated if published else "",
        authors=values.people([_by_name(one) for one in fields.all("people")[:20]]),
        enclosures=tuple([_enclosure(one) for one in fields.all("enclosure")]),
        terms=_terms(fields.all("terms")),
    )


def _idle_links(fields: Fields) -> None:
    """What Atom's links of a channel or item mean to us is for feedparser to say."""
    if "atom:link" in fields.many:
        expect(not any(link["rel"] in _MEANINGFUL for link in links_of(fields.all("atom:link")).found))


def _plain(fields: Fields, name: str) -> Text:
    """A title, of which RSS does not say whether it is HTML: where it looks so, feedparser decides."""
    value = fields.text(name)
    expect(not _LOOKS_LIKE_HTML.search(value))
    return Text(value)


def _html(fields: Fields, name: str) -> Text:
    return values.marked(fields.text(name), "text/html") if name in fields.one else Text()


def _address(fields: Fields) -> str:
    address = fields.text("address")
    expect(not address or is_plain_address(address))
    return address


def _addresses(fields: Fields, guid: str) -> tuple[str, ...]:
    """The item's link, and its guid where that is one too."""
    link = _address(fields)
    permalink = fields.one["guid"].get("isPermaLink", "true") if "guid" in fields.one else ""
    expect(permalink in {"", "true", "false"})
    own = [link] if link else []
    if permalink == "true" and guid.lower().startswith(("http://", "https://")):
        own.append(guid)
    return tuple(own)


def _by_name(element: Element) -> Person | None:
    """An author in one text; where an e-mail stands in it, feedparser takes it apart."""
    name = text_of(element)
    expect(len(element) == 0 and len(name) <= LONGEST_NAME and "@" not in name)
    return person(name)


def _enclosure(element: Element) -> Enclosure:
    url = element.get("url", "")
    expect(element.attrib.keys() <= {"url", "type", "length"} and bool(url.strip()))
    return Enclosure(url=url, type=element.get("type", "").lower(), length=values.number(element.get("length", "")))


def _terms(elements: Iterable[Element]) -> tuple[str, ...]:
    """Categories: feedparser lists one twice if it names a domain, and once if it names none."""
    found: list[tuple[str, str]] = []
    for element in elements:
        term, domain = text_of(element, _DOMAIN), element.get("domain", "")
        expect(bool(term) or not domain)
        if domain or (term and (term, "") not in found):
            found.append((term, domain))
    return tuple([term for term, _ in found])


def _skipped(fields: Fields, name: str, part: str) -> list[str]:
    found = list(fields.one.get(name, ()))
    expect(all(one.tag == part and len(one) == 0 and _PLAIN.fullmatch(one.text or "") for one in found))
    return [(one.text or "").strip() for one in found]
