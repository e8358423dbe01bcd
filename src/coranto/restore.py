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
from coranto.model import FEED, POSTS, Entry, Feed, Public, Story, Words
from coranto.settle import settle
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
        whole: every folder of posts could be read; what no entry claims then is gone, and is forgotten, unless a post
            is broken just now: it may be the one.
    """
    waiting = store.history.recovered()
    if not waiting:
        return
    with store.database.transaction():
        _Claims(store, library, tag).settle(waiting)
        _give_back(store, library, tag, now)
        if whole and not store.files.failures():
            store.history.forget_recovered()
    settle(store, tag)


class _Claims:
    """One to one: each recovered story finds the entry whose words it showed."""

    def __init__(self, store: Store, library: Library, tag: str) -> None:
        self._store = store
        self._library = library
        self._tag = tag
        self._sources = store.sources.ids()
        self._kinds = {row: source.kind for row, source in store.sources.all().items()}

    def settle(self, waiting: list[Recovered]) -> None:
        """The best agreements first."""
        agreements = [
            (differences, one.id, row.uid, story, row)
            for one in waiting
            for story in [_story(one)]
            for differences, row in self._likely(one, story)
        ]
        claimed: dict[str, tuple[Story, Row]] = {}
        taken: set[int] = set()
        for _, public_id, uid, story, row in sorted(agreements, key=lambda one: one[:3]):
            if public_id not in claimed and uid not in taken:
                claimed[public_id] = story, row
                taken.add(uid)
        for story, row in claimed.values():
            _keep(self._store, story, row.uid)
        for story, row in claimed.values():
            self._follow(story, row, taken)

    def _likely(self, one: Recovered, story: Story) -> Iterator[tuple[tuple[bool, ...], Row]]:
        """The entries whose words this story may have shown, and in what they differ."""
        for row in {row.uid: row for row in self._alike(one, story) if row.story is not None}.values():
            stranger = not self._says(story, row)
            if stranger and story.source is not None and story.source.key in self._sources:
                continue  # its source does not list it any more: it is given back
            agreement = self._agreement(one, story, row)
            if any(agreement):
                yield (stranger, *(not same for same in agreement)), row

    def _says(self, story: Story, row: Row) -> bool:
        """Whether a row is of the source that a story's words came from; one of ours has no source."""
        return row.entry.source == story.source.key if story.source else self._kinds[row.source] == POSTS

    def _alike(self, one: Recovered, story: Story) -> Iterator[Row]:
        code = one.id.removeprefix(f"tag:{self._tag}:code/")
        if one.url:
            yield from self._store.entries.with_key(f"url:{one.url}")
        if code != one.id:
            yield from self._store.entries.with_key(f"code:{code}")
        yield from self._store.entries.with_own_id(one.id)
        for source in self._sources.values():
            for row in self._store.entries.like(source, own_id="", url="", title_key=one.title_key):
                undated = row.entry.published is None and row.url == one.url  # its date is that of the lost first sight
                if undated or row.published == story.published or self._natural(one, story, row):
                    yield row

    def _agreement(self, one: Recovered, story: Story, row: Row) -> tuple[bool, ...]:
        """Words, then link and title, then link, then title, then the id that it would get (IDENTITY 20).

        An upstream's entry without a date had that of its first sight, which is lost: any may be it.
        """
        link = bool(one.url) and one.url == row.url
        title = one.title_key == row.title_key
        dated = story.published == row.published
        words = title and (dated or row.entry.published is None)
        return words and link, words, link and title, link, title, title and dated, self._natural(one, story, row)

    def _natural(self, one: Recovered, story: Story, row: Row) -> bool:
        """Whether it would get this id; a source's own id wants a witness, as when an item is known again."""
        if one.id == row.entry.own_id:
            return one.url == row.url or one.title_key == row.title_key or story.published == row.published
        return one.id in ids.candidates(row.entry, row.url, self._tag)

    def _follow(self, story: Story, row: Row, taken: set[int]) -> None:
        """What an id that is on record again means for its entry.

        An upstream's date is that of its first sight, and that was before the store was lost; an id that a copy bears
        too is a key of the entry that it stands for (IDENTITY 18), unless that copy was out under another.
        """
        bearers = {other.uid for other in self._store.entries.with_own_id(story.id)} - {row.uid}
        dated = self._kinds[row.source] == FEED and self._says(story, row)
        published = story.published if dated else row.published
        if published != row.published or (bearers and not bearers & taken):
            again = self._library.row(self._store, row.entry, row.source, known=row, now=row.first_seen)
            self._store.entries.put(replace(again, published=published, state=row.state))


def _give_back(store: Store, library: Library, tag: str, now: datetime) -> None:
    """Stories that no entry claims go back to their upstream, or to the post whose file is broken just now (R7)."""
    sources = store.sources.ids()
    broken = dict(_broken_posts(store, library, tag))
    for one in store.history.recovered():
        story = _story(one)
        post = broken.get(one.id)
        entry = _entry(story, library, post.source, post.name) if post else _upstream_entry(story, library, tag)
        if entry is None or entry.source not in sources:
            continue
        while store.entries.named(sources[entry.source], entry.name) is not None:
            entry = replace(entry, name=entry.name + "+")
        row = library.row(store, entry, sources[entry.source], known=None, now=now)
        uid = store.entries.put(replace(row, published=story.published))
        store.entries.keep_words(uid, _words(story))
        if story.source is not None:
            store.sources.describe(sources[entry.source], story.source)
        _keep(store, story, uid)


def _broken_posts(store: Store, library: Library, tag: str) -> Iterator[tuple[str, Entry]]:
    """The ids that posts would have had whose files cannot be read now, as far as their paths tell."""
    for source, failure in store.files.failures():
        code, _ = identity.code_of([], failure.where, library.rules.identity)
        entry = Entry(source=source, name=failure.where, code=code)
        yield from ((public_id, entry) for public_id in ids.candidates(entry, "", tag))


def _upstream_entry(story: Story, library: Library, tag: str) -> Entry | None:
    if story.source is None:
        return None
    own_id = "" if story.id.startswith(f"tag:{tag}:") else story.id
    entry = replace(_entry(story, library, story.source.key, ""), own_id=own_id)
    return replace(entry, name=identity.row_name(entry))


def _keep(store: Store, story: Story, uid: int) -> None:
    store.history.keep(
        Public(
            id=story.id,
            entry=uid,
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
