"""Which entries are one story: a pure function of the entries, whatever order they arrive in.

Entries that share a key are one story, transitively, with two brakes: a key that several different articles of one
source share is *dead* for that source, and a weaker key never joins what a stronger one tells apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from coranto.model import FEED

_KINDS = ("code", "url", "id")
_DEAD_FROM = {"feed": 2, "posts": 3}  # a live post and its archived copy are no reason to doubt an address
_CODE_DEAD_FROM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What membership needs of an entry that is not withdrawn.

    ``rank`` is the place of its source in settings, ``title`` and ``instant`` are the folded title and the stated
    instant that tell different entries of one source apart; ``keys`` are those that join (dead ones left out).
    """

    uid: int
    rank: int
    name: str
    kind: str = FEED  # of its source: posts or feed
    code: str = ""
    title: str = ""
    instant: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Conflict:
    """A join that was refused, and why: kept and shown, never forgotten."""

    uid: int
    key: str
    other: int  # the entry that stands first in the other part
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """Every entry's story (named by its smallest uid), and the joins that were refused."""

    story: dict[int, int]
    conflicts: tuple[Conflict, ...]


def is_dead(key: str, kind: str, codes: int, articles: int, titles: int, instants: int) -> bool:
    """Whether a key names too many things in ONE source to name anything.

    Args:
        key: the key; its kind stands before the first colon.
        kind: of the source, ``posts`` or ``feed``.
        codes: how many infoCodes its holders have.
        articles: how many different pairs of title and instant.
        titles: how many different titles.
        instants: how many different stated instants.
    """
    if key.startswith("code:"):
        return titles >= _CODE_DEAD_FROM and instants >= _CODE_DEAD_FROM
    return codes >= 2 or articles >= _DEAD_FROM[kind]


def dead_keys(members: Iterable[Member]) -> frozenset[tuple[int, str]]:
    """The dead keys of every source, as (rank, key), from scratch."""
    holders: dict[tuple[int, str], list[Member]] = defaultdict(list)
    for member in members:
        for key in member.keys:
            holders[member.rank, key].append(member)
    return frozenset(place for place, held in holders.items() if len(held) > 1 and _shared(place[1], held))


def _shared(key: str, held: Sequence[Member]) -> bool:
    return is_dead(
        key,
        held[0].kind,
        codes=len({member.code for member in held if member.code}),
        articles=len({(member.title, member.instant) for member in held}),
        titles=len({member.title for member in held}),
        instants=len({member.instant for member in held}),
    )


def partition(members: Sequence[Member]) -> Partition:
    """Join ``members`` into stories.  Their dead keys are left out already.

    Joins are tried in the order source, kind (code, url, id), entry: what a better source says is settled before a
    later one is heard, so a later source can neither separate nor join entries of an earlier one.
    """
    parts = _Parts(members)
    holders: dict[str, list[int]] = defaultdict(list)
    conflicts: list[Conflict] = []
    for member, key in _attempts(members):
        others = _distinct(parts, holders[key])
        for other in others:
            why = parts.join(member, other)
            if why:
                conflicts.append(Conflict(uid=member.uid, key=key, other=parts.first(other).uid, why=why))
        holders[key] = _distinct(parts, [*others, member.uid])  # one of each part is enough: a hub costs no more
    return Partition(story=parts.labels(), conflicts=tuple(sorted(set(conflicts))))


def _attempts(members: Sequence[Member]) -> Iterator[tuple[Member, str]]:
    ordered = sorted(
        (
            (member.rank, _KINDS.index(key.partition(":")[0]), member.name, key, member)
            for member in members
            for key in member.keys
        ),
        key=lambda attempt: attempt[:4],
    )
    return ((member, key) for *_, key, member in ordered)


def _distinct(parts: _Parts, uids: Sequence[int]) -> list[int]:
    """The first holder of a key in each part that holds it: a part stands where its first holder does."""
    first: dict[int, int] = {}
    for uid in uids:
        first.setdefault(parts.root(uid), uid)
    return list(first.values())


@dataclass(slots=True)
class _Part:
    """Entries that are one so far, and what a join depends on."""

    first: Member
    uids: list[int]
    codes: set[str] = field(default_factory=set)
    ranks: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, member: Member) -> _Part:
        return cls(first=member, uids=[member.uid], codes={member.code} - {""}, ranks={member.rank})

    def take(self, other: _Part) -> None:
        self.first = min(self.first, other.first, key=lambda member: (member.rank, member.name))
        self.uids += other.uids
        self.codes |= other.codes
        self.ranks |= other.ranks


class _Parts:
    """Disjoint sets that know the codes and the sources they hold."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._parent = {member.uid: member.uid for member in members}
        self._parts = {member.uid: _Part.of(member) for member in members}

    def root(self, uid: int) -> int:
        while self._parent[uid] != uid:
            self._parent[uid] = uid = self._parent[self._parent[uid]]
        return uid

    def first(self, uid: int) -> Member:
        return self._parts[self.root(uid)].first

    def join(self, member: Member, other: int) -> str:
        """Join two parts for ``member``'s sake; the reason when that is refused."""
        left, right = self.root(member.uid), self.root(other)
        if left == right:
            return ""
        why = _refusal(self._parts[left], self._parts[right], member.rank)
        if not why:
            if len(self._parts[left].uids) < len(self._parts[right].uids):
                left, right = right, left
            self._parts[left].take(self._parts.pop(right))
            self._parent[right] = left
        return why

    def labels(self) -> dict[int, int]:
        named = ((min(part.uids), part.uids) for part in self._parts.values())
        return {uid: name for name, uids in named for uid in uids}


def _refusal(left: _Part, right: _Part, rank: int) -> str:
    codes = left.codes | right.codes
    if len(codes) > 1:
        return "two infoCodes: " + ", ".join(sorted(codes))
    if any(shared < rank for shared in left.ranks & right.ranks):
        return "both hold an entry of one earlier source"
    return ""
