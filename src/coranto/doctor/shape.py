"""What a document shows when it is compared with what is known of its source (R15, R16, R18).  Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ENOUGH = 10  # known entries: of fewer, half is soon reached by chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a document, or a row of its source: what its source says of it.  Absent facts are empty texts."""

    number: int  # the item's place, or the row
    own_id: str = ""
    title: str = ""  # the key of its title
    instant: str = ""  # the key of its stated date
    code: str = ""  # its infoCode
    words: str = ""  # what it says beside its title, as far as that is known
    story: int | None = None  # of a row: the one that it stands in
    held: bool = False  # of a row: it is held back


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a document."""

    listed: int = 0  # entries, without repeats
    fresh: int = 0  # that were taken as new
    held: int = 0  # that are held back, since now or before
    shape: str = ""  # how the document is another one than before, for a person; empty if it is not


def reappearing(items: Sequence[Item], rows: Sequence[Item], found: Mapping[int, int | None]) -> dict[int, bool]:
    """The items that look like known entries under new ids and links (R16).

    Args:
        items: all that one document lists.
        rows: the stored entries of its source, but for those that are withdrawn.
        found: item -> row, as recognised by id and link; None for a new one.

    Returns:
        The unrecognised items that say the title of a row that no item of this document is, and either its stated
        instant or its words too, or a title that is unique here and there; whether it was instant or words.  Two
        infoCodes prove what they prove: equal, they join the entries; different, these are two articles.
    """
    here, there = (Counter(one.title for one in all_) for all_ in (items, [row for row in rows if not row.held]))
    taken, by_title = set(found.values()), defaultdict[str, list[Item]](list)
    for row in rows:
        if row.number not in taken:
            by_title[row.title].append(row)
    again: dict[int, bool] = {}
    for item in items:
        if item.title and found[item.number] is None:
            alike = [row for row in by_title.get(item.title, ()) if not (item.code and row.code)]
            sure = any(_witnessed(item, row) for row in alike)
            if sure or (here[item.title] == there[item.title] == 1 and not all(row.held for row in alike)):
                again[item.number] = sure
    return again


def to_hold(found: Mapping[int, int | None], again: Mapping[int, bool], *, held: bool) -> frozenset[int]:
    """Which items are held back (R16).

    All that reappear, if that is over half of the document.  Else, while the source is held, those of them that also
    say a known instant or known words: a title that recurs with news of its own must not renew the hold for ever.
    """
    known = sum(row is not None for row in found.values()) + len(again)
    if known >= ENOUGH and 2 * len(again) > len(found):
        return frozenset(again)
    return frozenset(number for number, sure in again.items() if sure and held)


def recoded(items: Sequence[Item], rows: Iterable[Item], found: Mapping[int, int | None]) -> frozenset[int]:
    """The unrecognised items whose infoCode is that of exactly one story, no row of which is listed: no news."""
    taken = set(found.values())
    stories, listed = defaultdict[str, set[int]](set), set[str]()
    for row in rows:
        if row.code and row.story is not None:
            stories[row.code].add(row.story)
            listed |= {row.code} if row.number in taken else set()
    one = {code for code, of_it in stories.items() if len(of_it) == 1} - listed
    return frozenset(item.number for item in items if found[item.number] is None and item.code in one)


def compare(items: Sequence[Item], rows: Iterable[Item], found: Mapping[int, int | None], *, before: int) -> str:
    """How a document is another one than before, in a sentence for a person; nothing if it is not.

    Args:
        items: what it lists.
        rows: the stored entries that they may be.
        found: item -> row.
        before: how many entries the last document listed; 0 to judge no length: not known, or only a part is listed.
    """
    stored = {row.number: row for row in rows}
    pairs = [(item, stored[row]) for item in items if (row := found[item.number]) is not None]
    said = [_shrunk(len(items), before), _renamed(pairs), _redated(pairs)]
    return "; ".join(filter(None, said))


def _witnessed(item: Item, row: Item) -> bool:
    """Whether more than its title says that this is that; what is absent says nothing."""
    pairs = ((item.instant, row.instant), (item.words, row.words))
    return any(mine == theirs and mine != "" for mine, theirs in pairs)


def _most(part: int, whole: int) -> bool:
    return whole >= ENOUGH and 2 * part > whole


def _shrunk(listed: int, before: int) -> str:
    """R15: absence takes nothing out."""
    if before and (not listed or (before >= ENOUGH and 2 * listed < before)):
        entries = "entry" if listed == 1 else "entries"
        return f"lists {listed or 'no'} {entries}, {before:,} before; nothing is taken out"
    return ""


def _renamed(pairs: Sequence[tuple[Item, Item]]) -> str:
    """The same links under new ids: they are known by their links, so stories stay one."""
    new = sum(item.own_id != row.own_id for item, row in pairs if item.own_id and row.own_id)
    return f"{new:,} entries came under new ids; they stay the stories they were" if _most(new, len(pairs)) else ""


def _redated(pairs: Sequence[tuple[Item, Item]]) -> str:
    """R18."""
    new = sum(item.instant != row.instant for item, row in pairs if item.instant and row.instant)
    return f"{new:,} entries changed their dates; the first ones count" if _most(new, len(pairs)) else ""
