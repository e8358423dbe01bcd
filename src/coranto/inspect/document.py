"""One written document: well-formed, with what its format requires, ids unique, its own address right.

A second opinion on what the writers promise (RFC 4287, RSS 2.0, JSON Feed 1.1, OPML 2.0), from the bytes alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from lxml import etree

from coranto.inspect.findings import Finding
from coranto.text.urls import absolute_iri

_ATOM = "{http://www.w3.org/2005/Atom}"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_VERSIONS = ("https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1")

Wrong = Iterator[tuple[int, str]]  # line (0: none) and message


def check(file: Path, address: str) -> Iterator[Finding]:
    """What is wrong with the document in ``file``.

    Args:
        file: atom.xml, rss.xml, feed.json or opml.xml.
        address: where it is served: what its self link must say.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        yield Finding(where=str(file), message=f"cannot be read ({error.strerror or error})")
        return
    wrong = _json(data, address) if file.suffix == ".json" else _xml(data, address, _KINDS[file.name])
    for line, message in wrong:
        yield Finding(where=str(file), message=message, line=line)


# -- XML


def _xml(data: bytes, address: str, kind: Callable[[Any, str], Wrong]) -> Wrong:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        yield error.lineno or 1, f"is not well-formed: {error.msg}"
        return
    yield from kind(root, address)


def _atom(root: Any, address: str) -> Wrong:  # noqa: ANN401 - lxml
    """RFC 4287 4.1.1 and 4.1.2."""
    if root.tag != f"{_ATOM}feed":
        yield root.sourceline, "is no Atom feed: its root is not <feed>"
        return
    yield from _atom_common(root, "the feed")
    yield from _self(root, root.findall(f"{_ATOM}link"), address)
    authored = root.find(f"{_ATOM}author") is not None
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        yield from _atom_entry(entry, authored=authored)
    yield from _unique([(entry.sourceline, _text(entry, f"{_ATOM}id")) for entry in entries], "id")


def _atom_entry(entry: Any, *, authored: bool) -> Wrong:  # noqa: ANN401
    yield from _atom_common(entry, "an entry")
    if not authored and entry.find(f"{_ATOM}author") is None and entry.find(f"{_ATOM}source/{_ATOM}author") is None:
        yield entry.sourceline, "an entry has no author, and neither has the feed (RFC 4287 4.1.1)"
    linked = any(link.get("rel", "alternate") == "alternate" for link in entry.findall(f"{_ATOM}link"))
    if not linked and entry.find(f"{_ATOM}content") is None:
        yield entry.sourceline, "an entry has neither content nor a link (RFC 4287 4.1.2)"


def _atom_common(element: Any, what: str) -> Wrong:  # noqa: ANN401
    for name in ("id", "title", "updated"):
        number = len(element.findall(_ATOM + name))
        if number != 1:
            yield element.sourceline, f"{what} has {number} <{name}>; it needs one (RFC 4287 4.1)"
    iri, updated = _text(element, f"{_ATOM}id"), _text(element, f"{_ATOM}updated")
    if iri and not absolute_iri(iri):
        yield element.sourceline, f'the id of {what} is no absolute IRI: "{iri}" (RFC 4287 4.2.6)'
    if updated and not _RFC3339.fullmatch(updated):
        yield element.sourceline, f'{what} was updated at "{updated}", which is no date of RFC 3339'


def _rss(root: Any, address: str) -> Wrong:  # noqa: ANN401
    """RSS 2.0, "Required channel elements" and "Elements of <item>"."""
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        yield root.sourceline, 'is no RSS feed: <rss version="2.0"> with a <channel> is missing'
        return
    for name in ("title", "link", "description"):
        if not _text(channel, name):
            yield channel.sourceline, f"the channel has no <{name}>"
    yield from _self(channel, channel.findall(f"{_ATOM}link"), address)
    items = channel.findall("item")
    for item in items:
        yield from _rss_item(item)
    yield from _unique([(item.sourceline, _text(item, "guid")) for item in items], "guid")


def _rss_item(item: Any) -> Wrong:  # noqa: ANN401
    if not _text(item, "title") and not _text(item, "description"):
        yield item.sourceline, "an item has neither title nor description"
    date = _text(item, "pubDate")
    try:
        if date:
            parsedate_to_datetime(date)
    except ValueError:
        yield item.sourceline, f'an item\'s pubDate is no date of RFC 822: "{date}"'


def _opml(root: Any, _address: str) -> Wrong:  # noqa: ANN401
    """OPML 2.0: what a subscription list needs."""
    if root.tag != "opml" or root.find("body") is None:
        yield root.sourceline, "is no OPML list: <opml> with a <body> is missing"
    for outline in root.iter("outline"):
        if outline.get("type") == "rss" and not (outline.get("xmlUrl") and outline.get("text")):
            yield outline.sourceline, "a subscription has no text or no xmlUrl"


_KINDS: dict[str, Callable[[Any, str], Wrong]] = {"atom.xml": _atom, "rss.xml": _rss, "opml.xml": _opml}


def _self(element: Any, links: list[Any], address: str) -> Wrong:  # noqa: ANN401
    stated = [link.get("href", "") for link in links if link.get("rel") == "self"]
    if stated != [address]:
        yield element.sourceline, _elsewhere(" ".join(stated), address)


def _elsewhere(stated: str, address: str) -> str:
    said = f"says that it stands at {stated}" if stated else "does not say where it stands"
    return f'{said}, but it is served at {address}; run "coranto build" after a change of site.url'


def _text(element: Any, name: str) -> str:  # noqa: ANN401
    return (element.findtext(name) or "").strip()


def _unique(ids: list[tuple[int, str]], what: str) -> Wrong:
    seen: dict[str, int] = {}
    for line, value in ids:
        if not value:
            yield line, f"an entry has no {what}"
        elif value in seen:
            yield line, f"the {what} {value} stands in it twice; the first is in line {seen[value]}"
        seen.setdefault(value, line)


# -- JSON


def _json(data: bytes, address: str) -> Wrong:
    """JSON Feed 1.1, "Top-level" and "Items"."""
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        yield getattr(error, "lineno", 0), f"is no JSON: {getattr(error, 'msg', error)}"
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or feed.get("version") not in _VERSIONS:
        yield 1, "is no JSON Feed: version or items are missing"
        return
    if not feed.get("title"):
        yield 1, "the feed has no title"
    if feed.get("feed_url") != address:
        yield 1, _elsewhere(str(feed.get("feed_url") or ""), address)
    known: set[str] = set()
    for number, item in enumerate(items, start=1):
        yield from _json_item(item, f"item {number}", known)


def _json_item(item: Any, what: str, known: set[str]) -> Wrong:  # noqa: ANN401 - JSON
    own_id = item.get("id") if isinstance(item, dict) else None
    if not isinstance(own_id, str) or not own_id:
        yield 0, f"{what} has no id"
        return
    if own_id in known:
        yield 0, f"{what}: the id {own_id} stands in it twice"
    known.add(own_id)
    if not any(isinstance(item.get(key), str) for key in ("content_html", "content_text")):
        yield 0, f"{what} has no content"
    for key in ("date_published", "date_modified"):
        if key in item and not _RFC3339.fullmatch(str(item[key])):
            yield 0, f'{what}: {key} is no date of RFC 3339: "{item[key]}"'
