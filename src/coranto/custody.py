"""The store in one build's hands: locked against every other, or a copy to try things on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from coranto.lock import held
from coranto.store import Store, doubted, open_store


@contextmanager
def in_custody(place: str, *, dry_run: bool) -> Iterator[Store]:
    """Open the store at ``place`` for the time of the block.

    Args:
        place: as settings name it.
        dry_run: open a copy that nobody else sees; what is done to it is gone afterwards.

    Raises:
        BusyError: another process has it.
        StoreError: it cannot be opened.
        DamagedError: something in the block failed, and the store is damaged.
    """
    with (
        _copied(place) if dry_run else held(Path(place).parent / "lock") as copy,
        closing(open_store(copy or place)) as store,
        doubted(store),
    ):
        yield store


@contextmanager
def _copied(place: str) -> Iterator[str]:
    from coranto.store.sqlite import copy

    with tempfile.TemporaryDirectory() as folder:
        yield str(copy(Path(place), Path(folder) / "store.sqlite3"))
