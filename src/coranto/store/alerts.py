"""Alerts: every change of a source's state, for the operators' feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coranto.store.database import Database
from coranto.store.values import moment, stamp

_MOST = 10_000  # that are kept: a thousand sources that come and go every hour fill no disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A source is in another state than it was.

    Attributes:
        id: its number, never given twice.
        source: the row of the source.
        key: the source's key.
        kind: posts or feed.
        at: when that was seen; whole seconds.
        before: the state until then; '' for none.
        health: the state since.
        why: what is wrong and what to do; '' when nothing is.
    """

    id: int = 0
    source: int
    key: str = ""
    kind: str = ""
    at: datetime
    before: str
    health: str
    why: str = ""


class Alerts:
    """One row a change."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, alert: Alert) -> None:
        """Note a change.

        Its number is the next one; the first is that of the second in which it is noted, so that a store that was lost
        and begun anew numbers none of its alerts like one that readers have seen.
        """
        self._db.run(
            """INSERT INTO alert (id, source, at, before, health, why)
            VALUES (COALESCE((SELECT MAX(id) FROM alert), :at) + 1, :source, :at, :before, :health, :why)""",
            source=alert.source,
            at=stamp(alert.at),
            before=alert.before,
            health=alert.health,
            why=alert.why,
        )

    def newest(self, most: int) -> list[Alert]:
        """The ``most`` newest, the newest first; of every source that ever was."""
        return self._read("ORDER BY alert.id DESC LIMIT :most", most=most)

    def last(self, kind: str) -> dict[int, Alert]:
        """The newest alert of every source of a kind that has one, by the source's row."""
        found = self._read(
            """WHERE alert.id IN (SELECT MAX(alert.id) FROM alert JOIN source ON source.id = alert.source
            WHERE kind = :kind GROUP BY source)""",
            kind=kind,
        )
        return {alert.source: alert for alert in found}

    def forget(self, before: datetime, most: int = _MOST) -> None:
        """Let go of those that are older, and of more than about ``most``; the newest of each source says how it is."""
        self._db.run(
            """DELETE FROM alert WHERE (at < :before OR id <= (SELECT MAX(id) FROM alert) - :most)
            AND id NOT IN (SELECT MAX(id) FROM alert GROUP BY source)""",
            before=stamp(before),
            most=most,
        )

    def _read(self, which: str, **values: str | int) -> list[Alert]:
        rows = self._db.rows(
            f"""SELECT alert.id, source, key, kind, at, before, health, why FROM alert
            JOIN source ON source.id = alert.source {which}""",
            **values,
        )
        return [
            Alert(
                id=row[0],
                source=row[1],
                key=row[2],
                kind=row[3],
                at=moment(row[4]),
                before=row[5],
                health=row[6],
                why=row[7],
            )
            for row in rows
        ]
