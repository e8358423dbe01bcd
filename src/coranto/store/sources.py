"""Sources: which there are, their place in settings, the state of subscriptions and their habits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, cast

from coranto.model import Source
from coranto.store.database import LEGIBLE, Database, Value
from coranto.store.values import moment, stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What the store remembers of a subscription between two polls (POLITENESS: one row).

    Attributes:
        etag: byte for byte, as is ``last_modified``.
        body_sha256: of the last accepted body.
        due: when it is to be polled again.
        reason: what decided ``due``, as `coranto.schedule.reason` names it.
        last_poll: the last visit, good or not.
        last_good: the last good answer.
        last_new: when it last had an entry that we did not know.
        status: of the last answer; 0: none, or a file.
        errors: failed visits in a row.
        error: why the last visit failed; empty when it did not.
        failing_since: the first of those ``errors``.
        gone: it said 410 (P14).
        moved_to: the address that is polled instead of the configured one (P16).
        moving_to: where the polled address sends us for good, until that is believed.
        moved_since: when the last of these two was first seen.
        moved_polls: good answers that named ``moving_to``, in a row.
        ttl: seconds that the feed states; 0: unstated.
        max_age: seconds that the last good answer, or the one before it, stated; -1: unstated.
        rhythm: seconds that its own habits ask for (P12).
        skip_hours: hours in which it does not want to be asked, GMT.
        skip_days: days, Monday is 0.
        health: how it is, as `coranto.doctor` names it; empty: not visited since this is noted.
        health_since: since when it is so.
        health_why: why, with what to do.
        milliseconds: that its answers take, a mean; 0: unknown.
        listed: entries in its last document.
        overruns: polls in a row at which it listed nothing but new entries.
        shape: how its document changed lately; empty: it did not.
        shape_at: when it did last.
        held: entries of its last document are held back (R16).
    """

    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    due: datetime | None = None
    reason: str = ""
    last_poll: datetime | None = None
    last_good: datetime | None = None
    last_new: datetime | None = None
    status: int = 0
    errors: int = 0
    error: str = ""
    failing_since: datetime | None = None
    gone: bool = False
    moved_to: str = ""
    moving_to: str = ""
    moved_since: datetime | None = None
    moved_polls: int = 0
    ttl: int = 0
    max_age: int = -1
    rhythm: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    health: str = ""
    health_since: datetime | None = None
    health_why: str = ""
    milliseconds: int = 0
    listed: int = 0
    overruns: int = 0
    shape: str = ""
    shape_at: datetime | None = None
    held: bool = False

    @property
    def notice(self) -> str:
        """What the operator should know of a move, as one line; mostly empty."""
        since = f" since {self.moved_since:%Y-%m-%d}" if self.moved_since else ""
        if self.moving_to:
            return f"answers from {self.moving_to}{since}; if that lasts, it will be polled there"
        if self.moved_to:
            return f"has moved: {self.moved_to} is polled{since}; write it in settings.yaml"
        return ""


_FIELDS = tuple(field.name for field in fields(Subscription))
_MOMENTS = {"due", "last_poll", "last_good", "last_new", "failing_since", "moved_since", "health_since", "shape_at"}
_FLAGS = {"gone", "held"}
_SETS = {"skip_hours", "skip_days"}
_COLUMNS = ", ".join(_FIELDS)
_VALUES = ", ".join(f":{name}" for name in _FIELDS)
_AGAIN = ", ".join(f"{name} = excluded.{name}" for name in _FIELDS)


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

    def id(self, key: str) -> int:
        """The row of one source that stands in settings.

        Raises:
            KeyError: there is none.
        """
        rows = self._db.rows("SELECT id FROM source WHERE key = :key AND rank IS NOT NULL", key=key)
        if not rows:
            raise KeyError(key)
        return int(rows[0][0])

    def ranks(self) -> dict[int, int]:
        """The place in settings of every source that stands there, by row."""
        return dict(self._db.rows("SELECT id, rank FROM source WHERE rank IS NOT NULL"))

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
        rows = self._db.rows(f"SELECT {_COLUMNS} FROM subscription WHERE source = :source", source=source)
        if not rows:
            return Subscription()
        return Subscription(**{name: _read(name, value) for name, value in zip(_FIELDS, rows[0], strict=True)})

    def subscriptions(self) -> dict[int, Subscription]:
        """The state of every subscription of settings that was ever visited, by row; in one query."""
        rows = self._db.rows(
            f"""SELECT subscription.source, {_COLUMNS} FROM subscription
            JOIN source ON source.id = subscription.source WHERE rank IS NOT NULL"""
        )
        return {
            row[0]: Subscription(**{name: _read(name, value) for name, value in zip(_FIELDS, row[1:], strict=True)})
            for row in rows
        }

    def candidates(self, now: datetime, *, farthest: timedelta) -> dict[str, Subscription]:
        """The subscriptions of settings that may be due, by key, with what decides whether they are.

        Those are whose time has come, that have none, and that look as if the clock had been set, or ``every`` in
        settings: a poll in the future, a due time more than ``farthest`` away, a wait of over a day for ``every``.
        """
        rows = self._db.rows(
            """SELECT key, due, last_poll, COALESCE(gone, 0), COALESCE(reason, '') FROM source
            LEFT JOIN subscription ON subscription.source = source.id
            WHERE kind = 'feed' AND rank IS NOT NULL
            AND (due IS NULL OR due <= :now OR last_poll > :now OR due > :farthest
              OR (reason = 'every' AND last_poll <= :yesterday))""",
            now=stamp(now),
            yesterday=stamp(now - timedelta(days=1)),
            farthest=stamp(now + farthest),
        )
        return {
            row[0]: Subscription(due=moment(row[1]), last_poll=moment(row[2]), gone=bool(row[3]), reason=row[4])
            for row in rows
        }

    def next_due(self) -> datetime | None:
        """When the first subscription of settings is due; None: never."""
        rows = self._db.rows(
            """SELECT MIN(due) FROM source JOIN subscription ON subscription.source = source.id
            WHERE rank IS NOT NULL AND gone = 0"""
        )
        return moment(rows[0][0])

    def keep_subscription(self, source: int, state: Subscription) -> None:
        """Store the state of a subscription after a poll."""
        self._keep(source, state)

    def postpone(self, source: int, due: datetime, reason: str) -> None:
        """Put off the next poll of a subscription; nothing else of it changes."""
        with self._db.transaction():
            self._keep(source, replace(self.subscription(source), due=due, reason=reason))

    def release(self, source: int) -> None:
        """Let a subscription go that was held (R16)."""
        self._db.run("UPDATE subscription SET held = 0 WHERE source = :source", source=source)

    def _keep(self, source: int, state: Subscription) -> None:
        self._db.run(
            f"""INSERT INTO subscription (source, {_COLUMNS}) VALUES (:source, {_VALUES})
            ON CONFLICT (source) DO UPDATE SET {_AGAIN}""",
            source=source,
            **{name: _stored(getattr(state, name)) for name in _FIELDS},
        )

    def forget_bodies(self) -> None:
        """Let every subscription be parsed again at its next 200: the rules of reading changed."""
        self._db.run("UPDATE subscription SET body_sha256 = ''")

    # -- habits (P12)

    def newest_entry(self) -> int:
        """The row of the newest entry of any source; 0 if there is none."""
        return int(self._db.rows("SELECT COALESCE(MAX(uid), 0) FROM entry")[0][0])

    def dates_since(self, source: int, entry: int) -> list[datetime]:
        """The dates of the entries that a source got after ``entry`` was the newest of all; what is held is no news."""
        rows = self._db.rows(
            "SELECT published FROM entry WHERE uid > :entry AND source = :source AND state <> 'held'",
            entry=entry,
            source=source,
        )
        return [moment(row[0]) for row in rows]

    def note_arrivals(self, source: int, moments: Iterable[datetime], *, apart: int) -> None:
        """Remember when a source had something new; of ``apart`` seconds only that there was something."""
        stamps = {stamp(moment) // apart * apart for moment in moments}
        self._db.many(
            "INSERT INTO arrival (source, at) VALUES (:source, :at) ON CONFLICT DO NOTHING",
            [{"source": source, "at": at} for at in sorted(stamps)],
        )

    def forget_arrivals(self, source: int, *, before: datetime, after: datetime) -> None:
        """Forget what is too old to tell a habit, but for the newest, and what a wrong clock noted in the future."""
        self._db.run("DELETE FROM arrival WHERE source = :source AND at > :after", source=source, after=stamp(after))
        self._db.run(
            """DELETE FROM arrival WHERE source = :source AND at < :before
            AND at < (SELECT MAX(at) FROM arrival WHERE source = :source)""",
            source=source,
            before=stamp(before),
        )

    def arrivals(self, source: int) -> list[datetime]:
        """When a source had something new, oldest first."""
        rows = self._db.rows("SELECT at FROM arrival WHERE source = :source ORDER BY at", source=source)
        return [moment(row[0]) for row in rows]


def _stored(value: object) -> Value:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, frozenset):
        return json.dumps(sorted(value))
    return int(value) if isinstance(value, bool) else cast("Value", value)


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - a column of any type
    with LEGIBLE:
        if name in _MOMENTS:
            return moment(value)
        if name in _SETS:
            return frozenset(json.loads(value))
        return bool(value) if name in _FLAGS else value
