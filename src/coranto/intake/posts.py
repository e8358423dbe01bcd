"""Posts: which files are new, changed or gone, and what that means for their entries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coranto.model import Failure, PostFile
from coranto.progress import Progress
from coranto.readers.folder import scan
from coranto.report import PostsReport
from coranto.settings.values import Posts
from coranto.store import Store

if TYPE_CHECKING:
    from coranto.intake.library import Library

_BATCH = 500
_MANY = 10  # from so many posts on, half of them vanishing at once is held to be an accident


@dataclass(frozen=True, slots=True)
class _Changes:
    """What became of the files of a folder since they were last read."""

    changed: Sequence[PostFile]
    vanished: Sequence[PostFile]
    unchanged: int


def take_posts(
    store: Store,
    library: Callable[[], Library],
    posts: Posts,
    *,
    feeds: Path,
    now: datetime,
    accept_deleted: bool,
    report: PostsReport,
    progress: Progress,
) -> None:
    """Read what changed in one folder of posts into the store.

    A file that turned bad keeps its last good entry; a deleted one withdraws its entry; a whole folder that vanished is
    reported, and nothing leaves (IDENTITY 6).
    """
    source = store.sources.ids()[posts.key]
    known = {file.path: file for file in store.files.of(source)}
    try:
        found = list(scan(posts.root, posts.glob, (*posts.exclude, *_output_below(posts, feeds))))
    except OSError as error:
        _hold(report, posts, f"cannot be read ({error.strerror or error}); its posts stay as they were")
        return
    changes = _compare(known, found)
    if known and not found and not accept_deleted:
        _hold(report, posts, f"matched {len(known)} files before and matches none now; its posts stay as they were")
        return
    intake = _Intake(store, library, posts, source, now, report)
    vanished = changes.vanished
    if len(known) >= _MANY and 2 * len(vanished) >= len(known) and not accept_deleted:
        lost = len(vanished) - len(intake.moved(changes))
        if 2 * lost >= len(known):
            _hold(
                report,
                posts,
                f"{lost} of {len(known)} posts vanished at once; they stay published. "
                "If they were deleted on purpose, run `coranto build --accept-deleted`",
            )
            vanished = ()
    report.unchanged += changes.unchanged
    intake.take(replace_vanished(changes, vanished), progress)


def _output_below(posts: Posts, feeds: Path) -> tuple[str, ...]:
    """What must not be read as posts: our own pages, where the folder of posts holds them."""
    return (f"{feeds.relative_to(posts.root).as_posix()}/**",) if feeds.is_relative_to(posts.root) else ()


def replace_vanished(changes: _Changes, vanished: Sequence[PostFile]) -> _Changes:
    """The same changes, with other files gone."""
    return _Changes(changes.changed, vanished, changes.unchanged)


def _hold(report: PostsReport, posts: Posts, why: str) -> None:
    report.held = True
    report.failed.append(Failure(where=posts.path, error=why))


def _compare(known: Mapping[str, PostFile], found: Sequence[PostFile]) -> _Changes:
    changed = [file for file in found if not _same(known.get(file.path), file)]
    there = {file.path for file in found}
    vanished = [file for path, file in known.items() if path not in there]
    return _Changes(changed, vanished, len(found) - len(changed))


def _same(known: PostFile | None, file: PostFile) -> bool:
    """Whether a file need not be read again; one that was wrong always is (R7)."""
    return (
        known is not None
        and known.failure is None
        and (known.size, known.mtime_ns, known.inode) == (file.size, file.mtime_ns, file.inode)
    )


class _Intake:
    """Reads the changed files of one folder."""

    def __init__(
        self,
        store: Store,
        library: Callable[[], Library],
        posts: Posts,
        source: int,
        now: datetime,
        report: PostsReport,
    ) -> None:
        self._store = store
        self._library = library
        self._posts = posts
        self._source = source
        self._now = now
        self._report = report

    def take(self, changes: _Changes, progress: Progress) -> None:
        """Carry out what became of the files."""
        moved = self.moved(changes) if changes.vanished else {}
        with self._store.database.transaction():
            for file in changes.vanished:
                self._gone(file, moved.get(file.path))
        done = 0
        for batch in _batches(changes.changed):
            with self._store.database.transaction():
                self._store.files.keep(self._source, [self._read(file) for file in batch])
            done += len(batch)
            progress.step("posts", done, len(changes.changed))

    def moved(self, changes: _Changes) -> dict[str, str]:
        """Files that are new under another name and the same to the byte: old path -> new path."""
        gone = {file.sha256: file.path for file in changes.vanished if file.sha256}
        known = {file.path for file in self._store.files.of(self._source)}
        moved: dict[str, str] = {}
        for file in changes.changed:
            if gone and file.path not in known:
                old = gone.pop(self._digest(file.path), None)
                if old:
                    moved[old] = file.path
        return moved

    def _digest(self, path: str) -> str:
        try:
            return hashlib.sha256((self._posts.root / path).read_bytes()).hexdigest()
        except OSError:
            return ""

    def _gone(self, file: PostFile, new_path: str | None) -> None:
        row = self._store.entries.named(self._source, file.path)
        if row is not None and new_path is not None:
            self._store.entries.rename(row.uid, new_path)
        elif row is not None:
            self._store.entries.set_state(row.uid, "withdrawn")
        self._store.files.forget(self._source, [file.path])

    def _read(self, file: PostFile) -> PostFile:
        """Read one file; what to remember of it."""
        self._report.read += 1
        try:
            data = (self._posts.root / file.path).read_bytes()
        except OSError as error:
            return self._failed(file, f"cannot be read ({error.strerror or error}); its last good version stays", 0)
        digest = hashlib.sha256(data).hexdigest()
        if digest != self._known_digest(file.path):
            failure = self._take(file, data)
            if failure is not None:
                return self._failed(file, failure.error, failure.line)
        return replace(file, sha256=digest)

    def _known_digest(self, path: str) -> str:
        return self._store.files.digest(self._source, path)

    def _take(self, file: PostFile, data: bytes) -> Failure | None:
        known = self._store.entries.named(self._source, file.path)
        read = self._library().post(self._posts, file.path, data)
        if isinstance(read, Failure):
            return read
        if read is None:  # published: false
            if known is not None:
                self._store.entries.set_state(known.uid, "withdrawn")
            return None
        row = self._library().row(self._store, read, self._source, known=known, now=self._now, frozen=False)
        self._store.entries.forget_words(self._store.entries.put(row))
        return None

    def _failed(self, file: PostFile, error: str, line: int) -> PostFile:
        failure = Failure(where=str(self._posts.root / file.path), error=error, line=line)
        self._report.failed.append(failure)
        return replace(file, sha256="", failure=failure)


def _batches(files: Sequence[PostFile]) -> Iterator[Sequence[PostFile]]:
    return (files[start : start + _BATCH] for start in range(0, len(files), _BATCH))
