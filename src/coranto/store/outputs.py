"""What we wrote into feeds/, what must be looked at again, and facts of the store itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from coranto.store.database import Database
from coranto.store.values import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A file of ours, as it was when it was written."""

    path: str  # below feeds/, with /
    folder: str  # the category's folder; '' for the lists
    sha256: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What the store knows about the name of a category."""

    key: str
    folder: str
    title: str


class Outputs:
    """Files, categories and marks."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # -- files

    def all(self) -> list[Output]:
        """Every file of ours, by path."""
        rows = self._db.rows("SELECT path, folder, sha256, size, mtime_ns FROM output ORDER BY path")
        return [Output(path=row[0], folder=row[1], sha256=row[2], size=row[3], mtime_ns=row[4]) for row in rows]

    def count(self) -> int:
        """How many files of ours there are."""
        return int(self._db.rows("SELECT COUNT(*) FROM output")[0][0])

    def of(self, folder: str) -> dict[str, Output]:
        """The files of a folder, by path."""
        rows = self._db.rows(
            "SELECT path, folder, sha256, size, mtime_ns FROM output WHERE folder = :folder ORDER BY path",
            folder=folder,
        )
        return {row[0]: Output(path=row[0], folder=row[1], sha256=row[2], size=row[3], mtime_ns=row[4]) for row in rows}

    def folders(self) -> list[str]:
        """The folders in which we have files."""
        return [
            row[0] for row in self._db.rows("SELECT DISTINCT folder FROM output WHERE folder <> '' ORDER BY folder")
        ]

    def keep(self, outputs: Iterable[Output]) -> None:
        """Remember files as they were written."""
        self._db.many(
            """INSERT INTO output (path, folder, sha256, size, mtime_ns) VALUES (:path, :folder, :sha256, :size, :mtime_ns)
            ON CONFLICT (path) DO UPDATE SET folder = excluded.folder, sha256 = excluded.sha256, size = excluded.size,
            mtime_ns = excluded.mtime_ns""",
            (
                {
                    "path": one.path,
                    "folder": one.folder,
                    "sha256": one.sha256,
                    "size": one.size,
                    "mtime_ns": one.mtime_ns,
                }
                for one in outputs
            ),
        )

    def forget_all(self) -> None:
        """Nothing is known of the files: the output stands elsewhere now."""
        self._db.run("DELETE FROM output")

    def forget(self, path: str) -> None:
        """A file of ours was removed."""
        self._db.run("DELETE FROM output WHERE path = :path", path=path)

    # -- marks

    def dirty(self) -> list[str]:
        """The keys of the categories whose files must be looked at; '' for all."""
        return [key for (key,) in self._db.rows("SELECT category FROM dirty ORDER BY category")]

    def mark(self, categories: Iterable[str]) -> None:
        """Let the files of these categories be looked at."""
        self._db.many(
            "INSERT INTO dirty (category) VALUES (:category) ON CONFLICT DO NOTHING",
            ({"category": category} for category in categories),
        )

    def mark_all(self) -> None:
        """Let every file be looked at."""
        self._db.run(
            "INSERT INTO dirty (category) SELECT DISTINCT category FROM filed WHERE true ON CONFLICT DO NOTHING"
        )
        self._db.run("INSERT INTO dirty (category) SELECT key FROM category WHERE true ON CONFLICT DO NOTHING")
        self.mark([""])

    def mark_sharing(self, category: str) -> None:
        """Let the files of every category that has a story in common with this one be looked at."""
        self._db.run(
            """INSERT INTO dirty (category) SELECT DISTINCT other.category FROM filed
            JOIN filed AS other ON other.story = filed.story WHERE filed.category = :category ON CONFLICT DO NOTHING""",
            category=category,
        )

    def clean(self, category: str) -> None:
        """The files of a category are as they should be."""
        self._db.run("DELETE FROM dirty WHERE category = :category", category=category)

    # -- categories

    def categories(self) -> dict[str, Naming]:
        """Every category that was ever named, by key."""
        rows = self._db.rows("SELECT key, folder, title FROM category")
        return {row[0]: Naming(key=row[0], folder=row[1], title=row[2]) for row in rows}

    def name(self, naming: Naming) -> None:
        """Store the folder and the title of a category."""
        self._db.run(
            """INSERT INTO category (key, folder, title) VALUES (:key, :folder, :title)
            ON CONFLICT (key) DO UPDATE SET folder = excluded.folder, title = excluded.title""",
            key=naming.key,
            folder=naming.folder,
            title=naming.title,
        )

    def keep_oldest(self, key: str, published: datetime | None) -> None:
        """Note the date of the oldest story in a category's window ('' for all); None: it shows none."""
        self._db.run(
            "INSERT INTO shown (category, oldest) VALUES (:key, :oldest) ON CONFLICT (category) DO UPDATE SET oldest = :oldest",
            key=key,
            oldest=stamp(published),
        )

    def best_label(self, category: str) -> str:
        """What most posts filed under just this category call it (ties: the smaller); '' when none says."""
        rows = self._db.rows(
            """SELECT label FROM entry WHERE sole = :category AND label <> '' AND story IS NOT NULL
            GROUP BY label ORDER BY COUNT(*) DESC, label LIMIT 1""",
            category=category,
        )
        return str(rows[0][0]) if rows else ""

    def first_name(self, category: str) -> str:
        """The name of a category as written by the first of its entries in the order of sources."""
        rows = self._db.rows(
            """SELECT entry_category.name FROM entry_category JOIN entry ON entry.uid = entry_category.entry
            JOIN source ON source.id = entry.source WHERE category = :category AND story IS NOT NULL
            ORDER BY rank, entry.name, entry_category.name LIMIT 1""",
            category=category,
        )
        return str(rows[0][0]) if rows else ""

    # -- facts

    def fact(self, key: str) -> str:
        """A fact of the store; '' when unknown."""
        rows = self._db.rows("SELECT value FROM meta WHERE key = :key", key=key)
        return str(rows[0][0]) if rows else ""

    def keep_fact(self, key: str, value: str) -> None:
        """Store a fact."""
        self._db.run(
            "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key=key,
            value=value,
        )
