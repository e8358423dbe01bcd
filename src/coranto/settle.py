"""From changed entries to settled stories: work grows with what changed, not with what is stored.

The decisions are ``dedup``'s; here they are asked for the components that changes reach, and carried out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from coranto.dedup import ids
from coranto.dedup.doubts import doubts
from coranto.dedup.membership import is_dead, partition
from coranto.dedup.merge import Standing, order
from coranto.model import Public
from coranto.store import Store
from coranto.store.entries import Row
from coranto.store.stories import Place


def settle(store: Store, tag: str) -> None:
    """Bring every story up to date with its entries, in one transaction.

    Args:
        store: whose touched entries are settled.
        tag: the site's tagging entity, for the ids that stories will be ordered by.
    """
    if not store.stories.touched():
        return
    with store.database.transaction():
        _weigh_keys(store)
        store.stories.touch_sharers()
        filing = _Filing(store, tag)
        stories = store.stories.settle_the_lone()
        for component in _components(store):
            stories += _settle(store, component)
        for story in stories:  # when all entries have their place: the id of one may be free because another went
            filing.file(story)
        store.stories.settled()


def _weigh_keys(store: Store) -> None:
    """Find the keys that went dead or came back to life in a source."""
    for use in store.stories.shared_keys():
        dead = is_dead(
            use.key, use.kind, codes=use.codes, articles=use.articles, titles=use.titles, instants=use.instants
        )
        if dead != use.dead:
            store.stories.set_dead(use.key, use.source, dead=dead)


def _components(store: Store) -> Iterator[set[int]]:
    """Everything that touched entries are joined with, or were: one set of entries after another."""
    seen: set[int] = set()
    for uid in store.stories.touched_entries():
        if uid not in seen:
            component = _reach(store, uid)
            seen |= component
            yield component


def _reach(store: Store, start: int) -> set[int]:
    """A component; each key and each story of it is walked once."""
    found, queue = {start}, [start]
    keys, stories = set[str](), set[int]()
    while queue:
        uid = queue.pop()
        near = set(store.stories.neighbours(uid, keys))
        story = store.stories.story_of(uid)
        if story is not None and story not in stories:
            stories.add(story)
            near.update(store.stories.entries_of(story))
        queue.extend(near - found)
        found |= near
    return found


def _settle(store: Store, component: set[int]) -> list[int]:
    """Put the entries of a component into stories; those that are to be filed."""
    stories = store.stories
    before = {uid: stories.story_of(uid) for uid in component}
    members = [member for uid in sorted(component) if (member := stories.member(uid))]
    result = partition(members)
    for uid in component:
        story = result.story.get(uid)
        if story != before[uid]:
            stories.label(uid, story)
    stories.keep_conflicts(component, result.conflicts)
    after = set(result.story.values())
    for story in sorted({story for story in before.values() if story is not None} - after):
        stories.drop(story)
    return sorted(after)


class _Filing:
    """Puts stories in their places."""

    def __init__(self, store: Store, tag: str) -> None:
        self._store = store
        self._tag = tag
        self._ranks = store.sources.ranks()

    def file(self, story: int) -> None:
        """Find the winner of a story, and file it under the categories of its entries."""
        rows = self._store.entries.of_story(story)
        winner = min(rows, key=self._order)
        if winner.state == "purged":
            self._store.stories.drop(story)
            return
        place = Place(
            story=story,
            winner=winner.uid,
            published=winner.published,
            sort_id=self._sort_id(rows, winner),
            doubtful=any(doubts(winner.entry, row.entry) for row in rows if row.uid != winner.uid),
        )
        self._store.stories.keep_place(place, self._store.stories.filed_by_entries(story))

    def _order(self, row: Row) -> tuple[int, int, datetime, str]:
        return order(standing(row, self._ranks))

    def _sort_id(self, rows: list[Row], winner: Row) -> str:
        kept = kept_id(self._store, winner, rows)
        return kept.id if kept else first_id(self._store, winner, rows, self._tag)


def kept_id(store: Store, winner: Row, rows: Sequence[Row]) -> Public | None:
    """The id that a story was out under, or that one of its entries carried; None when it never was out."""
    uids = [row.uid for row in rows]
    anchored = store.history.anchored(uids)
    return ids.choose(winner.uid, anchored, [] if anchored else store.history.orphans(uids))


def first_id(store: Store, winner: Row, rows: Sequence[Row], tag: str) -> str:
    """The id of a story that never was out: the first that no record has and no entry outside it could claim.

    A function of the entries, so that the order of a feed is the same before and after its ids are on record.
    """
    story = next((row.story for row in rows if row.story is not None), winner.uid)
    wanted = ids.candidates(winner.entry, winner.url, tag)
    claims = {f"tag:{tag}:code/{winner.entry.code}": f"code:{winner.entry.code}"}
    claims |= {one: f"url:{winner.url}" for one in wanted if one.startswith(f"tag:{tag}:url/")}

    def free(one: str) -> bool:
        if store.history.get(one) is not None:
            return False
        return not store.stories.has_rivals(story, key=claims.get(one, ""), own_id=one)

    return ids.mint(wanted, free)


def standing(row: Row, ranks: dict[int, int]) -> Standing:
    """What decides the place of an entry in its story."""
    return Standing(
        uid=row.uid,
        rank=ranks[row.source],
        name=row.entry.name,
        published=row.published,
        fullness=row.entry.fullness,
    )
