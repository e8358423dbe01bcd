"""After the store was lost: what stands in feeds/ keeps its id, its dates and its place (IDENTITY 20).

The feeds are read back once; every story of theirs is claimed by the entry that says the same, best agreement first.
A story that no entry claims is given back to the upstream it came from: that may not list it any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from coranto import identity, markup
from coranto.dedup import ids, merge
from coranto.intake.library import Library
from coranto.model import Entry, Feed, Public, Story, Words
from coranto.settle import settle, standing
from coranto.store import Store
from coranto.store.entries import Row
from coranto.store.history import Recovered
from coranto.store.outputs import Output
from coranto.writers import FILES, jsonfeed

_OURS = {*FILES.values(), "index.html"}
_OURS_IN_ROOT = {"index.html", "opml.xml"}
_BEST_FIRST = (FILES["json"], FILES["atom"], FILES["rss"])


def read_back(store: Store, library: Library, root: Path) -> None:
    """Remember every story and file of ours that stands in ``root``."""
    folders = sorted({file.parent for name in _BEST_FIRST for file in root.glob(f"*/{name}")})
    for folder in folders:
        stories = _in_folder(folder)
        if stories is None:
            continue  # not ours, or broken: it is written anew if its category still stands
        with store.database.transaction():
            store.history.recover(_recovered(story, library) for story in stories)
            store.outputs.keep(_files(folder, folder.name, _OURS))
    if folders:
        store.outputs.keep(_files(root, "", _OURS_IN_ROOT))


def _in_folder(folder: Path) -> tuple[Story, ...] | None:
    """The stories of the first feed in ``folder`` that can be read; they all hold the same."""
    from coranto.writers import readback

    for name in _BEST_FIRST:
        try:
            return readback.read(name, (folder / name).read_bytes())
        except (OSError, ValueError):
            continue
    return None


def claim(store: Store, library: Library, tag: str, now: datetime, *, whole: bool) -> None:
    """Give the recovered stories to the entries that say the same.

    Args:
        store: with the recovered stories.
        library: the readers.
        tag: the site's tagging entity.
        now: the instant of the run.
        whole: every folder of posts could be read; what no entry claims then is gone, and is forgotten.
    """
    waiting = store.history.recovered()
    if not waiting:
        return
    with store.database.transaction():
        _Claims(store, library, tag).settle(waiting)
        _give_back(store, library, tag, now)
        if whole:
            store.history.forget_recovered()
    settle(store, tag)


class _Claims:
    """One to one: each recovered story finds one story, each story leads with one id."""

    def __init__(self, store: Store, library: Library, tag: str) -> None:
        self._store = store
        self._library = library
        self._tag = tag
        self._ranks = store.sources.ranks()
        self._sources = store.sources.ids()

    def settle(self, waiting: list[Recovered]) -> None:
        """The best agreements first."""
        agreements = [
            (-agreement, one.id, winner.story, story, winner)
            for one in waiting
            for story in [_story(one)]
            for agreement, winner in self._likely(one, story)
        ]
        claimed: set[str] = set()
        led: set[int | None] = set()
        for _, public_id, number, story, winner in sorted(agreements, key=lambda one: one[:3]):
            if public_id not in claimed:
                self._record(story, winner, leads=number not in led)
                claimed.add(public_id)
                led.add(number)

    def _likely(self, one: Recovered, story: Story) -> Iterator[tuple[int, Row]]:
        """The winners of the stories that may be this one, and how well they agree."""
        seen: set[int] = set()
        for row in self._alike(one, story):
            if row.story is None or row.story in seen:
                continue
            seen.add(row.story)
            winner = min(
                self._store.entries.of_story(row.story), key=lambda other: merge.order(standing(other, self._ranks))
            )
            yield self._agreement(one, story, winner), winner

    def _alike(self, one: Recovered, story: Story) -> Iterator[Row]:
        code = one.id.removeprefix(f"tag:{self._tag}:code/")
        if one.url:
            yield from self._store.entries.with_key(f"url:{one.url}")
        if code != one.id:
            yield from self._store.entries.with_key(f"code:{code}")
        yield from self._store.entries.with_own_id(one.id)
        for source in self._sources.values():
            for row in self._store.entries.like(source, own_id="", url="", title_key=one.title_key):
                if row.published == story.published or one.id in ids.candidates(row.entry, row.url, self._tag):
                    yield row

    def _agreement(self, one: Recovered, story: Story, winner: Row) -> int:
        """Words, then link and title, then link, then the id that it would get (IDENTITY 20)."""
        link = bool(one.url) and one.url == winner.url
        title = one.title_key == winner.title_key
        words = title and story.published == winner.published
        return 8 * (words and link) + 4 * words + 2 * (link and title) + link

    def _record(self, story: Story, winner: Row, *, leads: bool) -> None:
        if self._store.sources.all()[winner.source].kind == "feed" and winner.published != story.published:
            # An upstream's date is that of its first sight, and that was before the store was lost.
            keys = self._store.entries.keys(winner.uid)
            row = self._library.row(self._store, winner.entry, winner.source, known=winner, now=winner.first_seen)
            self._store.entries.put(replace(row, published=story.published, keys=keys, state=winner.state))
        _keep(self._store, story, winner.uid, leads=leads)


def _give_back(store: Store, library: Library, tag: str, now: datetime) -> None:
    """Stories that no entry claims go back to their upstream, or to the post whose file is broken just now (R7)."""
    sources = store.sources.ids()
    broken = dict(_broken_posts(store, library, tag))
    for one in store.history.recovered():
        story = _story(one)
        entry = broken.get(one.id)
        entry = _entry(story, library, entry.source, entry.name) if entry else _upstream_entry(story, library)
        if entry is None or entry.source not in sources:
            continue
        row = library.row(store, entry, sources[entry.source], known=None, now=now)
        uid = store.entries.put(replace(row, published=story.published))
        store.entries.keep_words(uid, _words(story))
        if story.source is not None:
            store.sources.describe(sources[entry.source], story.source)
        _keep(store, story, uid, leads=True)


def _broken_posts(store: Store, library: Library, tag: str) -> Iterator[tuple[str, Entry]]:
    """The ids that posts would have had whose files cannot be read now, as far as their paths tell."""
    for source, failure in store.files.failures():
        code, _ = identity.code_of([], failure.where, library.rules.identity)
        entry = Entry(source=source, name=failure.where, code=code)
        yield from ((public_id, entry) for public_id in ids.candidates(entry, "", tag))


def _upstream_entry(story: Story, library: Library) -> Entry | None:
    if story.source is None:
        return None
    entry = _entry(story, library, story.source.key, "")
    return replace(entry, name=identity.row_name(entry))


def _keep(store: Store, story: Story, uid: int, *, leads: bool) -> None:
    store.history.keep(
        Public(
            id=story.id,
            entry=uid,
            leads=leads,
            first_out=story.published,
            updated=story.updated,
            digest=merge.digest(story),
        )
    )
    store.history.claimed(story.id)


def _entry(story: Story, library: Library, source: str, name: str) -> Entry:
    """What a source must have said, as far as the story tells."""
    link = "" if merge.is_at_home(story) else story.link
    code, _ = identity.code_of([[], [link]], name, library.rules.identity)
    return Entry(
        source=source,
        name=name,
        own_id=story.id if story.source else "",
        link=link,
        code=code,
        title=story.title,
        published=story.published,
        updated=story.updated,
        categories=tuple(category.title for category in story.categories),
        fullness=len(markup.plain(story.content)),
    )


def _words(story: Story) -> Words:
    return Words(
        content=story.content,
        summary=story.summary,
        authors=story.authors,
        enclosures=story.enclosures,
        language=story.language,
    )


def _recovered(story: Story, library: Library) -> Recovered:
    return Recovered(
        id=story.id,
        url="" if merge.is_at_home(story) else library.url(story.link),
        title_key=identity.title_key(story.title),
        body=jsonfeed.write(_shell(story)),
    )


def _story(one: Recovered) -> Story:
    return jsonfeed.read(one.body)[0]


def _shell(story: Story) -> Feed:
    """A feed of just one story, to write it down in."""
    from coranto.model import Category

    nothing = Category(key="all", folder="all", title="all")
    return Feed(
        id="tag:all",
        category=nothing,
        base="http://example.org/",
        title="all",
        description="",
        language="",
        site_title="all",
        site_url="http://example.org/",
        updated=story.updated,
        stories=(story,),
    )


def _files(place: Path, folder: str, names: set[str]) -> Iterator[Output]:
    for name in sorted(names | {f"{name}.gz" for name in names}):
        file = place / name
        if file.is_file():
            found = file.stat()
            yield Output(
                path=f"{folder}/{name}" if folder else name,
                folder=folder,
                sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
                size=found.st_size,
                mtime_ns=found.st_mtime_ns,
            )
