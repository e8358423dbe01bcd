"""Everyday Atom 1.0: texts and HTML, no XHTML, one language.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from coranto.model import Person
from coranto.readers import parse_values as values
from coranto.readers.parse_entry import person
from coranto.readers.parse_raw import RawFeed, RawItem, Text
from coranto.readers.strict.fields import (
    ABSOLUTE,
    ATOM,
    IDLE,
    LONGEST_NAME,
    Fields,
    expect,
    fields_of,
    items_of,
    links_of,
    text_of,
)

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_IDLE = ("category", "generator", "icon", "logo", "rights", "subtitle", "updated")
_OF_FEED = {
    **IDLE,
    **{ATOM + name: name for name in ("entry", "title", "id", "link")},
    **dict.fromkeys(ATOM + name for name in _IDLE),
    ATOM + "author": "people",
}
_OF_ENTRY = {
    **IDLE,
    **{ATOM + name: name for name in ("title", "id", "link", "published", "updated", "summary", "content")},
    ATOM + "author": "people",
    ATOM + "category": "terms",
    ATOM + "rights": None,
}
_OF_PERSON = {ATOM + name: name for name in ("name", "email", "uri")}
_KINDS = {"text": "text/plain", "html": "text/html", "text/html": "text/html", "text/plain": "text/plain"}
_TYPE = frozenset({"type"})
_TERM = ("term", "scheme", "label")


def read(root: Element) -> RawFeed:
    """What a `feed` element says.

    Raises:
        OddError: this is no everyday feed.
    """
    expect(root.tag == f"{ATOM}feed" and root.attrib.keys() <= {_LANG})
    fields, language = fields_of(root, _OF_FEED), root.get(_LANG, "").replace("_", "-")
    return RawFeed(
        items=tuple(_entry(entry, language) for entry in items_of(fields, "entry")),
        id=fields.text("id"),
        title=_typed(fields, "title"),
        link=next(iter(links_of(fields.all("link")).alternates()), ""),
        language=language,
        authors=_people(fields.all("people")),
    )


def _entry(entry: Element, language: str) -> RawItem:
    expect(not entry.attrib)
    fields = fields_of(entry, _OF_ENTRY)
    links = links_of(fields.all("link"))
    content, summary = _typed(fields, "content"), _typed(fields, "summary")
    if "content" not in fields.one and summary.html:
        content, summary = summary, Text()
    published, updated = fields.text("published"), fields.text("updated")
    return RawItem(
        own_id=fields.text("id"),
        links=links.alternates(),
        permalinks=links.with_rel("via"),
        title=_typed(fields, "title"),
        content=content,
        summary=summary,
        published=published or updated,
        updated=updated,
        authors=_people(fields.all("people")),
        enclosures=links.enclosures(),
        terms=_terms(fields.all("terms")),
        language=language if fields.one.keys() & {"title", "summary", "content"} else "",
    )


def _typed(fields: Fields, name: str) -> Text:
    """A text construct (RFC 4287 3.1) that is no XHTML."""
    element = fields.one.get(name)
    if element is None:
        return Text()
    kind = _KINDS.get(element.get("type", "text").lower(), "")
    expect(bool(kind))
    return values.marked(text_of(element, _TYPE), kind)


def _people(elements: list[Element]) -> tuple[Person, ...]:
    """Authors (RFC 4287 3.2); of one alone, name and e-mail are taken apart once more, as feedparser's are."""
    stated = [_stated(element) for element in elements[:20]]
    if len(stated) == 1 and stated[0][1]:
        name, email, uri = stated[0]
        return values.people([values.named(f"{name} ({email})" if name else email, uri)])
    # Of several, feedparser gives each what the one before had, where it has none of its own.
    expect(len(stated) < 2 or all(name and "@" not in name and not email + uri for name, email, uri in stated))
    return values.people([person(*one) for one in stated])


def _stated(element: Element) -> tuple[str, str, str]:
    expect(not element.attrib and not "".join([element.text or "", *(child.tail or "" for child in element)]).strip())
    found = fields_of(element, _OF_PERSON).one
    expect(not any(child.attrib for child in found.values()))
    name, email, uri = ((found[part].text or "").strip() if part in found else "" for part in _OF_PERSON.values())
    expect(
        max(len(name), len(email)) <= LONGEST_NAME and (not uri or (uri.isascii() and ABSOLUTE.match(uri) is not None))
    )
    return name, email, uri


def _terms(elements: Iterable[Element]) -> tuple[str, ...]:
    """Categories (RFC 4287 4.2.2), each once; one without a term by its label."""
    found: dict[tuple[str | None, ...], str] = {}
    for element in elements:
        expect(not text_of(element, _TERM))
        stated = tuple([element.get(name) for name in _TERM])
        if any(stated):
            found[stated] = (stated[0] or "").strip() or (stated[2] or "").strip()
    return tuple([term for term in found.values() if term])
