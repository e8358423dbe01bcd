"""Bytes of an upstream feed to a Document.  Pure: no clock, no network; the same bytes give the same entries.

charset -> strict tier, else guard and feedparser, or JSON -> each entry cleaned by itself, so that a bad one costs only
itself (R24).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from coranto.model import Document, Entry, Source
from coranto.readers import charset, jsonfeed, parse_entry, parse_guard, strict
from coranto.readers.parse_raw import MOST_ENTRIES, ParseContext, ParseError, RawFeed, RawItem
from coranto.text import cut, one_line, xml_safe

__all__ = ["ParseContext", "ParseError", "parse"]

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_MOST_PROBLEMS = 50
_MOST_NAMES = 200  # categories that one document's entries may be filed under


def parse(body: bytes, content_type: str, context: ParseContext) -> Document:
    """The entries of Atom 0.3 and 1.0, RSS 0.9x to 2.0, JSON Feed 1 and 1.1, and what the feed says of itself.

    A valid feed without items is an empty Document.  Damage inside (bare ampersands, bad bytes, unclosed tags) is
    mended; what was odd stands in ``problems`` of the document and of its entries.

    Args:
        body: The decoded body of the answer, or the bytes of a file.
        content_type: The HTTP header; may be empty or wrong.
        context: What the subscription knows.

    Raises:
        ParseError: It is no feed (R13), is cut (R14), or an attack; ``kind`` and message say which.
    """
    parse_guard.judge_bytes(body)
    if charset.nothing_but_utf8_is_named(body, content_type) and (everyday := strict.read(body)):
        return _document(everyday, (), context)
    text, _ = charset.decode(body, content_type)
    if jsonfeed.looks_like_json(text):
        return _document(jsonfeed.read(text), (), context)
    from coranto.readers import parse_xml  # feedparser takes a while to load, and is for the few

    prepared, found, problems = parse_guard.prepare(text, context.url, context.zone)
    return _document(parse_xml.read(prepared, found, context.url), problems, context)


def _document(feed: RawFeed, problems: tuple[str, ...], context: ParseContext) -> Document:
    entries, skipped = _entries(feed, context)
    kept = _newest(entries)
    if len(kept) < len(entries):
        skipped.append(f"{len(entries):,} entries; only the newest {MOST_ENTRIES:,} were kept")
    kept, names = _filed(kept, context)
    if names > _MOST_NAMES:
        skipped.append(f"{names:,} categories; only the first {_MOST_NAMES} are used")
    return Document(
        source=_source(feed, context),
        entries=kept,
        language=parse_entry.language(feed.language),
        ttl=feed.ttl,
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
        withdrawn=feed.withdrawn,
        problems=(*problems, *feed.problems, *skipped[:_MOST_PROBLEMS]),
    )


def _source(feed: RawFeed, context: ParseContext) -> Source:
    """What atom:source will say.  The address is ours: a self link may point anywhere (RELIABILITY 1)."""
    return Source(
        key=context.source,
        kind="feed",
        id=cut(xml_safe(feed.id), 2048),
        title=cut(parse_entry.plain_text(feed.title), 500),
        link=parse_entry.web_address(feed.link, context.url),
        feed_url=parse_entry.web_address(context.url, ""),
    )


def _entries(feed: RawFeed, context: ParseContext) -> tuple[list[Entry], list[str]]:
    entries, skipped = [], []
    for item in feed.items:
        try:
            entries.append(parse_entry.entry(_inherited(item, feed), context))
        except Exception as error:  # noqa: BLE001  one bad entry costs itself, whatever is wrong with it (R24)
            skipped.append(f"entry skipped, {_name(item)}: {one_line(str(error)) or type(error).__name__}")
    return entries, skipped


def _inherited(item: RawItem, feed: RawFeed) -> RawItem:
    """An entry without author is by the feed's (RFC 4287 4.2.1, JSON Feed 1.1)."""
    return item if item.authors or not feed.authors else replace(item, authors=feed.authors)


def _name(item: RawItem) -> str:
    """What a person may know an entry by."""
    stated = (parse_entry.plain_text(item.title), item.own_id, *item.links)
    return repr(cut(next((name for name in stated if name.strip()), "without a name"), 80))


def _newest(entries: list[Entry]) -> tuple[Entry, ...]:
    """At most as many as we read of one document; the feed's order stays (RELIABILITY 4)."""
    if len(entries) <= MOST_ENTRIES:
        return tuple(entries)
    newest = sorted(range(len(entries)), key=lambda at: _date(entries[at]), reverse=True)[:MOST_ENTRIES]
    return tuple(entries[at] for at in sorted(newest))


def _filed(entries: tuple[Entry, ...], context: ParseContext) -> tuple[tuple[Entry, ...], int]:
    """The entries under no more names than a site can bear, for each is a folder; and how many were stated.

    The subscription's own categories stay in any case.
    """
    stated = dict.fromkeys(name for entry in entries for name in entry.categories if name not in context.categories)
    if len(stated) <= _MOST_NAMES:
        return entries, len(stated)
    used = {*context.categories, *islice(stated, _MOST_NAMES)}
    cut_down = (tuple(name for name in entry.categories if name in used) for entry in entries)
    return tuple(replace(entry, categories=names) for entry, names in zip(entries, cut_down, strict=True)), len(stated)


def _date(entry: Entry) -> datetime:
    return entry.published or entry.updated or _LONG_AGO
