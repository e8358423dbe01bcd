"""Sources: which there are, their place in settings, and the state of subscriptions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coranto.model import Source
from coranto.store.database import Database
from coranto.store.values import moment, stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What the store remembers of a subscription between two polls (POLITENESS: one row)."""

    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    due: datetime | None = None
    last_poll: datetime | None = None
    last_good: datetime | None = None
    status: int = 0
    errors: int = 0
    error: str = ""
    gone: bool = False
    moved_to: str = ""
    ttl: int = 0
    max_age: int = -1
    skip_hours: frozenset[int] = frozenset()  # GMT
    skip_days: frozenset[int] = frozenset()


class Sources:
    """Sources by key."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def arrange(self, sources: Sequence[Source]) -> bool:
        """Make the store's sources those of settings, in this order; whether anything changed.

        A source that is gone from settings keeps its rows, without a rank: it may come back.
        """
        before = self._db.rows("SELECT key, rank FROM source WHERE rank IS NOT NULL ORDER BY rank")
        after = [(source.key, rank) for rank, source in enumerate(sources)]
        if before == after:
            return False
        with self._db.transaction():
            self._db.run("UPDATE source SET rank = NULL")
            for rank, source in enumerate(sources):
                self._db.run(
                    """INSERT INTO source (key, kind, rank, feed_url) VALUES (:key, :kind, :rank, :feed_url)
                    ON CONFLICT (key) DO UPDATE SET rank = excluded.rank""",
                    key=source.key,
                    kind=source.kind,
                    rank=rank,
                    feed_url=source.feed_url,
                )
        return True

    def ids(self) -> dict[str, int]:
        """The row of every source that stands in settings, by key."""
        return dict(self._db.rows("SELECT key, id FROM source WHERE rank IS NOT NULL"))

    def ranks(self) -> dict[int, int]:
        """The place in settings of every source that stands there, by row."""
        return dict(self._db.rows("SELECT id, rank FROM source WHERE rank IS NOT NULL"))

    def gone(self) -> list[int]:
        """Sources that no longer stand in settings but still have entries that count."""
        return [
            row[0]
            for row in self._db.rows(
                """SELECT id FROM source WHERE rank IS NULL
                AND EXISTS (SELECT 1 FROM entry WHERE source = source.id AND state <> 'withdrawn')"""
            )
        ]

    def all(self) -> dict[int, Source]:
        """Every source ever known, by row."""
        return {
            row[0]: Source(key=row[1], kind=row[2], id=row[3], title=row[4], link=row[5], feed_url=row[6])
            for row in self._db.rows("SELECT id, key, kind, atom_id, title, link, feed_url FROM source")
        }

    def describe(self, source: int, said: Source) -> bool:
        """Note what a feed says of itself; whether that is new (its stories show it)."""
        return bool(
            self._db.run(
                """UPDATE source SET atom_id = :id, title = :title, link = :link, feed_url = :feed_url WHERE id = :source
                AND (atom_id <> :id OR title <> :title OR link <> :link OR feed_url <> :feed_url)""",
                source=source,
                id=said.id,
                title=said.title,
                link=said.link,
                feed_url=said.feed_url,
            )
        )

    def subscription(self, source: int) -> Subscription:
        """The state of a subscription; an empty one before the first poll."""
        rows = self._db.rows(
            """SELECT etag, last_modified, body_sha256, due, last_poll, last_good, status, errors, error, gone, moved_to,
            ttl, max_age, skip_hours, skip_days FROM subscription WHERE source = :source""",
            source=source,
        )
        if not rows:
            return Subscription()
        row = rows[0]
        return Subscription(
            etag=row[0],
            last_modified=row[1],
            body_sha256=row[2],
            due=moment(row[3]),
            last_poll=moment(row[4]),
            last_good=moment(row[5]),
            status=row[6],
            errors=row[7],
            error=row[8],
            gone=bool(row[9]),
            moved_to=row[10],
            ttl=row[11],
            max_age=row[12],
            skip_hours=frozenset(json.loads(row[13])),
            skip_days=frozenset(json.loads(row[14])),
        )

    def keep_subscription(self, source: int, state: Subscription) -> None:
        """Store the state of a subscription after a poll."""
        self._db.run(
            """INSERT INTO subscription (source, etag, last_modified, body_sha256, due, last_poll, last_good, status,
            errors, error, gone, moved_to, ttl, max_age, skip_hours, skip_days)
            VALUES (:source, :etag, :last_modified, :body_sha256, :due, :last_poll, :last_good, :status,
            :errors, :error, :gone, :moved_to, :ttl, :max_age, :skip_hours, :skip_days)
            ON CONFLICT (source) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
            body_sha256 = excluded.body_sha256, due = excluded.due, last_poll = excluded.last_poll,
            last_good = excluded.last_good, status = excluded.status, errors = excluded.errors, error = excluded.error,
            gone = excluded.gone, moved_to = excluded.moved_to, ttl = excluded.ttl, max_age = excluded.max_age,
            skip_hours = excluded.skip_hours, skip_days = excluded.skip_days""",
            source=source,
            etag=state.etag,
            last_modified=state.last_modified,
            body_sha256=state.body_sha256,
            due=stamp(state.due),
            last_poll=stamp(state.last_poll),
            last_good=stamp(state.last_good),
            status=state.status,
            errors=state.errors,
            error=state.error,
            gone=int(state.gone),
            moved_to=state.moved_to,
            ttl=state.ttl,
            max_age=state.max_age,
            skip_hours=json.dumps(sorted(state.skip_hours)),
            skip_days=json.dumps(sorted(state.skip_days)),
        )

    def forget_bodies(self) -> None:
        """Let every subscription be parsed again at its next 200: the rules of reading changed."""
        self._db.run("UPDATE subscription SET body_sha256 = ''")
