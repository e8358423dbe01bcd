"""Entries with their keys, categories and words: what each source said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from coranto.model import Entry, Words
from coranto.store.database import Database, Value
from coranto.store.rows import COLUMNS, STANDS, Row, State, columns_of, pack_pending, row_of, unpack_pending
from coranto.store.values import pack, stamp, unpack

__all__ = ["STANDS", "Entries", "Row", "State"]

# Older than the oldest story in the window of every category it stands under, and of all.
_UNSEEN = """published < (SELECT oldest FROM shown WHERE category = '') AND NOT EXISTS (SELECT 1 FROM filed
JOIN shown ON shown.category = filed.category WHERE filed.story = entry.story AND filed.published >= oldest)"""


class Entries:
    """Entries by row, by name and by what tells them apart."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # -- reading

    def get(self, uid: int) -> Row | None:
        """The entry with this row."""
        rows = self._select("entry.uid = :uid", uid=uid)
        return rows[0] if rows else None

    def named(self, source: int, name: str) -> Row | None:
        """The entry of this name in its source."""
        rows = self._select("entry.source = :source AND entry.name = :name", source=source, name=name)
        return rows[0] if rows else None

    def has_none_of(self, source: int) -> bool:
        """Whether nothing was ever taken from a source."""
        return not self._db.rows("SELECT 1 FROM entry WHERE source = :source LIMIT 1", source=source)

    def like(self, source: int, *, own_id: str, url: str, title_key: str) -> list[Row]:
        """Entries of a source that share an id, an address or a title with an item: who it may be (IDENTITY A.5)."""
        found: dict[int, Row] = {}
        for clause, value in (("own_id", own_id), ("url", url), ("title_key", title_key)):
            if value:
                where = f"entry.source = :source AND {clause} = :value"
                found |= {row.uid: row for row in self._select(where, source=source, value=value)}
        return list(found.values())

    def of_story(self, story: int) -> list[Row]:
        """The entries of a story."""
        return self._select("story = :story", story=story)

    def of_source(self, source: int) -> list[Row]:
        """Every entry of a source."""
        return self._select("entry.source = :source", source=source)

    def with_own_id(self, own_id: str) -> list[Row]:
        """Entries of any source with this id of their own."""
        return self._select("own_id = :own_id", own_id=own_id)

    def with_key(self, key: str) -> list[Row]:
        """Entries that hold a key, withdrawn ones included."""
        return self._select("entry.uid IN (SELECT entry FROM ekey WHERE key = :key)", key=key)

    def due(self, now: datetime) -> list[Row]:
        """Entries whose own date has come."""
        return self._select("state = 'waiting' AND published <= :now", now=stamp(now))

    def with_pending(self, before: datetime) -> list[tuple[Row, Entry, Words]]:
        """Entries whose newer text has waited long enough: (row, what it said, its words) (R18)."""
        rows = self._select("pending IS NOT NULL AND accepted_at <= :before", before=stamp(before))
        return [(row, *self._pending(row)) for row in rows]

    def held(self, source: int) -> list[int]:
        """The entries of a source that are held back (R16), newest first."""
        rows = self._db.rows(
            "SELECT uid FROM entry WHERE source = :source AND state = 'held' ORDER BY uid DESC", source=source
        )
        return [uid for (uid,) in rows]

    def newest_held(self, source: int) -> frozenset[int]:
        """Of a source's entries that are held back, the newest of each title."""
        rows = self._db.rows(
            """SELECT max(uid) FROM entry WHERE source = :source AND state = 'held'
            GROUP BY title_key, CASE title_key WHEN '' THEN uid END""",
            source=source,
        )
        return frozenset(uid for (uid,) in rows)

    def has_pending(self) -> bool:
        """Whether any newer text waits."""
        return bool(self._db.rows("SELECT 1 FROM entry WHERE pending IS NOT NULL LIMIT 1"))

    def keys(self, uid: int) -> tuple[str, ...]:
        """The keys of an entry, dead ones included."""
        return tuple(key for (key,) in self._db.rows("SELECT key FROM ekey WHERE entry = :uid", uid=uid))

    def standing_of_keys(self, uid: int) -> dict[str, int]:
        """The keys of an entry: 0 joins, 1 dead, 2 its entry is withdrawn."""
        return dict(self._db.rows("SELECT key, standing FROM ekey WHERE entry = :uid ORDER BY key", uid=uid))

    def words(self, uid: int) -> Words | None:
        """The words of an entry, if they are stored."""
        rows = self._db.rows("SELECT body FROM words WHERE entry = :uid", uid=uid)
        return unpack(rows[0][0]) if rows else None

    def everywhere(self) -> Iterable[int]:
        """Every entry's row."""
        return (row[0] for row in self._db.rows("SELECT uid FROM entry ORDER BY uid"))

    def _pending(self, row: Row) -> tuple[Entry, Words]:
        body = self._db.rows("SELECT pending FROM entry WHERE uid = :uid", uid=row.uid)[0][0]
        return unpack_pending(row.entry, body)

    def _select(self, where: str, **values: str | int | None) -> list[Row]:
        query = f"SELECT {COLUMNS} FROM entry JOIN source ON source.id = entry.source WHERE {where} ORDER BY entry.uid"
        return [row_of(columns) for columns in self._db.rows(query, **values)]

    # -- writing

    def put(self, row: Row) -> int:
        """Store what an entry says now; its uid.  Its story is settled later."""
        with self._db.transaction():
            uid = row.uid or self._insert(row)
            if row.uid:
                self._update(row)
            self._put_keys(uid, row)
            self._put_categories(uid, row)
            self.touch(uid)
        return uid

    def touch(self, uid: int) -> None:
        """Note that the story of an entry must be settled again."""
        self._db.run("INSERT INTO touched (entry) VALUES (:uid) ON CONFLICT DO NOTHING", uid=uid)

    def touch_all(self) -> None:
        """Let all stories be settled again: the order of sources or a rule of identity changed."""
        with self._db.transaction():
            self._db.run("INSERT INTO touched (entry) SELECT uid FROM entry WHERE true ON CONFLICT DO NOTHING")
            self._db.run(
                "INSERT INTO touched_key (key) SELECT DISTINCT key FROM ekey WHERE true ON CONFLICT DO NOTHING"
            )

    def set_state(self, uid: int, state: State) -> None:
        """Withdraw an entry, let it wait, or bring it back; its story is settled later."""
        with self._db.transaction():
            self._db.run("UPDATE entry SET state = :state WHERE uid = :uid", uid=uid, state=state)
            self._db.run(
                """UPDATE ekey SET standing = CASE WHEN :stands = 1 AND EXISTS (SELECT 1 FROM source
                WHERE source.id = ekey.source AND rank IS NOT NULL) THEN 0 ELSE 2 END WHERE entry = :uid""",
                uid=uid,
                stands=int(state in STANDS),
            )
            self._db.run(
                "INSERT INTO touched_key (key) SELECT key FROM ekey WHERE entry = :uid ON CONFLICT DO NOTHING", uid=uid
            )
            self.touch(uid)

    def restand(self) -> None:
        """Sources came, went or changed places: let every key stand as its entry does, and settle all."""
        with self._db.transaction():
            self._db.run(
                """UPDATE ekey SET standing = CASE WHEN EXISTS (SELECT 1 FROM entry JOIN source ON source.id = entry.source
                WHERE entry.uid = ekey.entry AND state IN ('live', 'purged') AND rank IS NOT NULL) THEN 0 ELSE 2 END"""
            )
            self.touch_all()

    def move(self, uid: int, source: int, name: str) -> None:
        """A post's file stands elsewhere now: the entry stays the same."""
        self._db.run(
            "UPDATE entry SET source = :source, name = :name WHERE uid = :uid", uid=uid, source=source, name=name
        )
        self._db.run("UPDATE ekey SET source = :source WHERE entry = :uid", uid=uid, source=source)
        self.touch(uid)

    def keep_words(self, uid: int, words: Words) -> None:
        """Store the words of an entry."""
        self._db.run(
            "INSERT INTO words (entry, body) VALUES (:uid, :body) ON CONFLICT (entry) DO UPDATE SET body = excluded.body",
            uid=uid,
            body=pack(words),
        )

    def forget_words(self, uid: int) -> None:
        """Drop the words of an entry."""
        self._db.run("DELETE FROM words WHERE entry = :uid", uid=uid)

    def purge(self, before: datetime) -> None:
        """Let old entries that no window shows lose their words (IDENTITY 6); a post can give its own again."""
        self._db.run(
            f"""DELETE FROM words WHERE entry IN (SELECT entry.uid FROM entry JOIN source ON source.id = entry.source
            WHERE kind = 'posts' AND first_seen < :before AND {_UNSEEN} AND NOT EXISTS (SELECT 1 FROM file
            WHERE file.source = entry.source AND file.path = entry.name AND error <> ''))""",
            before=stamp(before),
        )
        rows = self._db.rows(
            f"""SELECT entry.uid FROM entry JOIN source ON source.id = entry.source
            WHERE kind = 'feed' AND state = 'live' AND first_seen < :before AND {_UNSEEN}""",
            before=stamp(before),
        )
        for (uid,) in rows:
            self.set_state(uid, "purged")
            self.forget_words(uid)

    def forget_held(self, source: int, *, most: int) -> None:
        """Delete the oldest of a source's entries that are held back, so that at most so many stay."""
        uids: list[dict[str, Value]] = [{"uid": uid} for uid in self.held(source)[most:]]
        for table, column in (("entry", "uid"), ("words", "entry"), ("ekey", "entry"), ("entry_category", "entry")):
            self._db.many(f"DELETE FROM {table} WHERE {column} = :uid", uids)
        self._db.many("DELETE FROM touched WHERE entry = :uid", uids)

    def keep_pending(self, uid: int, entry: Entry, words: Words) -> None:
        """Keep a newer text until it may be shown (R18)."""
        body = pack_pending(entry, words)
        self._db.run("UPDATE entry SET pending = :body WHERE uid = :uid", uid=uid, body=body)

    def drop_pending(self, uid: int) -> None:
        """Forget a waiting text."""
        self._db.run("UPDATE entry SET pending = NULL WHERE uid = :uid", uid=uid)

    def _insert(self, row: Row) -> int:
        columns = columns_of(row)
        names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        return int(self._db.rows(f"INSERT INTO entry ({names}) VALUES ({marks}) RETURNING uid", **columns)[0][0])

    def _update(self, row: Row) -> None:
        columns = columns_of(row)
        changes = ", ".join(f"{name} = :{name}" for name in columns)
        self._db.run(f"UPDATE entry SET {changes} WHERE uid = :uid", uid=row.uid, **columns)

    def _put_keys(self, uid: int, row: Row) -> None:
        before = self.keys(uid) if row.uid else ()
        standing = 0 if row.state in STANDS and self._in_settings(row.source) else 2
        gone: list[dict[str, Value]] = [{"key": key, "entry": uid} for key in before if key not in row.keys]
        self._db.many("DELETE FROM ekey WHERE key = :key AND entry = :entry", gone)
        self._db.many(
            # A key that is dead for its source stays so, whoever comes: a hub is never walked again for that.
            """INSERT INTO ekey (key, entry, source, standing) VALUES (:key, :entry, :source,
            CASE WHEN :standing = 0 AND EXISTS (SELECT 1 FROM ekey AS held WHERE held.key = :key
              AND held.source = :source AND held.standing = 1) THEN 1 ELSE :standing END)
            ON CONFLICT (key, entry) DO UPDATE SET standing = excluded.standing""",
            [{"key": key, "entry": uid, "source": row.source, "standing": standing} for key in row.keys],
        )
        self._db.many(
            "INSERT INTO touched_key (key) VALUES (:key) ON CONFLICT DO NOTHING",
            [{"key": key} for key in {*before, *row.keys}],
        )

    def _in_settings(self, source: int) -> bool:
        return bool(self._db.rows("SELECT 1 FROM source WHERE id = :id AND rank IS NOT NULL", id=source))

    def _put_categories(self, uid: int, row: Row) -> None:
        if row.uid:
            self._db.run("DELETE FROM entry_category WHERE entry = :uid", uid=uid)
        self._db.many(
            "INSERT INTO entry_category (category, entry, name) VALUES (:category, :entry, :name) ON CONFLICT DO NOTHING",
            [{"category": key, "entry": uid, "name": name} for key, name in row.categories],
        )
