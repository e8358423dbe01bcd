"""Stories: which entries are one, who wins, under which categories they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from coranto.dedup.membership import Conflict, Member
from coranto.store.database import Database, Value
from coranto.store.values import moment, stamp

_MEMBER = """SELECT entry.uid, source.rank, entry.name, source.kind, code, title_key, instant FROM entry
JOIN source ON source.id = entry.source WHERE state IN ('live', 'purged') AND rank IS NOT NULL AND entry.uid = :uid"""


_PLACE = "id, winner, published, sort_id, fresh, doubtful"


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How one source uses a key: what decides whether it is dead there."""

    key: str
    source: int
    kind: str
    codes: int
    articles: int
    titles: int
    instants: int
    dead: bool  # as stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a story stands: its id, its winner, its date, what breaks ties of date, whether it was looked at.

    ``doubtful``: its entries say things that speak against their being one (E5).
    """

    story: int
    winner: int
    published: datetime
    sort_id: str
    fresh: bool = False
    doubtful: bool = False


class Stories:
    """Stories by id, by category, and what has to be settled."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # -- what changed

    def touched(self) -> bool:
        """Whether anything has to be settled."""
        return bool(self._db.rows("SELECT 1 FROM touched LIMIT 1"))

    def touched_entries(self) -> list[int]:
        """The entries whose stories must be settled."""
        return [uid for (uid,) in self._db.rows("SELECT entry FROM touched ORDER BY entry")]

    def settled(self) -> None:
        """All that was touched is settled."""
        self._db.run("DELETE FROM touched")
        self._db.run("DELETE FROM touched_key")

    def shared_keys(self) -> list[KeyUse]:
        """The touched keys that a source uses more than once, or that are dead and may revive."""
        return [
            KeyUse(*row)
            for row in self._db.rows(
                """SELECT ekey.key, ekey.source, source.kind, COUNT(DISTINCT NULLIF(code, '')),
                COUNT(DISTINCT title_key || ' ' || instant), COUNT(DISTINCT title_key), COUNT(DISTINCT instant), MIN(standing) = 1
                FROM touched_key JOIN ekey ON ekey.key = touched_key.key AND standing < 2
                JOIN entry ON entry.uid = ekey.entry JOIN source ON source.id = ekey.source
                GROUP BY ekey.key, ekey.source, source.kind HAVING COUNT(*) > 1 OR MAX(standing) = 1"""
            )
        ]

    def set_dead(self, key: str, source: int, *, dead: bool) -> None:
        """Make a key dead or alive in a source, and touch every entry that holds it there."""
        self._db.run(
            "UPDATE ekey SET standing = :dead WHERE key = :key AND source = :source AND standing < 2",
            key=key,
            source=source,
            dead=int(dead),
        )
        self._db.run(
            """INSERT INTO touched (entry) SELECT entry FROM ekey WHERE key = :key AND source = :source
            ON CONFLICT DO NOTHING""",
            key=key,
            source=source,
        )

    def touch_sharers(self) -> None:
        """Touch every entry that holds a touched key: who lost a key leaves traces with those who still hold it."""
        self._db.run(
            """INSERT INTO touched (entry) SELECT ekey.entry FROM touched_key JOIN ekey ON ekey.key = touched_key.key
            WHERE standing = 0 ON CONFLICT DO NOTHING"""
        )

    def settle_the_lone(self) -> list[int]:
        """Give every touched entry that shares no key with another, and never did, a story of its own."""
        rows = self._db.rows(
            """UPDATE entry SET story = uid WHERE uid IN (SELECT entry FROM touched) AND state IN ('live', 'purged')
            AND (SELECT rank FROM source WHERE source.id = entry.source) IS NOT NULL
            AND (story IS NULL OR story = uid)
            AND NOT EXISTS (SELECT 1 FROM entry AS other WHERE other.story = entry.uid AND other.uid <> entry.uid)
            AND NOT EXISTS (SELECT 1 FROM ekey JOIN ekey AS held ON held.key = ekey.key AND held.entry <> ekey.entry
              AND held.standing = 0 WHERE ekey.entry = entry.uid AND ekey.standing = 0) RETURNING uid"""
        )
        lone = [{"entry": uid} for (uid,) in rows]
        self._db.many("DELETE FROM conflict WHERE entry = :entry", lone)
        self._db.many("DELETE FROM touched WHERE entry = :entry", lone)
        return [one["entry"] for one in lone]

    # -- components

    def story_of(self, uid: int) -> int | None:
        """The story an entry was last settled in."""
        rows = self._db.rows("SELECT story FROM entry WHERE uid = :uid", uid=uid)
        return rows[0][0] if rows else None

    def entries_of(self, story: int) -> list[int]:
        """The entries last settled in a story."""
        return [uid for (uid,) in self._db.rows("SELECT uid FROM entry WHERE story = :story", story=story)]

    def neighbours(self, uid: int, walked: set[str] | None = None) -> list[int]:
        """The entries that share a joining key with this one.

        Args:
            uid: of the entry.
            walked: keys that lead nowhere new; those that were walked now are added, so that all entries of a
                component cost as much as its keys have holders, not the square of it.
        """
        walked = set() if walked is None else walked
        keys = {key for (key,) in self._db.rows("SELECT key FROM ekey WHERE entry = :uid AND standing = 0", uid=uid)}
        found: dict[int, None] = {}
        for key in sorted(keys - walked):
            held = self._db.rows("SELECT entry FROM ekey WHERE key = :key AND standing = 0 ORDER BY entry", key=key)
            found |= {other: None for (other,) in held if other != uid}
        walked |= keys
        return list(found)

    def member(self, uid: int) -> Member | None:
        """What membership needs of an entry; None when it counts nothing now."""
        rows = self._db.rows(_MEMBER, uid=uid)
        if not rows:
            return None
        uid, rank, name, kind, code, title, instant = rows[0]
        keys = self._db.rows("SELECT key FROM ekey WHERE entry = :uid AND standing = 0 ORDER BY key", uid=uid)
        return Member(
            uid=uid,
            rank=rank,
            name=name,
            kind=kind,
            code=code,
            title=title,
            instant=instant,
            keys=tuple(k for (k,) in keys),
        )

    def has_rivals(self, story: int, *, key: str = "", own_id: str = "") -> bool:
        """Whether an entry outside a story stands that holds a key, or bears an id; the first one is enough."""
        holds = (
            "ekey JOIN entry ON entry.uid = ekey.entry WHERE ekey.key = :key" if key else "entry WHERE own_id = :own_id"
        )
        sql = f"SELECT 1 FROM {holds} AND (story IS NULL OR story <> :story) AND state IN ('live', 'purged') LIMIT 1"
        return bool(self._db.rows(sql, story=story, **({"key": key} if key else {"own_id": own_id})))

    def label(self, uid: int, story: int | None) -> None:
        """Put an entry into a story, or into none."""
        self._db.run("UPDATE entry SET story = :story WHERE uid = :uid", uid=uid, story=story)

    def keep_conflicts(self, uids: Iterable[int], conflicts: Sequence[Conflict]) -> None:
        """Replace what is known of refused joins of these entries."""
        self._db.many("DELETE FROM conflict WHERE entry = :entry", ({"entry": uid} for uid in uids))
        self._db.many(
            "INSERT INTO conflict (entry, key, other, why) VALUES (:entry, :key, :other, :why) ON CONFLICT DO NOTHING",
            ({"entry": c.uid, "key": c.key, "other": c.other, "why": c.why} for c in conflicts),
        )

    # -- places

    def place(self, story: int) -> Place | None:
        """Where a story stands."""
        rows = self._db.rows(f"SELECT {_PLACE} FROM story WHERE id = :story", story=story)
        return _place(rows[0]) if rows else None

    def keep_place(self, place: Place, categories: Iterable[str]) -> None:
        """File a story under categories, and mark those it stood or stands under as dirty."""
        values: dict[str, Value] = {
            "story": place.story,
            "published": stamp(place.published),
            "sort_id": place.sort_id,
        }
        self._dirty(place.story)
        self._db.run("DELETE FROM filed WHERE story = :story", story=place.story)
        self._db.run(
            """INSERT INTO story (id, winner, published, sort_id, fresh, doubtful)
            VALUES (:story, :winner, :published, :sort_id, :fresh, :doubtful)
            ON CONFLICT (id) DO UPDATE SET winner = excluded.winner, published = excluded.published,
            sort_id = excluded.sort_id, fresh = excluded.fresh, doubtful = excluded.doubtful""",
            winner=place.winner,
            fresh=int(place.fresh),
            doubtful=int(place.doubtful),
            **values,
        )
        self._db.many(
            "INSERT INTO filed (category, story, published, sort_id) VALUES (:category, :story, :published, :sort_id)",
            ({"category": category, **values} for category in sorted(categories)),
        )
        self._dirty(place.story)

    def drop(self, story: int) -> None:
        """A story that has no entries left leaves every feed."""
        self._dirty(story)
        self._db.run("DELETE FROM filed WHERE story = :story", story=story)
        self._db.run("DELETE FROM story WHERE id = :story", story=story)

    def _dirty(self, story: int) -> None:
        self._db.run(
            "INSERT INTO dirty (category) SELECT category FROM filed WHERE story = :story ON CONFLICT DO NOTHING",
            story=story,
        )
        self._db.run(
            "INSERT INTO dirty (category) SELECT '' FROM story WHERE id = :story ON CONFLICT DO NOTHING", story=story
        )

    def mark_fresh(self, story: int, sort_id: str) -> None:
        """A story's words were compared with what went out; it now goes by this id."""
        self._db.run("UPDATE story SET fresh = 1, sort_id = :sort_id WHERE id = :story", story=story, sort_id=sort_id)
        self._db.run(
            "UPDATE filed SET sort_id = :sort_id WHERE story = :story AND sort_id <> :sort_id",
            story=story,
            sort_id=sort_id,
        )

    def newest(self, category: str, limit: int) -> list[Place]:
        """The newest stories of a category ('' for all), newest first."""
        if not category:
            sql = f"SELECT {_PLACE} FROM story ORDER BY published DESC, sort_id LIMIT :limit"
            return [_place(row) for row in self._db.rows(sql, limit=limit)]
        sql = """SELECT story.id, winner, filed.published, filed.sort_id, fresh, doubtful FROM filed JOIN story ON story.id = filed.story
        WHERE category = :category ORDER BY filed.published DESC, filed.sort_id LIMIT :limit"""
        return [_place(row) for row in self._db.rows(sql, category=category, limit=limit)]

    def count(self, category: str = "") -> int:
        """How many stories a category has ('' for all)."""
        if not category:
            return int(self._db.rows("SELECT COUNT(*) FROM story")[0][0])
        return int(self._db.rows("SELECT COUNT(*) FROM filed WHERE category = :category", category=category)[0][0])

    def categories_of(self, story: int) -> list[str]:
        """The keys of the categories a story stands under."""
        sql = "SELECT category FROM filed WHERE story = :story ORDER BY category"
        return [key for (key,) in self._db.rows(sql, story=story)]

    def filed_by_entries(self, story: int) -> list[str]:
        """The categories that the live entries of a story name."""
        sql = """SELECT DISTINCT category FROM entry JOIN entry_category ON entry_category.entry = entry.uid
            WHERE story = :story AND state = 'live' ORDER BY category"""
        return [key for (key,) in self._db.rows(sql, story=story)]

    # -- figures

    def merged(self) -> int:
        """How many entries share a story with a better one."""
        return int(self._db.rows("SELECT COUNT(*) - COUNT(DISTINCT story) FROM entry WHERE story IS NOT NULL")[0][0])

    def doubtful(self) -> int:
        """How many stories are merged from entries that may not be one (E5)."""
        return int(self._db.rows("SELECT COUNT(*) FROM story WHERE doubtful = 1")[0][0])

    def newest_doubtful(self, most: int) -> list[int]:
        """Those stories, the newest first."""
        sql = "SELECT id FROM story WHERE doubtful = 1 ORDER BY published DESC, id LIMIT :most"
        return [story for (story,) in self._db.rows(sql, most=most)]

    def conflicts(self) -> list[Conflict]:
        """Every refused join."""
        rows = self._db.rows("SELECT entry, key, other, why FROM conflict ORDER BY entry, key, other")
        return [Conflict(uid=uid, key=key, other=other, why=why) for uid, key, other, why in rows]


def _place(row: tuple[int, int, int, str, int, int]) -> Place:
    story, winner, published, sort_id, fresh, doubtful = row
    return Place(
        story=story,
        winner=winner,
        published=moment(published),
        sort_id=sort_id,
        fresh=bool(fresh),
        doubtful=bool(doubtful),
    )
