"""Which row of its source an upstream's item is: poll by poll, whatever the order (IDENTITY A.5, R16, R17).

Everything happens inside ONE source.  Facts that are absent are empty texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from coranto.identity import headline_key, instant_key
from coranto.model import Entry, Words
from coranto.text.urls import names_a_site

_ROUNDS = 10  # of finding dead keys; real documents need two


class Facts(NamedTuple):
    """What tells the items of one source apart."""

    own_id: str = ""  # as stated, compared byte for byte
    url: str = ""  # canonical
    title: str = ""  # identity.headline_key
    instant: str = ""  # identity.instant_key, as stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A row of the store with the facts that its source stated last; or an item, whose ``row`` is its number."""

    row: int
    own_id: str = ""
    url: str = ""
    title: str = ""
    instant: str = ""

    @property
    def facts(self) -> Facts:
        """What tells it apart."""
        return Facts(self.own_id, self.url, self.title, self.instant)


def facts_of(entry: Entry, url_of: Callable[[str], str]) -> Facts:
    """The facts of an entry; ``url_of`` gives the canonical address.  A site's root is the link of no item."""
    url = url_of(entry.link)
    return Facts(entry.own_id, "" if names_a_site(url) else url, headline_key(entry), instant_key(entry.published))


def repeats(entries: Sequence[Entry], url_of: Callable[[str], str], known: Sequence[Known] = ()) -> tuple[Entry, ...]:
    """Collapse the repeats inside one document; they pool their categories (IDENTITY A.5, F8).

    Items are repeats if they state the same in all of id, url, title and instant, or if three of these are stated
    and agree.  An id or url that items hold which are no repeats (one guid for all, F3), or that several rows of the
    source hold, is no evidence.

    Args:
        entries: what one document lists.
        url_of: gives the canonical address of a link.
        known: rows of its source: a part of a document reads as the whole did.

    Returns:
        One entry for each article, in an order that does not depend on the order in the document; of repeats the
        fullest stands.
    """
    ordered = sorted(entries, key=_by_content)
    facts = [facts_of(entry, url_of) for entry in ordered]
    labels = _settled_labels(facts, _held_by_several(row.facts for row in known))
    groups: dict[int, list[Entry]] = defaultdict(list)
    for entry, label in zip(ordered, labels, strict=True):
        groups[label].append(entry)
    return tuple(_pooled(group) for group in groups.values())


def recognise(items: Sequence[Known], known: Sequence[Known]) -> dict[int, int | None]:
    """For each item the row that it is, or None for a new one (IDENTITY A.5).

    An item is a row if id and url both agree (absent is absent, not both absent), or one of them and also the title
    or the instant; with neither id nor url, title and instant must both agree. Best agreement first, one to one. A
    key that several rows or several items hold counts as absent.

    Args:
        items: What one document says, after ``repeats``, numbered in any way.
        known: The rows of its source, also the purged and withdrawn ones.

    Returns:
        The item's number -> the row's, or None.
    """
    said = {item.row: item.facts for item in items}
    rows = {row.row: row.facts for row in known}
    found: dict[int, int | None] = dict.fromkeys(said)
    _pair_up(_buckets(said), _buckets(rows), found)
    dead = _held_by_several(rows.values()) | _held_by_several(set(said.values()))
    open_items = {place: facts for place, facts in said.items() if found[place] is None}
    taken = set(found.values())
    open_rows = {row: facts for row, facts in rows.items() if row not in taken}
    _match_by_keys(open_items, open_rows, dead, found)
    taken = set(found.values())
    bare_items = {place: facts for place, facts in open_items.items() if found[place] is None}
    bare_rows = {row: facts for row, facts in open_rows.items() if row not in taken}
    _pair_up(_bare(bare_items, dead), _bare(bare_rows, dead), found)
    return found


_Buckets = dict[Facts, list[tuple[Facts, int]]]


def _buckets(numbered: dict[int, Facts]) -> _Buckets:
    """Numbers by identical facts."""
    buckets: _Buckets = defaultdict(list)
    for number, facts in numbered.items():
        buckets[facts].append((facts, number))
    return buckets


def _bare(numbered: dict[int, Facts], dead: frozenset[tuple[str, str]]) -> _Buckets:
    """Numbers of those with neither id nor url, by title and instant."""
    buckets: _Buckets = defaultdict(list)
    for number, facts in numbered.items():
        live = _live(facts, dead)
        if not live.own_id and not live.url:
            buckets[live].append((facts, number))
    return buckets


def _pair_up(items: _Buckets, rows: _Buckets, found: dict[int, int | None]) -> None:
    """One to one inside each bucket, in an order that the document's order does not change."""
    for facts, same in items.items():
        free = sorted(rows.get(facts, ()))
        for (_, place), (_, row) in zip(sorted(same), free, strict=False):
            found[place] = row


def _match_by_keys(
    items: dict[int, Facts],
    rows: dict[int, Facts],
    dead: frozenset[tuple[str, str]],
    found: dict[int, int | None],
) -> None:
    """Give items their rows by id and url, the best agreement first; each key leads to one row at most."""
    live_rows = {row: _live(facts, dead) for row, facts in rows.items()}
    by_key = {key: row for row, facts in live_rows.items() for key in _keys(facts)}
    pairs = []
    for place, facts in items.items():
        live = _live(facts, dead)
        for row in {by_key[key] for key in _keys(live) if key in by_key}:
            strength = _agreement(live, live_rows[row])
            if strength:
                pairs.append((-strength[0], -strength[1], facts, row, place))
    taken = set()
    for _, _, _, row, place in sorted(pairs):
        if found[place] is None and row not in taken:
            found[place] = row
            taken.add(row)


def _agreement(item: Facts, row: Facts) -> tuple[int, int] | None:
    """How well they agree (how many facts, and whether the id is one), or None if they are not the same."""
    same = [mine == theirs and mine != "" for mine, theirs in zip(item, row, strict=True)]
    whole = item.own_id == row.own_id and item.url == row.url and any(same[:2])
    with_witness = any(same[:2]) and any(same[2:])
    return (sum(same), int(same[0])) if whole or with_witness else None


def _keys(facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.own_id:
        yield "id", facts.own_id
    if facts.url:
        yield "url", facts.url


def _live(facts: Facts, dead: frozenset[tuple[str, str]]) -> Facts:
    """``facts`` without the keys that count nothing."""
    if not dead:
        return facts
    own_id = "" if ("id", facts.own_id) in dead else facts.own_id
    return facts._replace(own_id=own_id, url="" if ("url", facts.url) in dead else facts.url)


def _held_by_several(all_facts: Iterable[Facts]) -> frozenset[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    shared: set[tuple[str, str]] = set()
    for facts in all_facts:
        for key in _keys(facts):
            (shared if key in seen else seen).add(key)
    return frozenset(shared)


def _settled_labels(facts: Sequence[Facts], dead: frozenset[tuple[str, str]]) -> list[int]:
    """Groups of repeats.  Which keys are dead follows from the groups and the groups from them: until both rest."""
    for _ in range(_ROUNDS):
        labels = _labels(facts, dead)
        more = _held_by_groups(facts, labels)
        if more <= dead:
            return labels
        dead |= more
    return _labels(facts, frozenset(key for each in facts for key in _keys(each)))


def _held_by_groups(facts: Sequence[Facts], labels: Sequence[int]) -> frozenset[tuple[str, str]]:
    """The keys that stand in more than one group."""
    holder: dict[tuple[str, str], int] = {}
    pairs = ((key, label) for each, label in zip(facts, labels, strict=True) for key in _keys(each))
    return frozenset(key for key, label in pairs if holder.setdefault(key, label) != label)


def _labels(facts: Sequence[Facts], dead: frozenset[tuple[str, str]]) -> list[int]:
    """For each item the first one that it repeats, itself if none.

    Compared with the first one only: a chain of repeats may lead from one article to another.
    """
    first: dict[tuple[str | None, ...], int] = {}
    labels = []
    for number, each in enumerate(facts):
        signs = (each, *_threes(_live(each, dead)))
        label = min((first[sign] for sign in signs if sign in first), default=number)
        if label == number:
            first.update(dict.fromkeys(signs, number))
        first.setdefault(each, label)
        labels.append(label)
    return labels


def _threes(facts: Facts) -> Iterator[tuple[str | None, ...]]:
    """Each choice of three facts that are all stated, with None in the fourth's place."""
    for left_out in range(4):
        three = (*facts[:left_out], None, *facts[left_out + 1 :])
        if "" not in three:
            yield three


def _by_content(entry: Entry) -> tuple[object, ...]:
    words = entry.words or Words()
    stated = (entry.own_id, entry.link, entry.title, instant_key(entry.published), instant_key(entry.updated))
    rest = (entry.permalinks, entry.code, entry.categories, words.content, words.summary, str(words.enclosures))
    return (-entry.fullness, *stated, *rest)


def _pooled(group: Sequence[Entry]) -> Entry:
    names = tuple(dict.fromkeys(name for entry in group for name in entry.categories))
    return group[0] if names == group[0].categories else replace(group[0], categories=names)
