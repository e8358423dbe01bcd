"""A store whose entries are called by source and name, so that two of them can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from coranto.model import FEED, POSTS, Entry, Source
from coranto.settle import settle
from coranto.store import Store
from coranto.store.entries import Row
from coranto.store.sqlite import Sqlite

TAG = "news.example,2021"
NOON = datetime(2022, 1, 7, 4, 0, tzinfo=UTC)
SOURCES = (
    Source(key="posts:posts", kind=POSTS),
    Source(key="a.example/feed", kind=FEED),
    Source(key="b.example/feed", kind=FEED),
    Source(key="c.example/feed", kind=FEED),
)

Place = tuple[int, str]  # the source's place in SOURCES, the entry's name


@dataclass(frozen=True)
class Said:
    """What a source says under one name: small alphabets, so that everything meets."""

    code: str = ""
    keys: tuple[str, ...] = ()
    title: str = "t"
    instant: int = 0
    fullness: int = 0
    categories: tuple[str, ...] = ()


def said() -> st.SearchStrategy[Said]:
    return st.builds(
        Said,
        code=st.sampled_from(("", "", "NW202201070001", "NW202201070002")),
        keys=st.lists(
            st.sampled_from(("url:x/1", "url:x/2", "url:x/3", "id:urn:xx:1|t:1", "id:urn:xx:1|i:1")),
            max_size=2,
            unique=True,
        ).map(tuple),
        title=st.sampled_from("tuv"),
        instant=st.integers(0, 3),
        fullness=st.sampled_from((0, 100, 5000)),
        categories=st.lists(st.sampled_from("xyz"), max_size=2, unique=True).map(tuple),
    )


PLACES = st.tuples(st.integers(0, len(SOURCES) - 1), st.sampled_from("123"))


class World:
    """A store, and what its entries are called."""

    def __init__(self, store: Store, order: tuple[int, ...] = (0, 1, 2, 3)) -> None:
        self.store = store
        self.arrange(order)

    def arrange(self, order: tuple[int, ...]) -> None:
        """Put the sources into another order, or leave some out."""
        if self.store.sources.arrange([SOURCES[place] for place in order]):
            self.store.entries.restand()

    def put(self, place: Place, what: Said) -> None:
        """Add an entry, edit it, or bring it back."""
        source = self._source(place[0])
        known = self.store.entries.named(source, place[1])
        instant = NOON + timedelta(minutes=what.instant)
        row = Row(
            uid=known.uid if known else 0,
            source=source,
            entry=Entry(
                source=SOURCES[place[0]].key,
                name=place[1],
                code=what.code,
                title=what.title,
                published=instant,
                categories=what.categories,
                fullness=what.fullness,
            ),
            url=next((key.removeprefix("url:") for key in what.keys if key.startswith("url:")), ""),
            title_key=what.title,
            instant=instant.strftime("%Y-%m-%dT%H:%M:%SZ"),
            published=instant,
            first_seen=NOON,
            keys=((f"code:{what.code}",) if what.code else ()) + what.keys,
            categories=tuple((name, name) for name in what.categories),
        )
        self.store.entries.put(row)

    def state(self, place: Place, state: Any) -> None:
        """Withdraw an entry, or bring it back."""
        row = self.store.entries.named(self._source(place[0]), place[1])
        if row is not None:
            self.store.entries.set_state(row.uid, state)

    def settle(self) -> None:
        settle(self.store, TAG)

    def _source(self, place: int) -> int:
        return next(row for row, source in self.store.sources.all().items() if source.key == SOURCES[place].key)

    # -- what came of it, with entries called by source and name

    def picture(self) -> dict[str, object]:
        """Stories with winners, dates and categories; dead keys; refused joins."""
        names = self._names()
        stories: dict[int, set[Place]] = defaultdict(set)
        for uid, name in names.items():
            story = self.store.stories.story_of(uid)
            if story is not None:
                stories[story].add(name)
        filed = {}
        for story, entries in stories.items():
            place = self.store.stories.place(story)
            filed[frozenset(entries)] = place and (
                names[place.winner],
                place.published,
                place.sort_id,
                tuple(self.store.stories.categories_of(story)),
            )
        return {
            "stories": filed,
            "count": self.store.stories.count(),
            "filed": {key: self.store.stories.count(key) for key in "xyz"},
            "keys": {(names[uid], key, state) for uid in names for key, state in self._standing(uid)},
            "conflicts": {(names[c.uid], c.key, names[c.other], c.why) for c in self.store.stories.conflicts()},
        }

    def _standing(self, uid: int) -> list[tuple[str, int]]:
        return list(self.store.entries.standing_of_keys(uid).items())

    def _names(self) -> dict[int, Place]:
        places = {source.key: place for place, source in enumerate(SOURCES)}
        rows = [row for uid in self.store.entries.everywhere() if (row := self.store.entries.get(uid))]
        return {row.uid: (places[row.entry.source], row.entry.name) for row in rows}


@contextmanager
def world(order: tuple[int, ...] = (0, 1, 2, 3)) -> Iterator[World]:
    with closing(Store.over(Sqlite.open(Path(":memory:")))) as store:
        yield World(store, order)


def from_scratch(entries: dict[Place, Said], states: dict[Place, str], order: tuple[int, ...]) -> dict[str, object]:
    """The picture of a store that was told everything at once."""
    with world(order) as fresh:
        fresh.arrange((0, 1, 2, 3))  # so that every source is known
        for place, what in sorted(entries.items()):
            fresh.put(place, what)
            if states[place] != "live":
                fresh.state(place, states[place])
        fresh.arrange(order)
        fresh.settle()
        return fresh.picture()
