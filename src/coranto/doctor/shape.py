"""What a document shows when it is compared with what is known of its source (R15, R16, R18).  Pure."""

from __future__ import annotations

from collections import Counter
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a document."""

    listed: int = 0  # entries, without repeats
    fresh: int = 0  # that were taken as new
    held: int = 0  # that are held back, since now or before
    shape: str = ""  # how the document is another one than before, for a person; empty if it is not


def reappearing(items: Sequence[Item], rows: Iterable[Item], found: Mapping[int, int | None]) -> frozenset[int]:
    """The items that look like known entries under new ids and links (R16).

    Args:
        items: all that one document lists.
        rows: the stored entries of its source that are what they were: not those that are held or withdrawn.
        found: item -> row, as recognised by id and link; None for a new one.

    Returns:
        The unrecognised items that say the title of a row that no item of this document is, and either its stated
        instant too, or a title that is unique here and there.  Two infoCodes prove what they prove: equal, they join
        the entries; different, these are two articles.
    """
    taken = set(found.values())
    here, there = Counter(item.title for item in items), Counter[str]()
    by_title: dict[str, list[Item]] = {}
    for row in rows:
        there[row.title] += 1
        if row.number not in taken:
            by_title.setdefault(row.title, []).append(row)

    def again(item: Item) -> bool:
        alone = here[item.title] == there[item.title] == 1
        return any(_alike(item, row, alone=alone) for row in by_title.get(item.title, ()))

    return frozenset(item.number for item in items if item.title and found[item.number] is None and again(item))


def to_hold(found: Mapping[int, int | None], again: frozenset[int], *, held: bool) -> frozenset[int]:
    """Which items are held back: those that reappear, if half of all that is known does, or the source is held (R16)."""
    known = sum(row is not None for row in found.values()) + len(again)
    return again if held or _most(len(again), known) else frozenset()


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


def _alike(item: Item, row: Item, *, alone: bool) -> bool:
    same_instant = item.instant != "" and item.instant == row.instant
    return (same_instant or alone) and not (item.code and row.code)


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
