"""What is remembered of hosts over restarts and between processes (POLITENESS P7, P10, P19).  Light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRow:
    """When a host may be asked again.  All instants are aware.

    Attributes:
        asked: when this was noted: a row from the future shows that the clock was set back.
        next_allowed: the end of the pause after the last request; None: no request was made under this name.
        held_until: the end of what Retry-After asked for; None: nothing did.
        why: what held it, such as "429 Too Many Requests"; nothing secret.
    """

    asked: datetime
    next_allowed: datetime | None = None
    held_until: datetime | None = None
    why: str = ""


class HostBook(Protocol):
    """Keeps host rows.  A name is a registrable domain, host:port, or (for a hold of one address) a URL.

    Only ever called from the thread that made the book.
    """

    def waiting(self, now: datetime) -> Mapping[str, HostRow]:
        """The rows of all that may not be asked yet at ``now``."""

    def keep(self, name: str, row: HostRow) -> None:
        """Remember ``row`` in place of what was known."""

    def forget(self, now: datetime) -> None:
        """Let go of the rows that hold nobody up any more at ``now``."""


class MemoryBook:
    """A book for one process."""

    def __init__(self) -> None:
        self.rows: dict[str, HostRow] = {}

    def waiting(self, now: datetime) -> Mapping[str, HostRow]:
        """See :class:`HostBook`."""
        return {name: row for name, row in self.rows.items() if is_waiting(row, now)}

    def keep(self, name: str, row: HostRow) -> None:
        """See :class:`HostBook`."""
        self.rows[name] = row

    def forget(self, now: datetime) -> None:
        """See :class:`HostBook`."""
        self.rows = dict(self.waiting(now))


def is_waiting(row: HostRow, now: datetime) -> bool:
    """Whether the row forbids a request at ``now``."""
    return any(moment is not None and moment > now for moment in (row.next_allowed, row.held_until))
