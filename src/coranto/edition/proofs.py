"""A settled story made ready to go out: its words, its public id, when what it shows last changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from coranto.dedup import merge
from coranto.intake.library import Library
from coranto.model import FEED, Category, Failure, Public, Source, Story, Voice, Words
from coranto.settle import first_id, kept_id, standing
from coranto.store import DamagedError, Store
from coranto.store.entries import Row
from coranto.store.stories import Place
from coranto.text import markup
from coranto.text.anchors import anchor

_MOST_COPIES = 50  # that a story names: a thousand claims of one address are not to make every feed large


class Proofs:
    """Makes stories of what the store holds.

    Attributes:
        added: how many stories went out for the first time.
        updated: how many went out changed.
    """

    def __init__(
        self, store: Store, library: Library, now: datetime, *, tag: str, home: str, categories: Mapping[str, Category]
    ) -> None:
        self._store = store
        self._library = library
        self._now = now
        self._tag = tag
        self._home = home  # the page of all stories, where one without a link is at home
        self._categories = categories
        self._ranks = store.sources.ranks()
        self._sources = store.sources.all()
        self.added = 0
        self.updated = 0
        self._failures: dict[str, Failure] = {}

    @property
    def failures(self) -> list[Failure]:
        """Posts whose words could not be had, each once."""
        return list(self._failures.values())

    def story(self, place: Place) -> Story | None:
        """The story at ``place`` as it goes out; None when its words cannot be had now."""
        everyone = sorted(
            self._store.entries.of_story(place.story), key=lambda row: merge.order(standing(row, self._ranks))
        )
        rows = self._speaking(everyone)
        if not rows:
            return None
        fresh = place.fresh and rows[0].uid == place.winner
        public = None if fresh else kept_id(self._store, rows[0], everyone)
        public_id = (
            place.sort_id if fresh else public.id if public else first_id(self._store, rows[0], everyone, self._tag)
        )
        story = self._merged(place, rows, self._versions(rows), public_id)
        if fresh:
            return replace(story, updated=self._record(public_id).updated)
        self._demote(everyone, public)
        public = self._judged(story, rows, public)
        self._store.history.keep(public)
        self._store.stories.mark_fresh(place.story, public.id)
        return replace(story, updated=public.updated)

    # -- words

    def _speaking(self, rows: list[Row]) -> list[Row]:
        """The entries from the first on whose words can be had: for a broken post its next best copy stands in."""
        silent = (row.state == "live" and self._words(row) is None for row in rows)
        return rows[next((number for number, mute in enumerate(silent) if not mute), len(rows)) :]

    def _versions(self, rows: list[Row]) -> list[merge.Version]:
        """The winner with its words, and the others with theirs as far as something is missing.

        An echo of ours says nothing that we did not (IDENTITY 18).
        """
        versions: list[merge.Version] = []
        for row in rows[:1] + [other for other in rows[1:] if not self._is_echo(other)]:
            wanted = not versions or _lacks(versions)
            words = self._words(row) if wanted and row.state == "live" else Words()
            versions.append(self._version(row, words or Words()))
        return versions

    def _is_echo(self, row: Row) -> bool:
        """Whether a row comes out of a feed of ours: its id, or that of its feed, is of our making."""
        ours = f"tag:{self._tag}:"
        return row.entry.own_id.startswith(ours) or self._source(row).id.startswith(ours)

    def _version(self, row: Row, words: Words) -> merge.Version:
        return merge.Version(
            source=self._source(row), title=row.entry.title, link=row.entry.link, published=row.published, words=words
        )

    def _words(self, row: Row) -> Words | None:
        words = self._store.entries.words(row.uid)
        if words is not None or self._source(row).kind == "feed":
            return words
        read = self._library.words(row.entry.source, row.entry.name)
        if isinstance(read, Failure):
            self._failures[read.where] = read
            return None
        self._store.entries.keep_words(row.uid, read)
        return read

    def _source(self, row: Row) -> Source:
        return self._sources[row.source]

    def _merged(self, place: Place, rows: list[Row], versions: list[merge.Version], public_id: str) -> Story:
        others = sorted(rows[1:], key=self._stated)[:_MOST_COPIES]
        story = merge.merge(
            versions,
            public_id=public_id,
            updated=place.published,
            categories=self._filed(place.story),
            home=f"{self._home}#{anchor(public_id)}",
            copies=tuple(self._library.copy(row.entry) for row in others if self._is_copy(row)),
        )
        links = dict.fromkeys(row.entry.link for row in others)
        related = set(story.related)
        story = replace(story, related=tuple(link for link in links if link in related), voices=self._voices(rows))
        return replace(story, summary=merge.with_summary(story.summary, markup.plain(story.content), story.title))

    def _voices(self, rows: Sequence[Row]) -> tuple[Voice, ...]:
        """Who tells a story, if more than one does."""
        if len(rows) < 2:
            return ()
        return tuple(
            Voice(
                source=self._source(row).title if self._source(row).kind == FEED else "",
                link=row.entry.link,
                title=row.entry.title,
                keys=joining,
            )
            for row, joining in islice(zip(rows, self._joining(rows), strict=True), _MOST_COPIES + 1)
        )

    def _joining(self, rows: Sequence[Row]) -> list[tuple[str, ...]]:
        """What joins each with the others: keys of what it said itself, or else an id of ours that came back.

        Whether an id that came back is a key, too, where others join already depends on what was read again since.
        """
        keys = [self._keys(row) for row in rows]
        said = [[key for key in each if _is_said(key, row)] for each, row in zip(keys, rows, strict=True)]
        return [own or any_ for own, any_ in zip(_in_common(said), _in_common(keys), strict=True)]

    def _keys(self, row: Row) -> list[str]:
        return sorted(key for key, standing in self._store.entries.standing_of_keys(row.uid).items() if standing == 0)

    def _stated(self, row: Row) -> tuple[int | str, ...]:
        """Sorts copies by what their sources state, which outlives the store; when they came, and how full, does not."""
        return self._ranks[row.source], row.instant, row.entry.own_id, row.entry.link, row.entry.title

    def _is_copy(self, row: Row) -> bool:
        """Whether an entry would be missed if its upstream ceased to list it while the store is lost; posts are there."""
        return row.state == "live" and self._source(row).kind == FEED

    def _filed(self, story: int) -> tuple[Category, ...]:
        keys = self._store.stories.categories_of(story)
        return tuple(self._categories[key] for key in keys if key in self._categories)

    # -- ids

    def _demote(self, rows: Sequence[Row], kept: Public | None) -> None:
        """Other ids that led become aliases of the one that the story keeps."""
        for other in self._store.history.anchored([row.uid for row in rows]):
            if kept is not None and other.id != kept.id and other.leads:
                self._store.history.keep(replace(other, leads=False))

    def _judged(self, story: Story, rows: Sequence[Row], public: Public | None) -> Public:
        """What goes on record for the story: `updated` moves exactly when what it shows does."""
        digest = merge.digest(story)
        stated = rows[0].entry.updated
        if public is None:
            self.added += 1
            return Public(
                id=story.id,
                entry=rows[0].uid,
                first_out=self._now,
                updated=merge.first_updated(stated, story.published, self._now),
                digest=digest,
            )
        updated = public.updated
        if digest != public.digest:
            self.updated += 1
            updated = merge.next_updated(updated, stated, self._now)
        return replace(public, entry=rows[0].uid, leads=True, updated=updated, digest=digest)

    def _record(self, public_id: str) -> Public:
        record = self._store.history.get(public_id)
        if record is None:
            raise DamagedError(f"the store is damaged (it has no record of {public_id}, which it calls published)")
        return record


def _is_said(key: str, row: Row) -> bool:
    """Whether an entry has a key by what it said; an id may be a key of the entry that went out under it (IDENTITY 18)."""
    kind, _, value = key.partition(":")
    return kind != "id" or value.rpartition("|")[0] == row.entry.own_id


def _in_common(keys: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Of each its keys that another has, too."""
    held = Counter(key for each in keys for key in each)
    return [tuple(key for key in each if held[key] > 1) for each in keys]


def _lacks(versions: Sequence[merge.Version]) -> bool:
    """Whether something is still missing that a later entry may have."""
    return not all(
        any(getattr(version.words, part) for version in versions) for part in ("summary", "authors", "language")
    )
