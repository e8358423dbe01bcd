"""The only place with SQL: what sources said, which entries are one story, what went out.

The SQL text is one for every backend; a backend is a ``Database`` (see ``database.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from coranto.store.alerts import Alerts
from coranto.store.database import DamagedError, Database, StoreError
from coranto.store.days import Days
from coranto.store.entries import Entries
from coranto.store.files import Files
from coranto.store.history import History
from coranto.store.hosts import Hosts
from coranto.store.outputs import Outputs
from coranto.store.pings import Pings
from coranto.store.sources import Sources
from coranto.store.stories import Stories

__all__ = ["DamagedError", "Store", "StoreError", "doubted", "looking_into", "open_store", "read_store", "set_aside"]


@dataclass(frozen=True, slots=True)
class Store:
    """One store, by subject."""

    database: Database
    sources: Sources
    files: Files
    entries: Entries
    stories: Stories
    history: History
    outputs: Outputs
    hosts: Hosts
    pings: Pings
    days: Days
    alerts: Alerts

    @classmethod
    def over(cls, database: Database) -> Store:
        """The store that lives in ``database``."""
        return cls(
            database,
            Sources(database),
            Files(database),
            Entries(database),
            Stories(database),
            History(database),
            Outputs(database),
            Hosts(database),
            Pings(database),
            Days(database),
            Alerts(database),
        )

    def close(self) -> None:
        """Give the database back."""
        self.database.close()


def open_store(place: str) -> Store:
    """Open the store at ``place``, made and migrated as needed.

    Args:
        place: a path, or an address such as ``postgresql://…``.

    Raises:
        StoreError: it cannot be opened, or was written by a newer Coranto.
    """
    if "://" in place:
        raise StoreError(f"{place.split(':', 1)[0]} stores are not supported by this version; name a file in `store:`")
    from coranto.store.sqlite import Sqlite

    return Store.over(Sqlite.open(Path(place)))


def read_store(place: str) -> Store | None:
    """Open the store at ``place`` only to look into it; None when there is none yet.

    Nothing is made, migrated or moved, no lock is taken, and every question is answered as of one moment.

    Raises:
        StoreError: it cannot be read, or was written by another version of Coranto.
    """
    if "://" in place:
        return open_store(place)
    from coranto.store.sqlite import Sqlite

    return Store.over(Sqlite.read(Path(place))) if Path(place).exists() else None


@contextmanager
def looking_into(place: str) -> Iterator[Store | None]:
    """The store as `read_store` opens it, for the time of the block.

    Raises:
        StoreError: as there; DamagedError if something in the block failed, and the store is damaged.
    """
    store = read_store(place)
    if store is None:
        yield None
        return
    with closing(store), doubted(store):
        yield store


@contextmanager
def doubted(store: Store) -> Iterator[None]:
    """A block in which a mistake may not be ours, but the store's.

    Raises:
        DamagedError: something in the block failed otherwise, and the store is damaged.
    """
    try:
        yield
    except StoreError:
        raise
    except Exception:
        store.database.verify()
        raise


def set_aside(place: str) -> str:
    """Move a damaged store out of the way, and tell where to; the next build makes another from feeds/ (R9)."""
    from coranto.store import sqlite

    return sqlite.set_aside(Path(place))
