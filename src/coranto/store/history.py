"""What went out: public ids for ever, the entry whose words are out under each, and what was read back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coranto.model import Public
from coranto.store.database import Database
from coranto.store.values import moment, stamp

_COLUMNS = "public.public_id, public.entry, leads, first_out, public.updated, digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A story read back from a feed of ours, as that feed held it."""

    id: str
    url: str  # canonical
    title_key: str
    body: bytes  # as written by writers.jsonfeed


class History:
    """Ids that went out."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._is_empty: bool | None = None  # not known yet; only `keep` fills it, and nobody else writes meanwhile

    def _nothing_went_out(self) -> bool:
        """Whether there is no record at all, as in a first build: then thousands of questions have one answer."""
        if self._is_empty is None:
            self._is_empty = not self._db.rows("SELECT 1 FROM public LIMIT 1")
        return self._is_empty

    def get(self, public_id: str) -> Public | None:
        """The record of an id."""
        if self._nothing_went_out():
            return None
        rows = self._db.rows(f"SELECT {_COLUMNS} FROM public WHERE public_id = :id", id=public_id)
        return _public(rows[0]) if rows else None

    def anchored(self, entries: Sequence[int]) -> list[Public]:
        """The ids whose words are those of one of these entries."""
        if self._nothing_went_out():
            return []
        return self._each(f"SELECT {_COLUMNS} FROM public WHERE public.entry = :entry", entries)

    def orphans(self, entries: Sequence[int]) -> list[Public]:
        """Ids that one of these entries carried once, or shares a key with, and that no live story has.

        So an id outlives its entry: a post that moved to another folder, a better copy that was taken back.
        """
        if self._nothing_went_out():
            return []
        carried = f"""SELECT {_COLUMNS} FROM carried JOIN public ON public.public_id = carried.public_id
        JOIN entry ON entry.uid = public.entry WHERE carried.entry = :entry AND entry.story IS NULL"""
        shared = f"""SELECT {_COLUMNS} FROM ekey JOIN public ON public.entry = ekey.entry
        JOIN entry ON entry.uid = public.entry
        WHERE ekey.key = :key AND ekey.standing = 2 AND entry.story IS NULL"""
        keys = dict.fromkeys(
            key
            for entry in entries
            for (key,) in self._db.rows("SELECT key FROM ekey WHERE entry = :entry AND standing = 0", entry=entry)
        )
        found = {row[0]: _public(row) for key in keys for row in self._db.rows(shared, key=key)}
        return self._each(carried, entries) + list(found.values())

    def keep(self, public: Public) -> None:
        """Store what goes out under an id, and who carries it."""
        self._is_empty = False
        self._db.run(
            """INSERT INTO public (public_id, entry, leads, first_out, updated, digest)
            VALUES (:id, :entry, :leads, :first_out, :updated, :digest)
            ON CONFLICT (public_id) DO UPDATE SET entry = excluded.entry, leads = excluded.leads,
            updated = excluded.updated, digest = excluded.digest""",
            id=public.id,
            entry=public.entry,
            leads=int(public.leads),
            first_out=stamp(public.first_out),
            updated=stamp(public.updated),
            digest=public.digest,
        )
        self._db.run(
            "INSERT INTO carried (public_id, entry) VALUES (:id, :entry) ON CONFLICT DO NOTHING",
            id=public.id,
            entry=public.entry,
        )

    def echoed(self, entry: int) -> list[str]:
        """The ids under which this entry's words went out and that another entry bears as its own (IDENTITY 18)."""
        rows = self._db.rows(
            """SELECT public_id FROM public WHERE entry = :entry AND EXISTS (SELECT 1 FROM entry AS other
            WHERE other.own_id = public.public_id AND other.uid <> public.entry) ORDER BY public_id""",
            entry=entry,
        )
        return [public_id for (public_id,) in rows]

    # -- read back after the store was lost

    def recover(self, stories: Iterable[Recovered]) -> None:
        """Keep stories that stand in feeds/ until an entry claims them."""
        self._db.many(
            """INSERT INTO recovered (public_id, url, title_key, body) VALUES (:id, :url, :title_key, :body)
            ON CONFLICT DO NOTHING""",
            ({"id": one.id, "url": one.url, "title_key": one.title_key, "body": one.body} for one in stories),
        )

    def recovered(self) -> list[Recovered]:
        """The stories that nobody claimed yet."""
        rows = self._db.rows("SELECT public_id, url, title_key, body FROM recovered ORDER BY public_id")
        return [Recovered(id=row[0], url=row[1], title_key=row[2], body=row[3]) for row in rows]

    def claimed(self, public_id: str) -> None:
        """A recovered story has an entry again."""
        self._db.run("DELETE FROM recovered WHERE public_id = :id", id=public_id)

    def _each(self, sql: str, entries: Sequence[int]) -> list[Public]:
        found = {row[0]: _public(row) for entry in entries for row in self._db.rows(sql, entry=entry)}
        return list(found.values())


def _public(row: tuple[str, int, int, int, int, str]) -> Public:
    return Public(
        id=row[0],
        entry=row[1],
        leads=bool(row[2]),
        first_out=moment(row[3]),
        updated=moment(row[4]),
        digest=row[5],
    )
