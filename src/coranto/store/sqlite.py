"""SQLite behind the store's contract."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from coranto.store.database import DamagedError, Row, StoreError, Value
from coranto.store.schema import MIGRATIONS

_PRAGMAS = (
    "synchronous = NORMAL",  # WAL: a power cut loses the last transactions, never the file
    "busy_timeout = 30000",
    "journal_mode = WAL",
    "foreign_keys = OFF",
    "cache_size = -32000",  # KiB
    "temp_store = MEMORY",
)


class Sqlite:
    """One connection to one file."""

    def __init__(self, connection: sqlite3.Connection, aside: str = "") -> None:
        self._connection = connection
        self.aside = aside

    @classmethod
    def open(cls, path: Path) -> Sqlite:
        """Open ``path``; a file that is no readable store is moved aside and a new one begun (R9).

        One that was not closed, as after a power cut, is looked through first.

        Raises:
            StoreError: the folder cannot be written, or a newer Coranto wrote the file.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return cls(_ready(path))
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the second if the schema itself is no text
            if isinstance(error, sqlite3.OperationalError):
                raise StoreError(f"{path}: {error}; check that the folder is there and can be written") from error
            _refuse_text(path)
            aside = set_aside(path)
            return cls(_ready(path), aside)
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror or error}; check that the folder can be written") from error

    @classmethod
    def read(cls, path: Path) -> Sqlite:
        """Open the absolute ``path`` for reading only, as of one moment.

        Raises:
            StoreError: it cannot be read, or another version of Coranto wrote it.
        """
        try:
            # Not mode=ro: that would leave SQLite's -wal and -shm behind, this takes them away again.
            return cls(_readable(path, "mode=rw"))
        except sqlite3.OperationalError:
            try:  # in a folder that may not be written there is no place for them
                return cls(_readable(path, "immutable=1"))
            except sqlite3.Error as error:
                raise StoreError(f"{path}: cannot be read ({error})") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise StoreError(f"{path}: is no store ({error}); the next build begins a new one") from error

    def rows(self, sql: str, /, **values: Value) -> list[Row]:
        """All rows of a query."""
        with _EXPLAINED:
            return self._connection.execute(sql, values).fetchall()

    def stream(self, sql: str, /, **values: Value) -> Iterator[Row]:
        """The rows of a query one by one."""
        with _EXPLAINED:
            yield from self._connection.execute(sql, values)

    def verify(self) -> None:
        """See `coranto.store.database.Database.verify`; about a second for 300 MB."""
        with _EXPLAINED:
            _look_through(self._connection)

    def wait_at_most(self, seconds: float) -> None:
        """How long to wait for another writer; while SQLite waits, no signal is heard."""
        self._connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def run(self, sql: str, /, **values: Value) -> int:
        """Run a statement; how many rows it changed."""
        with _EXPLAINED:
            return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, rows: Iterable[Mapping[str, Value]], /) -> None:
        """Run a statement once for each row."""
        if isinstance(rows, list) and not rows:
            return
        with _EXPLAINED:
            self._connection.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or nothing; it waits for another writer."""
        if self._connection.in_transaction:
            yield
            return
        with _EXPLAINED:
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise
        with _EXPLAINED:
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class _Explained:
    """A full disk or a lost one ends the run with a sentence, not with a traceback.  One object serves all calls."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.OperationalError) and not _DAMAGE.match(str(error)):
            raise StoreError(
                f"the store: {error}; what was published stays, and the next run goes on from here"
            ) from error
        # "malformed", "not a database"; other subclasses are our own mistakes
        if type(error) in (sqlite3.DatabaseError, sqlite3.OperationalError, UnicodeDecodeError):
            raise DamagedError(f"the store is damaged ({error}); the next build makes it again") from error


_DAMAGE = re.compile("could not decode|no such (?:table|column|index)|table [a-z_]+ has no column", re.IGNORECASE)
_EXPLAINED = _Explained()

# A damaged page may hang together and say nonsense: text where a number should be.
_MISTYPED = """
SELECT owner.name, group_concat(printf('typeof("%s") NOT IN (%Q, ''null'')', part.name, lower(part.type)), ' OR ')
FROM sqlite_schema AS owner JOIN pragma_table_info(owner.name) AS part
WHERE owner.type = 'table' AND part.type IN ('INTEGER', 'TEXT') GROUP BY owner.name
"""


def copy(path: Path, to: Path) -> Path:
    """A copy of a store, to try things on; an empty one if there is none yet."""
    if path.exists():
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(to)) as target,
        ):
            source.backup(target)
    return to


def _ready(path: Path) -> sqlite3.Connection:
    was_closed = not _size(path.with_name(f"{path.name}-wal"))
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
    try:
        _refuse_foreign(connection, path)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if not was_closed:
            _look_through(connection)
        _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _look_through(connection: sqlite3.Connection) -> None:
    """Raise what SQLite itself would raise, had it come across the damage; also for a value of a wrong kind."""
    ((found,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
    if found != "ok":
        raise sqlite3.DatabaseError(" ".join(found.split()))
    for table, mistyped in connection.execute(_MISTYPED).fetchall():
        if connection.execute(f'SELECT 1 FROM "{table}" WHERE {mistyped} LIMIT 1').fetchone():
            raise sqlite3.DatabaseError(f"a value in {table} is of another kind than its column")


def _readable(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")  # what a build writes meanwhile is not seen
        _same_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _same_version(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < len(MIGRATIONS):
        raise StoreError(f'{path}: written by an older Coranto; run "coranto build" first')
    if version > len(MIGRATIONS):
        raise StoreError(f"{path}: written by a newer Coranto (version {version}); update")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection, path) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")  # of two that open at once, the second finds the work done
    version = _version(connection, path)
    if not version and _tables(connection):
        raise sqlite3.DatabaseError("its version is lost")
    for script in MIGRATIONS[version:]:
        for statement in _statements(script):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """Leave the database of another program as it is, to the byte."""
    tables = _tables(connection)
    if tables and not {"story", "ekey", "public"} & tables:
        raise StoreError(f"{path}: is the database of another program; name another file in `store:`")


def _refuse_text(path: Path) -> None:
    """A file that somebody wrote is no store that was damaged, but one that settings name by mistake."""
    try:
        with path.open("rb") as opened:
            beginning = opened.read(4096).decode()
    except (OSError, UnicodeDecodeError):
        return
    if beginning and "\0" not in beginning:
        raise StoreError(f"{path}: is a text and no store; name another file in `store:`")


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{path}: written by a newer Coranto (version {version}); update, or name another file in `store:`"
        )
    return version


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: as a whole it would not run inside a transaction of ours."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def set_aside(path: Path) -> str:
    """Move an unreadable store out of the way, and tell where to; nothing of it is deleted."""
    aside = path.with_name(f"{path.name}.unreadable-{int(time.time())}")
    with suppress(FileNotFoundError):  # somebody took it away
        path.rename(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return str(aside)
