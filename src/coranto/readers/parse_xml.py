"""Atom and RSS through feedparser.  The only module that knows it.  Pure: it gets bytes, never an address or a path.

feedparser's dates, sanitiser, link resolver and charset detection are not used (LIBRARIES 1): we pass UTF-8, read its
string fields, and clean them ourselves.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

import feedparser

from coranto.model import Enclosure, Person
from coranto.readers import parse_values as values
from coranto.readers.parse_entry import person
from coranto.readers.parse_raw import ParseError, RawFeed, RawItem, Text
from coranto.readers.parse_scan import Scan

_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_OF_FEED = frozenset(
    {"title", "id", "link", "author", "updated", "modified", "subtitle", "tagline", "info", "rights", "copyright"}
    | {"generator", "category", "contributor", "icon", "logo", "channel", "deleted-entry"}
)
_RELATIVE_BASE = re.compile(
    r"\bxml:base\s*=\s*[\"'](?!\s*(?:https?:|[\"']))", re.IGNORECASE
)  # only then feedparser needs ours


def read(text: str, found: Scan, url: str) -> RawFeed:
    """What a feed document says.

    Args:
        text: The root element, mended (parse_guard.prepare).
        found: What the scan of it kept.
        url: The address of the document: what a relative xml:base is relative to.

    Raises:
        ParseError: feedparser found no feed in it (kind not-a-feed).
    """
    parsed = _feedparser(text, url)
    feed, entries = parsed["feed"], parsed["entries"]
    atom = str(parsed.get("version") or "").startswith("atom")
    links = _links(feed)
    if not (entries or links or found.children & _OF_FEED):
        raise ParseError("not-a-feed", f"a bare <{found.root}> without title and entries came instead of a feed")
    return RawFeed(
        items=tuple(_item(entry, atom=atom) for entry in entries),
        id=_text(feed.get("id")) if atom else "",
        title=_detail(feed, "title"),
        link=next(iter(_alternates(links)), ""),
        language=_text(feed.get("language")),
        authors=_authors(feed) if atom else (),
        ttl=values.ttl(
            _text(feed.get("ttl")), _text(feed.get("sy_updateperiod")), _text(feed.get("sy_updatefrequency"))
        ),
        skip_hours=values.hours(found.hours),
        skip_days=values.days(found.days),
        withdrawn=tuple(dict.fromkeys(found.withdrawn)),
    )


def _feedparser(text: str, url: str) -> Mapping[str, Any]:
    body = f"<?xml version='1.0' encoding='utf-8'?>\n{text}".encode()
    headers = {**_HEADERS, "content-location": url} if _RELATIVE_BASE.search(text) else _HEADERS
    try:
        parsed: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # its loose parser raises whatever broken markup makes it raise
        raise ParseError("not-a-feed", f"the document is too broken to be read ({type(error).__name__})") from error
    return parsed


def _item(entry: Mapping[str, Any], *, atom: bool) -> RawItem:
    published, updated = _text(entry.get("published")), _updated(entry)
    if not published:
        # RSS 1.0 dates an item with dc:date; an Atom entry that only says when it was updated was out by then
        published, updated = updated, updated if atom else ""
    contents, summary = _contents(entry), _summary(entry)
    content = max(contents, key=lambda text: len(text.value), default=Text())
    if not contents and not (atom and not summary.html):
        content, summary = summary, Text()
    own, further = _addresses(entry, atom=atom)
    return RawItem(
        own_id=_text(entry.get("id")),
        links=own,
        permalinks=further,
        title=_detail(entry, "title"),
        content=content,
        summary=summary,
        base=_base(entry),
        published=published,
        updated=updated,
        authors=_authors(entry),
        enclosures=_enclosures(entry),
        terms=_terms(entry),
        language=_language(entry),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _updated(entry: Mapping[str, Any]) -> str:
    # feedparser's get() falls back to the date of publication, with a warning
    return _text(entry["updated"]) if "updated" in entry else ""


def _detail(owner: Mapping[str, Any], key: str) -> Text:
    detail = owner.get(f"{key}_detail")
    kind = _text(detail.get("type")) if isinstance(detail, Mapping) else ""
    return values.marked(_text(owner.get(key)), kind)


def _contents(entry: Mapping[str, Any]) -> list[Text]:
    """The contents that are words; not pictures, and not what stands elsewhere (RFC 4287 4.1.3.2)."""
    found = [part for part in _parts(entry.get("content")) if not part.get("src")]
    kinds = ((part, _text(part.get("type")).lower()) for part in found)
    return [
        values.marked(_text(part.get("value")), kind)
        for part, kind in kinds
        if kind in values.HTML or kind.startswith("text/")
    ]


def _summary(entry: Mapping[str, Any]) -> Text:
    """The summary that the entry states: feedparser fills a missing one from the content, without a detail."""
    return _detail(entry, "summary") if "summary_detail" in entry else Text()


def _parts(value: object) -> list[Mapping[str, Any]]:
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def _links(owner: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [link for link in _parts(owner.get("links")) if _text(link.get("href")).strip()]


def _alternates(links: Iterable[Mapping[str, Any]]) -> list[str]:
    """The addresses of a page for people, HTML before other types."""
    found = [link for link in links if _text(link.get("rel")) == "alternate"]
    found.sort(key=lambda link: _text(link.get("type")) not in values.HTML)
    return [_text(link["href"]) for link in found]


def _addresses(entry: Mapping[str, Any], *, atom: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The entry's own addresses, best first, and the further ones of this very article."""
    links = _links(entry)
    guid = _text(entry.get("id"))
    permalink = not atom and entry.get("ispermalink") == "true" and guid.lower().startswith(("http://", "https://"))
    via = [_text(link["href"]) for link in links if _text(link.get("rel")) == "via"]
    return (*_alternates(links), *([guid] if permalink else [])), tuple(via)


def _base(entry: Mapping[str, Any]) -> str:
    """xml:base, where the words stand."""
    details = [*_parts(entry.get("content")), *(entry.get(f"{key}_detail") for key in ("summary", "title"))]
    bases = (_text(detail.get("base")) for detail in details if isinstance(detail, Mapping))
    return next((base for base in bases if base), "")


def _language(entry: Mapping[str, Any]) -> str:
    details = [*_parts(entry.get("content")), entry.get("summary_detail"), entry.get("title_detail")]
    stated = [entry.get("language"), *(part.get("language") for part in details if isinstance(part, Mapping))]
    return next((_text(language) for language in stated if language), "")


def _authors(owner: Mapping[str, Any]) -> tuple[Person, ...]:
    people = _parts(owner.get("authors"))[:20]
    if len(people) == 1 and people[0].get("email"):
        # feedparser cuts e-mail addresses behind the fourth letter of their top-level domain
        found = [values.named(_text(owner.get("author")), _text(people[0].get("href")))]
    else:
        found = [person(_text(one.get("name")), _text(one.get("email")), _text(one.get("href"))) for one in people]
    return values.people(found)


def _enclosures(entry: Mapping[str, Any]) -> tuple[Enclosure, ...]:
    return tuple(
        Enclosure(
            url=_text(link["href"]),
            type=_text(link.get("type")),
            length=values.number(_text(link.get("length"))),
            title=_text(link.get("title")),
        )
        for link in _links(entry)
        if _text(link.get("rel")) == "enclosure"
    )


def _terms(entry: Mapping[str, Any]) -> tuple[str, ...]:
    tags = _parts(entry.get("tags"))
    names = (_text(tag.get("term")).strip() or _text(tag.get("label")).strip() for tag in tags)
    return tuple(name for name in names if name)
