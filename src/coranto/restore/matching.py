"""Which entry says what a recovered story showed: one to one, the best agreement first (IDENTITY 20)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coranto import identity
from coranto.dedup import ids
from coranto.intake.library import Library
from coranto.model import POSTS, Story
from coranto.restore.reading import story_of
from coranto.store import Store
from coranto.store.entries import Row
from coranto.store.history import Recovered


class Match(NamedTuple):
    """A recovered story and the entry whose words it showed."""

    story: Story
    row: Row
    same_source: bool  # False: its own source has it no more, another has


class _Differences(NamedTuple):
    """Sorts the entries that may have been a story, the best first."""

    stranger: bool
    facts: tuple[bool, ...]
    categories: int


class Matcher:
    """Finds the entries of recovered stories.

    Args:
        store: whose entries are settled.
        library: the readers.
        tag: the site's tagging entity.
        broken: whether a post's file cannot be read just now: a story of ours that no post claims may be that post, and
            is left to it.
    """

    def __init__(self, store: Store, library: Library, tag: str, *, broken: bool) -> None:
        self._store = store
        self._library = library
        self._tag = tag
        self._broken = broken
        self._sources = store.sources.ids()
        self._kinds = {row: source.kind for row, source in store.sources.all().items()}

    def matches(self, waiting: Sequence[Recovered]) -> dict[str, Match]:
        """The stories of ``waiting`` that an entry claims, by id."""
        agreements = [
            (differences, one.id, row.uid, Match(story, row, not differences.stranger))
            for one in waiting
            for story in [story_of(one)]
            for differences, row in self._likely(one, story)
        ]
        found: dict[str, Match] = {}
        taken: set[int] = set()
        for _, public_id, uid, match in sorted(agreements, key=lambda one: one[:3]):
            if public_id not in found and uid not in taken:
                found[public_id] = match
                taken.add(uid)
        return found

    def _likely(self, one: Recovered, story: Story) -> Iterator[tuple[_Differences, Row]]:
        """The entries whose words this story may have shown, and in what they differ."""
        for row in {row.uid: row for row in self._alike(one, story) if row.story is not None}.values():
            stranger = not self._says(story, row)
            if (stranger and self._waits_for_its_own(story)) or self._is_out(row, one.id):
                continue
            if not stranger and _is_copy(story, row):
                continue
            agreement = self._agreement(one, story, row)
            if any(agreement):
                facts = tuple(not same for same in agreement)
                yield _Differences(stranger, facts, self._filed_otherwise(story, row)), row

    def _waits_for_its_own(self, story: Story) -> bool:
        """Whether a story is given back to its own source, though that does not show it just now."""
        return story.source.key in self._sources if story.source is not None else self._broken

    def _is_out(self, row: Row, public_id: str) -> bool:
        """Whether a row's words are out under another id, or it only stands in for a post (`coranto.restore.placing`)."""
        return row.entry.name == f"?{public_id}" or any(
            public.id != public_id for public in self._store.history.anchored([row.uid])
        )

    def _says(self, story: Story, row: Row) -> bool:
        """Whether a row is of the source that a story's words came from; one of ours has no source."""
        return row.entry.source == story.source.key if story.source else self._kinds[row.source] == POSTS

    def _alike(self, one: Recovered, story: Story) -> Iterator[Row]:
        entries = self._store.entries
        code = one.id.removeprefix(f"tag:{self._tag}:code/")
        if one.url:
            yield from entries.with_key(f"url:{one.url}")
        if code != one.id:
            yield from entries.with_key(f"code:{code}")
        yield from entries.with_own_id(one.id)
        for source in self._sources.values():
            for row in entries.like(source, own_id="", url="", title_key=one.title_key):
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

    def _filed_otherwise(self, story: Story, row: Row) -> int:
        """In how many categories they differ: what tells two apart that say the same."""
        return len(self._library.filed(row.entry) ^ {category.key for category in story.categories})


def _is_copy(story: Story, row: Row) -> bool:
    """Whether a row of its own source is one of a story's other copies, whose words were not shown."""
    stated = row.entry.source, row.entry.own_id, row.entry.link, row.entry.title
    return (row.entry.link, row.entry.title) != (story.link, story.title) and any(
        stated == (copy.source, copy.own_id, copy.link, copy.title) for copy in story.copies
    )


def code_of(story: Story, library: Library, tag: str, path: str = "") -> str:
    """The infoCode that the entry of a story had: its link, one of its copies, its file or its id tells; '' for none.

    Entries of one story never have two (IDENTITY 9).
    """
    addresses = [[story.link], *([copy.link, *copy.permalinks] for copy in story.copies)]
    code, _ = identity.code_of([[], *addresses], path, library.rules.identity)
    by_id = story.id.removeprefix(f"tag:{tag}:code/")
    return code or (by_id if by_id != story.id else "")
