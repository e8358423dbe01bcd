"""One parsed feed into the store: known items are known again, new ones get a row, edits are taken with measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from coranto import doctor, identity
from coranto.dedup.recognise import Known, recognise, repeats
from coranto.intake.library import Library
from coranto.model import Document, Entry, Words
from coranto.store import Store
from coranto.store.entries import Row, State

MOST_UPDATES = 24  # of one entry, in all (R18)
BETWEEN_UPDATES = timedelta(hours=1)
MOST_HELD = 1000  # entries of one source that are held back; more only if its document lists more


def take_document(
    store: Store,
    library: Library,
    document: Document,
    source: int,
    now: datetime,
    *,
    held: bool = False,
    before: int = 0,
) -> doctor.Reading:
    """Store what a feed says now.  What it no longer lists stays (R15).

    Args:
        store: where to.
        library: of the site.
        document: as parsed.
        source: its row.
        now: the instant of the run.
        held: whether the source is held already: then whatever reappears is held back too (R16).
        before: how many entries the last document listed; 0: unknown, or this one lists only a part.

    Returns:
        What that showed of the source.
    """
    with store.database.transaction():
        if store.sources.describe(source, document.source):
            _touch_all(store, source)
        first = store.entries.has_none_of(source)  # then there is nothing to look up, of thousands of entries
        known = {} if first else _known(store, library, document.entries, source)
        rows = [_facts(row.uid, row.entry, library) for row in known.values()]
        entries = repeats(document.entries, library.url, rows)
        found = recognise([_facts(index, entry, library) for index, entry in enumerate(entries)], rows)
        holds, reading = _examined(store, entries, known, found, held=held, before=before)
        for index, entry in enumerate(entries):
            row, hold = known.get(found[index] or 0), index in holds
            _take(store, library, entry, source, _held_again(store, row) if row and hold else row, now, hold=hold)
        if holds:
            store.entries.forget_held(source, most=max(MOST_HELD, len(entries)))
        for own_id in document.withdrawn:
            _withdraw(store, source, own_id)
    return reading


def take_pending(store: Store, library: Library, now: datetime) -> None:
    """Show the newer texts that have waited long enough (R18)."""
    for row, entry, words in store.entries.with_pending(now - BETWEEN_UPDATES):
        with store.database.transaction():
            _accept(store, library, row, entry, words, now)


def _known(store: Store, library: Library, entries: Sequence[Entry], source: int) -> dict[int, Row]:
    """The rows that the entries may be; each id, address and title is asked for once, however many entries have it."""
    asked = [("own_id", {entry.own_id for entry in entries}), ("url", {library.url(entry.link) for entry in entries})]
    asked.append(("title_key", {identity.title_key(entry.title) for entry in entries}))
    rows: dict[int, Row] = {}
    for name, values in asked:
        for value in sorted(values):
            one = {"own_id": "", "url": "", "title_key": "", name: value}
            rows |= {row.uid: row for row in store.entries.like(source, **one)}
    return rows


def _facts(number: int, entry: Entry, library: Library) -> Known:
    return Known(
        row=number,
        own_id=entry.own_id,
        url=library.url(entry.link),
        title=identity.title_key(entry.title),
        instant=identity.instant_key(entry.published),
    )


def _examined(
    store: Store,
    entries: Sequence[Entry],
    known: dict[int, Row],
    found: dict[int, int | None],
    *,
    held: bool,
    before: int,
) -> tuple[frozenset[int], doctor.Reading]:
    """Which entries are to be held back, and what the document shows of its source."""
    items = [_item(index, entry, entry.words) for index, entry in enumerate(entries)]
    # One that was withdrawn and is listed again is held back for the same reasons as a new one.
    open_ = {index: row if row and known[row].state != "withdrawn" else None for index, row in found.items()}
    titles = {item.title for item in items if open_[item.number] is None}
    rows = {uid: _stored(store, row, titles) for uid, row in known.items()}
    there = [rows[uid] for uid, row in known.items() if row.state != "withdrawn"]
    holds = doctor.to_hold(open_, doctor.reappearing(items, there, open_), held=held)
    holds = frozenset(index for index in holds if not entries[index].dropped)
    new = {index for index, row in found.items() if row is None}
    fresh = new - holds - doctor.recoded(items, there, found)
    still = sum(row is not None and known[row].state == "held" for row in found.values())
    shape = doctor.compare(items, rows.values(), found, before=before)
    return holds, doctor.Reading(listed=len(entries), fresh=len(fresh), held=len(holds) + still, shape=shape)


def _item(number: int, entry: Entry, words: Words | None = None) -> doctor.Item:
    return doctor.Item(
        number=number,
        own_id=entry.own_id,
        title=identity.title_key(entry.title),
        instant=identity.instant_key(entry.published),
        code=entry.code,
        words="\0".join(filter(None, (words.content, words.summary))) if words else "",
    )


def _stored(store: Store, row: Row, titles: set[str]) -> doctor.Item:
    """A row, with its words if a new item says its title."""
    item = _item(row.uid, row.entry)
    words = store.entries.words(row.uid) if item.title and item.title in titles else None
    return replace(_item(row.uid, row.entry, words), story=row.story, held=row.state == "held")


def _held_again(store: Store, row: Row) -> Row:
    store.entries.set_state(row.uid, "held")
    return replace(row, state="held")


def _take(
    store: Store, library: Library, entry: Entry, source: int, known: Row | None, now: datetime, *, hold: bool
) -> None:
    words = entry.words or Words()
    if known is None:
        _add(store, library, entry, words, source, now, hold=hold)
        return
    entry = replace(entry, name=known.entry.name, words=None)
    shown = store.entries.words(known.uid)
    if shown is None or not _says_else(entry, words, known.entry, shown):
        store.entries.drop_pending(known.uid)
        _put(store, library, entry, known, now)
        if shown is None and known.state != "purged":
            store.entries.keep_words(known.uid, words)
    elif known.accepted < MOST_UPDATES and _waited(known, now):
        _accept(store, library, known, entry, words, now)
    else:
        if known.accepted < MOST_UPDATES:
            store.entries.keep_pending(known.uid, entry, words)
        _put(store, library, _as_shown(entry, known.entry), known, now)


def _add(store: Store, library: Library, entry: Entry, words: Words, source: int, now: datetime, *, hold: bool) -> None:
    name = identity.row_name(entry)
    while store.entries.named(source, name) is not None:
        name += "+"  # an older row was made of the same facts and has changed since
    entry = replace(entry, name=name, words=None)
    row = library.row(store, entry, source, known=None, now=now)
    uid = store.entries.put(replace(row, state="held") if hold else row)
    store.entries.keep_words(uid, words)
    _note_echo(store, library, entry, now)


def _accept(store: Store, library: Library, known: Row, entry: Entry, words: Words, now: datetime) -> None:
    store.entries.drop_pending(known.uid)
    row = library.row(store, entry, known.source, known=known, now=now)
    store.entries.put(replace(row, state=_state(row, known), accepted=known.accepted + 1, accepted_at=now))
    store.entries.keep_words(known.uid, words)


def _put(store: Store, library: Library, entry: Entry, known: Row, now: datetime) -> None:
    """Store facts that may have changed, if any did."""
    row = library.row(store, entry, known.source, known=known, now=now)
    row = replace(row, state=_state(row, known))
    said = replace(row.entry, dropped="")  # the state says so
    if (said, row.state, row.url) != (known.entry, known.state, known.url):
        store.entries.put(row)


def _state(row: Row, known: Row) -> State:
    """Being listed again gives a purged entry no words, and lets none go that is held back; a word drops any."""
    held = known.state == "held" and row.state != "dropped"
    return known.state if held or known.state == "purged" else row.state


def _says_else(entry: Entry, words: Words, known: Entry, shown: Words) -> bool:
    return (entry.title, entry.link, words) != (known.title, known.link, shown)


def _waited(known: Row, now: datetime) -> bool:
    return known.accepted_at is None or now - known.accepted_at >= BETWEEN_UPDATES


def _as_shown(entry: Entry, known: Entry) -> Entry:
    """The new facts with the text that is out: a feed that flips moves nothing (R18)."""
    return replace(
        entry,
        title=known.title,
        link=known.link,
        permalinks=known.permalinks,
        fullness=known.fullness,
        updated=known.updated,
        code=known.code,
    )


def _withdraw(store: Store, source: int, own_id: str) -> None:
    for row in store.entries.like(source, own_id=own_id, url="", title_key=""):
        store.entries.set_state(row.uid, "withdrawn")


def _touch_all(store: Store, source: int) -> None:
    for row in store.entries.of_source(source):
        store.entries.touch(row.uid)


def _note_echo(store: Store, library: Library, entry: Entry, now: datetime) -> None:
    """Our own feed came back: the id that we gave joins the echo to the entry it stands for (IDENTITY 18)."""
    public = store.history.get(entry.own_id) if entry.own_id else None
    anchor = store.entries.get(public.entry) if public else None
    if anchor is not None and anchor.entry.own_id != entry.own_id:
        row = library.row(store, anchor.entry, anchor.source, known=anchor, now=now)
        store.entries.put(replace(row, state=anchor.state))
