"""Why entries are one story, or are not: for `coranto explain`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Literal

from coranto import identity
from coranto.dedup.doubts import doubts
from coranto.dedup.merge import Standing, order
from coranto.intake.library import Library
from coranto.model import POSTS, Failure, Source, Words
from coranto.settings.values import Settings
from coranto.store import Store
from coranto.store.entries import Row
from coranto.store.lookups import Lookups

Force = Literal["joins", "alone", "dead", "withdrawn", "ignored"]

_GONE = 10**9  # the rank of a source that stands no longer in settings
_OF_THE_WINNER = ("title", "text", "link", "date", "enclosures")
_FIRST_THAT_HAS_IT = ("summary", "authors", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of an entry, and what it does.

    ``joins``: another entry of the story holds it too.  ``alone``: nobody does.  ``dead``: several articles of its source share
    it, so it joins nothing.  ``withdrawn``: its entry counts nothing now.  ``ignored``: settings say so.
    """

    key: str
    force: Force


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One entry: what one source says."""

    uid: int
    where: str  # a post's absolute path, or the entry's address
    source: str  # as settings write it: a pattern, or the feed's address
    kind: str
    title: str
    link: str
    own_id: str
    code: str
    published: datetime
    state: str
    categories: tuple[str, ...]
    keys: tuple[Key, ...]
    problems: tuple[str, ...]
    doubts: tuple[str, ...] = ()  # why it may not be what the winner is (E5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A join that was refused."""

    key: str
    entry: str  # where its one side stands
    other: str  # and the other
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A category of the story."""

    key: str
    title: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A story, or an entry that is in none now (``story`` is 0 then), explained."""

    story: int
    id: str = ""  # empty: never published
    aliases: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    categories: tuple[Filed, ...] = ()
    voices: tuple[Voice, ...]  # the winner first
    winners: Mapping[str, str]  # of each field: where the entry stands that it is taken from
    refusals: tuple[Refusal, ...] = ()


class Explainer:
    """Explains stories from what the store holds."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._lookups = Lookups(store.database)
        self._library = Library(settings)
        self._places = {one.key: one.path for one in settings.posts} | {one.key: one.url for one in settings.upstreams}
        self._roots = {one.key: one.root for one in settings.posts}

    @cached_property
    def _sources(self) -> dict[int, Source]:
        return self._store.sources.all()

    @cached_property
    def _ranks(self) -> dict[int, int]:
        return self._store.sources.ranks()

    def explain(self, uids: Iterable[int]) -> list[Account]:
        """The stories of these entries, each once; an entry without a story stands for itself."""
        accounts, told = [], set[int]()
        for uid in uids:
            story = self._store.stories.story_of(uid)
            if (story or -uid) not in told:
                told.add(story or -uid)
                accounts.append(self._story(story) if story else self._lone(uid))
        return [account for account in accounts if account.voices]

    def refusals(self, most: int) -> list[Refusal]:
        """The newest refused joins of the whole site."""
        found = self._lookups.newest_conflicts(most)
        return [self._refusal(one.one.uid, one.key, one.other.uid, one.why) for one in found]

    def _lone(self, uid: int) -> Account:
        row = self._store.entries.get(uid)
        voices = (self._voice(row, frozenset(), row),) if row else ()
        return Account(story=0, voices=voices, winners={}, refusals=self._refusals([uid]))

    def _story(self, story: int) -> Account:
        rows = sorted(self._store.entries.of_story(story), key=self._order)
        shared = self._shared(rows)
        place = self._store.stories.place(story)
        public = self._store.history.anchored([row.uid for row in rows])
        leading = next((one for one in public if place and one.id == place.sort_id), None)
        return Account(
            story=story,
            id=leading.id if leading else "",
            aliases=tuple(sorted(one.id for one in public if one is not leading)),
            published=place.published if place else None,
            updated=leading.updated if leading else None,
            categories=self._filed(story),
            voices=tuple(self._voice(row, shared, rows[0]) for row in rows),
            winners=self._winners(rows),
            refusals=self._refusals([row.uid for row in rows]),
        )

    def _order(self, row: Row) -> tuple[int, int, datetime, str]:
        rank = self._ranks.get(row.source, _GONE)
        return order(
            Standing(
                uid=row.uid,
                rank=rank,
                name=row.entry.name,
                published=row.published,
                fullness=row.entry.fullness,
            )
        )

    # -- keys

    def _shared(self, rows: Sequence[Row]) -> frozenset[str]:
        """The keys that hold a story together."""
        held: dict[str, int] = {}
        for row in rows:
            for key, standing in self._store.entries.standing_of_keys(row.uid).items():
                held[key] = held.get(key, 0) + (standing == 0)
        return frozenset(key for key, number in held.items() if number > 1)

    def _keys(self, row: Row, shared: frozenset[str]) -> tuple[Key, ...]:
        stored = self._store.entries.standing_of_keys(row.uid)
        forces: dict[str, Force] = {}
        for key in sorted(stored, key=lambda key: ("code", "url", "id").index(key.partition(":")[0])):
            alive: Force = "joins" if key in shared else "alone"
            forces[key] = ("dead", "withdrawn")[stored[key] - 1] if stored[key] else alive
        free = replace(self._library.rules.identity, ignore=frozenset())
        for key in identity.keys(row.entry, free):
            forces.setdefault(key, "ignored")
        return tuple(Key(key=key, force=force) for key, force in forces.items())

    def _refusals(self, uids: Sequence[int]) -> tuple[Refusal, ...]:
        found = dict.fromkeys(conflict for uid in uids for conflict in self._lookups.conflicts_of(uid))
        return tuple(self._refusal(one.uid, one.key, one.other, one.why) for one in found)

    def _refusal(self, uid: int, key: str, other: int, why: str) -> Refusal:
        return Refusal(key=key, entry=self._where_is(uid), other=self._where_is(other), why=why)

    # -- entries

    def _voice(self, row: Row, shared: frozenset[str], winner: Row) -> Voice:
        entry = row.entry
        source = self._sources[row.source]
        return Voice(
            uid=row.uid,
            where=self._where(row),
            source=self._places.get(source.key, f"{source.feed_url or source.key} (no longer in settings)"),
            kind=source.kind,
            title=entry.title,
            link=entry.link,
            own_id=entry.own_id,
            code=entry.code,
            published=row.published,
            state=row.state,
            categories=tuple(self._lookups.filed(row.uid)),
            keys=self._keys(row, shared),
            problems=entry.problems,
            doubts=() if row is winner else doubts(winner.entry, entry),
        )

    def _where(self, row: Row) -> str:
        source = self._sources[row.source]
        if source.kind == POSTS:
            root = self._roots.get(source.key)
            return str(root / row.entry.name) if root else row.entry.name
        return row.entry.link or row.entry.own_id or f"{source.feed_url} ({row.entry.name})"

    def _where_is(self, uid: int) -> str:
        row = self._store.entries.get(uid)
        return self._where(row) if row else "an entry that is gone"

    # -- fields

    def _winners(self, rows: Sequence[Row]) -> dict[str, str]:
        """From which entry each field is taken (DESIGN 3.6)."""
        first = self._where(rows[0])
        winners = dict.fromkeys(_OF_THE_WINNER, first)
        missing = list(_FIRST_THAT_HAS_IT)
        for row in rows:
            words = self._words(row) if missing else Words()
            for name in [name for name in missing if getattr(words, name)]:
                winners[name] = self._where(row)
                missing.remove(name)
        if "summary" in missing:
            winners["summary"] = f"{first} (cut from its text)"
        return winners

    def _words(self, row: Row) -> Words:
        words = self._store.entries.words(row.uid)
        if words is None and row.entry.source in self._roots:
            read = self._library.words(row.entry.source, row.entry.name)
            words = None if isinstance(read, Failure) else read
        return words or Words()

    def _filed(self, story: int) -> tuple[Filed, ...]:
        named = self._store.outputs.categories()
        return tuple(
            Filed(
                key=key,
                title=named[key].title if key in named else key,
                folder=named[key].folder if key in named else "",
            )
            for key in self._store.stories.categories_of(story)
        )
