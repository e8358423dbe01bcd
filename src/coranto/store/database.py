"""What the store asks of a database, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]
Value = str | int | bytes | None


class StoreError(Exception):
    """The store cannot be used: one sentence for a person, with what to do."""


class DamagedError(StoreError):
    """What is stored cannot be read any more: it is to be set aside, and made again from what is published (R9)."""


class Legible:
    """What cannot be made out of stored bytes is damage, not a mistake of ours.  One object serves all calls."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (ValueError, TypeError, KeyError, AttributeError, OverflowError)):
            raise DamagedError(f"the store is damaged (a row cannot be read: {error})") from error


LEGIBLE = Legible()


class Database(Protocol):
    """SQL with ``:name`` parameters over one connection.

    Attributes:
        aside: where the store that was there lies now, if it was damaged when this one was opened; else ''.
    """

    aside: str

    def rows(self, sql: str, /, **values: Value) -> list[Row]:
        """All rows of a query."""

    def stream(self, sql: str, /, **values: Value) -> Iterator[Row]:
        """The rows of a query one by one: memory stays small."""

    def run(self, sql: str, /, **values: Value) -> int:
        """Run a statement; how many rows it changed."""

    def many(self, sql: str, rows: Iterable[Mapping[str, Value]], /) -> None:
        """Run a statement once for each row."""

    def transaction(self) -> AbstractContextManager[None]:
        """All of the block or nothing; a block inside a block is part of the outer one.

        Only one writer at a time: the lock is taken at the start (IDENTITY 21).
        """

    def verify(self) -> None:
        """Look through all that is stored.

        Raises:
            DamagedError: it does not hang together any more.
        """

    def wait_at_most(self, seconds: float) -> None:
        """How long to wait for another writer before that is an error."""

    def close(self) -> None:
        """Give the connection back."""
