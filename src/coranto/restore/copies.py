"""The copies of recovered stories that their upstreams list no longer: given back, so that nothing leaves a feed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from coranto import identity
from coranto.dedup import merge
from coranto.dedup.recognise import Known, facts_of, recognise
from coranto.intake.library import Library
from coranto.model import FEED, Copy, Entry, Story, Words
from coranto.restore.matching import Match
from coranto.store import Store
from coranto.store.entries import Row
from coranto.text import markup


class Copies:
    """Gives copies back to their upstreams, and takes back those that do not fit.

    Attributes:
        given: the entries that were made, and the entry whose story each belongs to.
    """

    def __init__(self, store: Store, library: Library, now: datetime) -> None:
        self._store = store
        self._library = library
        self._now = now
        kinds = {row: source.kind for row, source in store.sources.all().items()}
        self._upstreams = {key: row for key, row in store.sources.ids().items() if kinds[row] == FEED}
        self.given: dict[int, int] = {}

    def give_back(self, match: Match) -> None:
        """Make an entry of every copy of a story that its upstream has not."""
        there = [match.row]
        missing: list[Entry] = []
        for source, copies in self._by_source(match.story).items():
            entries = [_entry(copy) for copy in copies]
            found = self._known(source, entries, match)
            there += [row for row in found.values() if row is not None]
            missing += [entry for number, entry in enumerate(entries) if found[number] is None]
        words = self._lacking(match.story, there) if missing else Words()
        for entry in missing:
            self.given[self._put(entry, words)] = match.row.uid
            words = Words()  # once is enough

    def take_back_misfits(self) -> bool:
        """Withdraw copies that did not join their story, or joined it with another one; whether there were any."""
        misfits = [uid for uid, anchor in self.given.items() if not self._fits(uid, anchor)]
        for uid in misfits:
            self._store.entries.set_state(uid, "withdrawn")
        return bool(misfits)

    def _by_source(self, story: Story) -> Mapping[str, list[Copy]]:
        copies: dict[str, list[Copy]] = defaultdict(list)
        for copy in story.copies:
            if copy.source in self._upstreams:
                copies[copy.source].append(copy)
        return copies

    def _known(self, source: str, entries: Sequence[Entry], match: Match) -> Mapping[int, Row | None]:
        """The rows that copies are, by the rules by which an item of a feed is known again (IDENTITY A.5)."""
        shown = match.row.uid if match.same_source else None  # that one is no copy
        rows = {row.uid: row for entry in entries for row in self._like(source, entry) if row.uid != shown}
        known = [self._facts(uid, row.entry) for uid, row in rows.items()]
        found = recognise([self._facts(number, entry) for number, entry in enumerate(entries)], known)
        return {number: rows.get(uid or 0) for number, uid in found.items()}

    def _like(self, source: str, entry: Entry) -> list[Row]:
        return self._store.entries.like(
            self._upstreams[source],
            own_id=entry.own_id,
            url=self._library.url(entry.link),
            title_key=identity.title_key(entry.title),
        )

    def _facts(self, number: int, entry: Entry) -> Known:
        own_id, url, title, instant = facts_of(entry, self._library.url)
        return Known(row=number, own_id=own_id, url=url, title=title, instant=instant)

    def _lacking(self, story: Story, rows: Sequence[Row]) -> Words:
        """What a story shows and none of its entries says: the copy said it whose words are lost (IDENTITY 13)."""
        said = [words for row in rows if (words := self._words(row))]
        summary = story.summary
        if summary == merge.with_summary("", markup.plain(story.content), story.title):
            summary = ""  # nobody need have stated it
        return Words(
            summary="" if any(words.summary for words in said) else summary,
            authors=() if any(words.authors for words in said) else story.authors,
            language="" if any(words.language for words in said) else story.language,
        )

    def _words(self, row: Row) -> Words | None:
        words = self._store.entries.words(row.uid)
        if words is None and row.entry.source not in self._upstreams:
            read = self._library.words(row.entry.source, row.entry.name)
            words = read if isinstance(read, Words) else None
        return words

    def _put(self, entry: Entry, words: Words) -> int:
        source = self._upstreams[entry.source]
        entry = self._library.judged(entry, None)
        entry = replace(entry, name=identity.row_name(entry))
        while self._store.entries.named(source, entry.name) is not None:
            entry = replace(entry, name=entry.name + "+")
        uid = self._store.entries.put(self._library.row(self._store, entry, source, known=None, now=self._now))
        self._store.entries.keep_words(uid, words)
        return uid

    def _fits(self, uid: int, anchor: int) -> bool:
        story = self._store.stories.story_of(uid)
        if story is None:  # a word of `drop` keeps it out
            return True
        if story != self._store.stories.story_of(anchor):
            return False
        out = self._store.history.anchored(self._store.stories.entries_of(story))
        return sum(public.leads for public in out) <= 1


def _entry(copy: Copy) -> Entry:
    """What its upstream said.  How full it was is lost: it must not come to stand before the words that are shown."""
    return Entry(
        source=copy.source,
        own_id=copy.own_id,
        link=copy.link,
        permalinks=copy.permalinks,
        title=copy.title,
        published=copy.published,
        categories=copy.categories,
    )
