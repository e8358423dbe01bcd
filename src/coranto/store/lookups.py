"""Questions that only a person asks of the store: for `check`, `status` and `explain`.  Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from coranto.dedup.membership import Conflict
from coranto.store.database import Database
from coranto.store.values import stamp


@dataclass(frozen=True, slots=True)
class Crowd:
    """A category ('' for all stories) and how many stories it has."""

    category: str
    stories: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of two entries that were not joined: its row, its source, its name there, its title and address."""

    uid: int
    source: str  # key
    name: str  # for a post its path below the folder
    title: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A join that was refused, and why."""

    one: Side
    other: Side
    key: str
    why: str


class Lookups:
    """Read-only queries over any database of the store."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def entries_by_source(self) -> dict[int, int]:
        """How many entries each source has, without those that are withdrawn or held back."""
        return dict(
            self._db.rows("SELECT source, COUNT(*) FROM entry WHERE state NOT IN ('withdrawn', 'held') GROUP BY source")
        )

    def held_by_source(self) -> dict[int, int]:
        """How many entries are held back, of each source that has any (R16)."""
        return dict(self._db.rows("SELECT source, COUNT(*) FROM entry WHERE state = 'held' GROUP BY source"))

    def said(self, *, code: str = "", url: str = "", own_id: str = "") -> list[int]:
        """The entries with this infoCode, this canonical address or this id of their own, whatever counts of them."""
        rows = self._db.rows(
            """SELECT uid FROM entry WHERE (:code <> '' AND code = :code) OR (:url <> '' AND url = :url)
            OR (:own_id <> '' AND own_id = :own_id) ORDER BY uid""",
            code=code,
            url=url,
            own_id=own_id,
        )
        return [uid for (uid,) in rows]

    def carriers(self, public_id: str) -> list[int]:
        """The entries whose words have been out under an id."""
        rows = self._db.rows("SELECT entry FROM carried WHERE public_id = :id ORDER BY entry", id=public_id)
        return [uid for (uid,) in rows]

    def filed(self, uid: int) -> list[str]:
        """The categories of an entry, as written."""
        rows = self._db.rows("SELECT name FROM entry_category WHERE entry = :uid ORDER BY category", uid=uid)
        return [name for (name,) in rows]

    def public_ids(self) -> Iterator[str]:
        """Every id that ever went out."""
        return (public_id for (public_id,) in self._db.stream("SELECT public_id FROM public ORDER BY public_id"))

    def conflicts_of(self, uid: int) -> list[Conflict]:
        """The refused joins that an entry has part in."""
        rows = self._db.rows(
            "SELECT entry, key, other, why FROM conflict WHERE entry = :uid OR other = :uid ORDER BY entry, key, other",
            uid=uid,
        )
        return [Conflict(uid=row[0], key=row[1], other=row[2], why=row[3]) for row in rows]

    def conflicts(self) -> int:
        """How many joins were refused."""
        return int(self._db.rows("SELECT COUNT(*) FROM conflict")[0][0])

    def newest_conflicts(self, most: int) -> list[Dispute]:
        """The refused joins that the ``most`` newest entries brought, the newest first, and where both sides stand."""
        rows = self._db.rows(
            """SELECT one.uid, one_source.key, one.name, one.title, one.link,
              two.uid, two_source.key, two.name, two.title, two.link, conflict.key, why FROM conflict
            JOIN entry AS one ON one.uid = conflict.entry JOIN source AS one_source ON one_source.id = one.source
            JOIN entry AS two ON two.uid = conflict.other JOIN source AS two_source ON two_source.id = two.source
            ORDER BY CASE WHEN entry > other THEN entry ELSE other END DESC, entry, conflict.key, other LIMIT :most""",
            most=most,
        )
        return [Dispute(one=Side(*row[:5]), other=Side(*row[5:10]), key=row[10], why=row[11]) for row in rows]

    def crowded(self, limit: int) -> list[Crowd]:
        """The categories with more than ``limit`` stories."""
        rows = self._db.rows(
            """SELECT '', COUNT(*) FROM story HAVING COUNT(*) > :limit
            UNION ALL SELECT category, COUNT(*) FROM filed GROUP BY category HAVING COUNT(*) > :limit ORDER BY 1""",
            limit=limit,
        )
        return [Crowd(category, stories) for category, stories in rows]

    def since(self, category: str, start: datetime) -> int:
        """How many stories of a category ('' for all) are dated at ``start`` or later."""
        if not category:
            sql = "SELECT COUNT(*) FROM story WHERE published >= :start"
            return int(self._db.rows(sql, start=stamp(start))[0][0])
        sql = "SELECT COUNT(*) FROM filed WHERE category = :category AND published >= :start"
        return int(self._db.rows(sql, category=category, start=stamp(start))[0][0])
