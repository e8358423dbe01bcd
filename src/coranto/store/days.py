"""Days: how often each source was visited, how often in vain, and how many new entries it gave.  Days are those of UTC."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from coranto.store.database import Database

_FIRST = date(1970, 1, 1)
_FORGOTTEN = 0  # the source and the day of the row that holds the sums of all days that were let go


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What happened to a source, or to all of them, on a day; or in all, if that is the sum of days."""

    visits: int = 0
    failures: int = 0  # of the visits
    entries: int = 0  # new ones

    def __add__(self, other: Day) -> Day:
        return Day(
            visits=self.visits + other.visits,
            failures=self.failures + other.failures,
            entries=self.entries + other.entries,
        )


class Days:
    """One row a source and day on which anything happened."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def note(self, source: int, now: datetime, day: Day) -> None:
        """Add ``day`` to what happened to a source on the day of ``now``; nothing is written if it is empty."""
        if day == Day():
            return
        self._db.run(
            """INSERT INTO source_day (source, day, visits, failures, entries)
            VALUES (:source, :day, :visits, :failures, :entries)
            ON CONFLICT (source, day) DO UPDATE SET visits = source_day.visits + excluded.visits,
            failures = source_day.failures + excluded.failures, entries = source_day.entries + excluded.entries""",
            source=source,
            day=_number(now),
            visits=day.visits,
            failures=day.failures,
            entries=day.entries,
        )

    def since(self, start: datetime) -> dict[int, dict[date, Day]]:
        """What happened to every source from the day of ``start`` on; sources and days without anything are left out."""
        rows = self._db.rows(
            "SELECT source, day, visits, failures, entries FROM source_day WHERE day >= :start AND day > :forgotten",
            start=_number(start),
            forgotten=_FORGOTTEN,
        )
        found: dict[int, dict[date, Day]] = defaultdict(dict)
        for source, number, visits, failures, entries in rows:
            found[source][_FIRST + timedelta(days=number)] = Day(visits=visits, failures=failures, entries=entries)
        return dict(found)

    def total(self) -> Day:
        """What ever happened to all sources, the days that were let go included: it never becomes less."""
        rows = self._db.rows(
            "SELECT COALESCE(SUM(visits), 0), COALESCE(SUM(failures), 0), COALESCE(SUM(entries), 0) FROM source_day"
        )
        return Day(visits=rows[0][0], failures=rows[0][1], entries=rows[0][2])

    def forget(self, before: datetime) -> None:
        """Let go of the days before that of ``before``; only their sum stays."""
        with self._db.transaction():
            self._db.run(
                """INSERT INTO source_day (source, day, visits, failures, entries)
                SELECT :forgotten, :forgotten, SUM(visits), SUM(failures), SUM(entries) FROM source_day
                WHERE day > :forgotten AND day < :before HAVING COUNT(*) > 0
                ON CONFLICT (source, day) DO UPDATE SET visits = source_day.visits + excluded.visits,
                failures = source_day.failures + excluded.failures, entries = source_day.entries + excluded.entries""",
                forgotten=_FORGOTTEN,
                before=_number(before),
            )
            self._db.run(
                "DELETE FROM source_day WHERE day > :forgotten AND day < :before",
                forgotten=_FORGOTTEN,
                before=_number(before),
            )


def _number(moment: datetime) -> int:
    """The day of a moment, counted from 1970; the first of them is kept for sums."""
    return max((moment.astimezone(UTC).date() - _FIRST).days, _FORGOTTEN + 1)
