"""JSON Feed 1 and 1.1 (jsonfeed.org).  Pure.  Any field may be of any type: a wrong one counts as absent."""

from __future__ import annotations

import json
from typing import Any

from coranto.model import Enclosure, Person
from coranto.readers.parse_entry import person
from coranto.readers.parse_raw import MOST_ENTRIES, ParseError, RawFeed, RawItem, Text
from coranto.text import cut, xml_safe

_VERSION = "jsonfeed.org/version/1"
_LONGEST_NUMBER = 30  # digits


class _Number(str):
    """A number as written: an id may have 5,000 digits, which int() refuses."""

    __slots__ = ()


def looks_like_json(text: str) -> bool:
    """Whether a document is JSON and no XML, whatever its media type."""
    start = text.lstrip()[:1]
    return start in {"{", "["} or text.strip() in {"null", "true", "false"}


def read(text: str) -> RawFeed:
    """What a JSON Feed says.

    Raises:
        ParseError: It is cut (kind cut), or other JSON, such as an error message (json-error).
    """
    feed = _document(text)
    items = [item for item in _list(feed, "items") if isinstance(item, dict)]
    lost = len(_list(feed, "items")) - len(items)
    return RawFeed(
        items=tuple(_item(item) for item in items),
        title=Text(_text(feed, "title")),
        link=_text(feed, "home_page_url"),
        language=_text(feed, "language"),
        authors=_authors(feed),
        problems=(f"{lost} entries are no objects",) if lost else (),
    )


def _document(text: str) -> dict[str, Any]:
    try:
        feed = json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_Number, strict=False)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg:
            raise ParseError("cut", "the JSON document is cut; the last good entries stay") from None
        raise ParseError("json-error", f"broken JSON, line {error.lineno}: {error.msg}") from None
    except RecursionError:
        raise ParseError("too-big", "JSON nested too deep") from None
    if not isinstance(feed, dict) or _VERSION not in _text(feed, "version"):
        raise ParseError("json-error", f"JSON that is no JSON Feed came instead of a feed{_said(feed)}")
    if not isinstance(feed.get("items"), list):
        raise ParseError("json-error", "a JSON Feed without its list of items")
    return feed


def _said(answer: object) -> str:
    """What an error message of some API says."""
    if not isinstance(answer, dict):
        return ""
    said = next((text for key in ("message", "error", "detail", "msg", "title") if (text := _text(answer, key))), "")
    return f": {cut(said, 100)}" if said else ""


def _item(item: dict[str, Any]) -> RawItem:
    content = Text(_text(item, "content_html"), html=True)
    if not content.value.strip():
        content = Text(_text(item, "content_text"))
    links = (_text(item, "url"), _text(item, "external_url"))
    return RawItem(
        own_id=_number(item, "id"),
        links=tuple(link for link in links if link)[:1],
        title=Text(_text(item, "title")),
        content=content,
        summary=Text(_text(item, "summary")),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        authors=_authors(item),
        enclosures=tuple(_enclosure(file) for file in _list(item, "attachments") if isinstance(file, dict)),
        terms=tuple(term for term in _list(item, "tags") if isinstance(term, str) and not isinstance(term, _Number)),
        language=_text(item, "language"),
    )


def _text(owner: dict[str, Any], key: str) -> str:
    """A string, clean for XML; anything else is absent."""
    value = owner.get(key)
    return xml_safe(value) if isinstance(value, str) and not isinstance(value, _Number) else ""


def _number(owner: dict[str, Any], key: str) -> str:
    """A number as written, or else a string."""
    value = owner.get(key)
    return str(value) if isinstance(value, _Number) else _text(owner, key)


def _list(owner: dict[str, Any], key: str) -> list[Any]:
    value = owner.get(key)
    return value[: 4 * MOST_ENTRIES] if isinstance(value, list) else []


def _authors(owner: dict[str, Any]) -> tuple[Person, ...]:
    """`authors` of version 1.1, else the `author` of version 1."""
    stated = [one for one in (_list(owner, "authors") or [owner.get("author")])[:20] if isinstance(one, dict)]
    found = (person(_text(one, "name"), uri=_text(one, "url")) for one in stated)
    return tuple(one for one in found if one)


def _enclosure(file: dict[str, Any]) -> Enclosure:
    size = _number(file, "size_in_bytes").partition(".")[0]
    length = int(size) if size.isascii() and size.isdigit() and len(size) <= _LONGEST_NUMBER else 0
    return Enclosure(url=_text(file, "url"), type=_text(file, "mime_type"), length=length, title=_text(file, "title"))
