"""The index of post files: what was read when, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coranto.model import Failure, PostFile
from coranto.store.database import Database


class Files:
    """Post files by source and path."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, source: int) -> Iterator[PostFile]:
        """The files of a source, sorted by path."""
        for path, size, mtime_ns, inode, sha256, error, line in self._db.stream(
            "SELECT path, size, mtime_ns, inode, sha256, error, line FROM file WHERE source = :source ORDER BY path",
            source=source,
        ):
            failure = Failure(where=path, error=error, line=line) if error else None
            yield PostFile(path=path, size=size, mtime_ns=mtime_ns, inode=inode, sha256=sha256, failure=failure)

    def good_digest(self, source: int, path: str) -> str:
        """The digest of a file if it was read well the last time; else ''."""
        rows = self._db.rows(
            "SELECT sha256 FROM file WHERE source = :source AND path = :path AND error = '' AND mtime_ns <> -1",
            source=source,
            path=path,
        )
        return str(rows[0][0]) if rows else ""

    def unchanged(self, source: int, digest: str) -> int | None:
        """How many files a source has, if all were listed as this digest says when all of them had been read well."""
        rows = self._db.rows("SELECT value FROM meta WHERE key = :key", key=f"listing:{source}")
        count, _, before = rows[0][0].partition(" ") if rows else ("", "", "")
        return int(count) if before == digest and count.isdecimal() else None

    def keep_listing(self, source: int, digest: str, count: int) -> None:
        """All files of a source are listed so, and were read well: until one changes, that is all to compare."""
        self._db.run(
            "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key=f"listing:{source}",
            value=f"{count} {digest}",
        )

    def _forget_listing(self, source: int) -> None:
        self._db.run("DELETE FROM meta WHERE key = :key", key=f"listing:{source}")

    def count(self, source: int) -> int:
        """How many files a source has."""
        return int(self._db.rows("SELECT COUNT(*) FROM file WHERE source = :source", source=source)[0][0])

    def keep(self, source: int, files: Iterable[PostFile]) -> None:
        """Remember files as they were read."""
        self._forget_listing(source)
        self._db.many(
            """INSERT INTO file (source, path, size, mtime_ns, inode, sha256, error, line)
            VALUES (:source, :path, :size, :mtime_ns, :inode, :sha256, :error, :line)
            ON CONFLICT (source, path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,
            inode = excluded.inode, sha256 = excluded.sha256, error = excluded.error, line = excluded.line""",
            (
                {
                    "source": source,
                    "path": file.path,
                    "size": file.size,
                    "mtime_ns": file.mtime_ns,
                    "inode": file.inode,
                    "sha256": file.sha256,
                    "error": file.failure.error if file.failure else "",
                    "line": file.failure.line if file.failure else 0,
                }
                for file in files
            ),
        )

    def forget(self, source: int, paths: Iterable[str]) -> None:
        """Forget files that are gone."""
        self._forget_listing(source)
        self._db.many(
            "DELETE FROM file WHERE source = :source AND path = :path",
            ({"source": source, "path": path} for path in paths),
        )

    def homeless(self, digest: str) -> list[int]:
        """Entries whose file, of this digest, stood in a folder that settings name no more."""
        rows = self._db.rows(
            """SELECT entry.uid FROM file JOIN source ON source.id = file.source AND rank IS NULL
            JOIN entry ON entry.source = file.source AND entry.name = file.path WHERE sha256 = :digest ORDER BY entry.uid""",
            digest=digest,
        )
        return [uid for (uid,) in rows]

    def reread_all(self) -> None:
        """Let every file be read again: the rules of reading changed.  Digests stay: they know a moved file again."""
        self._db.run("UPDATE file SET mtime_ns = -1")
        self._db.run("DELETE FROM meta WHERE key LIKE 'listing:%'")

    def failures(self) -> list[tuple[str, Failure]]:
        """Every file that is wrong now: (source key, failure)."""
        return [
            (key, Failure(where=path, error=error, line=line))
            for key, path, error, line in self._db.rows(
                """SELECT source.key, path, error, line FROM file JOIN source ON source.id = file.source
                WHERE error <> '' AND rank IS NOT NULL ORDER BY rank, path"""
            )
        ]
