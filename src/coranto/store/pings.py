"""What the hub is to be told: addresses of feed documents that changed, until it knows (WebSub 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from coranto.store.database import Database
from coranto.store.values import moment, stamp

_AT_ONCE = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A document that changed and that the hub was not told of yet.

    Attributes:
        topic: its address, as its self link names it.
        due: when to tell the hub; whole seconds.
        attempts: how often that was begun.
        error: why the last attempt failed; '' when none did, and while one is under way.
    """

    topic: str
    due: datetime = _AT_ONCE
    attempts: int = 0
    error: str = ""


class Pings:
    """One row a topic, however often it changes while it waits."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, topics: Iterable[str]) -> None:
        """These documents changed just now: the hub is to be told at once.

        One that the hub did not take waits on: its turn comes.  One that it is told of in this moment, or was when the
        program ended, is told again: nobody knows which bytes the hub will see.
        """
        self._db.many(
            """INSERT INTO ping (topic, due, attempts, error) VALUES (:topic, 0, 0, '')
            ON CONFLICT (topic) DO UPDATE SET due = 0, attempts = 0 WHERE ping.error = ''""",
            ({"topic": topic} for topic in topics),
        )

    def due(self, now: datetime, *, farthest: timedelta) -> list[Ping]:
        """What the hub is to be told at ``now``, the longest due first.

        What is due later than ``farthest`` from now was noted while the clock was wrong, so it is due as well.
        """
        rows = self._db.rows(
            "SELECT topic, due, attempts, error FROM ping WHERE due <= :now OR due > :farthest ORDER BY due, topic",
            now=stamp(now),
            farthest=stamp(now + farthest),
        )
        return [Ping(topic=row[0], due=moment(row[1]), attempts=row[2], error=row[3]) for row in rows]

    def keep(self, pings: Iterable[Ping]) -> None:
        """Remember how it went with each; one that was forgotten meanwhile stays so."""
        self._db.many(
            "UPDATE ping SET due = :due, attempts = :attempts, error = :error WHERE topic = :topic",
            (
                {"topic": one.topic, "due": stamp(one.due), "attempts": one.attempts, "error": one.error}
                for one in pings
            ),
        )

    def done(self, topics: Iterable[str]) -> None:
        """The hub was told; a document that changed since that was begun is still to be told."""
        self._db.many("DELETE FROM ping WHERE topic = :topic AND attempts > 0", ({"topic": topic} for topic in topics))

    def forget(self, topics: Iterable[str]) -> None:
        """Let these go, untold."""
        self._db.many("DELETE FROM ping WHERE topic = :topic", ({"topic": topic} for topic in topics))

    def forget_all(self) -> None:
        """Let all go, untold: there is no hub any more, or another one."""
        self._db.run("DELETE FROM ping")

    def count(self) -> int:
        """How many wait."""
        return int(self._db.rows("SELECT COUNT(*) FROM ping")[0][0])

    def last_error(self) -> str:
        """Why the last attempt failed, if something waits because of it; else ''."""
        rows = self._db.rows("SELECT error FROM ping WHERE error <> '' ORDER BY due DESC, topic LIMIT 1")
        return str(rows[0][0]) if rows else ""
