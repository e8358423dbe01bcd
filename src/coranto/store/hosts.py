"""Hosts: when each may be asked again, over restarts and for every process (POLITENESS P7, P10, P19)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from coranto.store.database import Database
from coranto.store.values import moment, stamp

if TYPE_CHECKING:
    from coranto.client.book import HostRow


class Hosts:
    """The client's book of hosts (``coranto.client.HostBook``): only rows that still hold somebody up."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def waiting(self, now: datetime) -> dict[str, HostRow]:
        """The rows of all that may not be asked yet at ``now``, by name."""
        from coranto.client.book import HostRow

        rows = self._db.rows(
            """SELECT name, asked, next_allowed, held_until, why FROM host
            WHERE next_allowed > :now OR held_until > :now ORDER BY name""",
            now=stamp(now),
        )
        return {
            row[0]: HostRow(asked=moment(row[1]), next_allowed=moment(row[2]), held_until=moment(row[3]), why=row[4])
            for row in rows
        }

    def keep(self, name: str, row: HostRow) -> None:
        """Remember ``row`` in place of what was known.

        The instants are whole seconds already, or are cut to them.
        """
        self._db.run(
            """INSERT INTO host (name, asked, next_allowed, held_until, why)
            VALUES (:name, :asked, :next_allowed, :held_until, :why)
            ON CONFLICT (name) DO UPDATE SET asked = excluded.asked, next_allowed = excluded.next_allowed,
            held_until = excluded.held_until, why = excluded.why""",
            name=name,
            asked=stamp(row.asked),
            next_allowed=stamp(row.next_allowed),
            held_until=stamp(row.held_until),
            why=row.why,
        )

    def forget(self, now: datetime) -> None:
        """Let go of the rows that hold nobody up any more at ``now``."""
        self._db.run(
            """DELETE FROM host WHERE coalesce(next_allowed, 0) <= :now AND coalesce(held_until, 0) <= :now""",
            now=stamp(now),
        )
