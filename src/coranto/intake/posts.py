"""Posts: which files are new, changed or gone, and what that means for their entries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coranto.intake.run import Run
from coranto.model import Failure, PostFile
from coranto.readers.folder import scan
from coranto.settings.values import Posts

_BATCH = 500
_LONGEST = 4 << 20  # octets
_MANY = 10  # from so many posts on, half of them vanishing at once is held to be an accident


@dataclass(frozen=True, slots=True)
class _Changes:
    """What became of the files of a folder since they were last read."""

    new: Sequence[PostFile]
    changed: Sequence[PostFile]
    vanished: Sequence[PostFile]
    known: int  # how many there were
    unchanged: int


def take_posts(run: Run, posts: Posts) -> None:
    """Read what changed in one folder of posts into the store.

    A file that turned bad keeps its last good entry; a deleted one withdraws its entry; a whole folder that vanished is
    reported, and nothing leaves (IDENTITY 6).
    """
    source = run.store.sources.ids()[posts.key]
    try:
        changes = _compare(run.store.files.of(source), _found(run, posts))
    except OSError as error:
        _hold(run, posts, f"cannot be read ({error.strerror or error}); its posts stay as they were")
        return
    run.report.posts.unchanged += changes.unchanged
    intake = _Intake(run, posts, source)
    moved = intake.moved(changes) if changes.vanished else {}
    why = "" if run.accept_deleted else _suspicion(run, posts, changes, moved)
    if why:
        _hold(run, posts, f"{why}; run `coranto build --accept-deleted` if that is right")
        changes = replace(changes, vanished=())
    intake.take(changes, moved)


def _found(run: Run, posts: Posts) -> Iterator[PostFile]:
    feeds = run.settings.feeds.root
    # Our own pages are no posts, where the folder of posts holds them.
    output = (f"{feeds.relative_to(posts.root).as_posix()}/**",) if feeds.is_relative_to(posts.root) else ()
    for file in scan(posts.root, posts.glob, (*posts.exclude, *output)):
        if file.failure is None:
            yield file
        else:
            where = str(posts.root / file.path)
            run.report.posts.failed.append(replace(file.failure, where=where))


def _hold(run: Run, posts: Posts, why: str) -> None:
    run.report.posts.held = True
    run.report.posts.failed.append(Failure(where=posts.path, error=why))


def _suspicion(run: Run, posts: Posts, changes: _Changes, moved: Mapping[str, str]) -> str:
    """Why the files that vanished may not be meant to be gone; '' when all is well."""
    known, gone = changes.known, len(changes.vanished)
    if gone and gone == known and not changes.new:
        return f"matched {known} files before and matches none now; its posts stay published"
    if known < _MANY or 2 * gone < known:
        return ""
    elsewhere = _names_elsewhere(run, posts)
    lost = sum(file.path not in moved and Path(file.path).name not in elsewhere for file in changes.vanished)
    return f"{lost} of {known} posts vanished at once; they stay published" if 2 * lost >= known else ""


def _names_elsewhere(run: Run, posts: Posts) -> set[str]:
    """The names of files in the other folders: a post that went to the archive did not vanish."""
    names: set[str] = set()
    for other in run.settings.posts:
        if other is not posts and other.root.is_dir():
            names.update(Path(file.path).name for file in _found(run, other))
    return names


def _compare(known: Iterable[PostFile], found: Iterable[PostFile]) -> _Changes:
    """Lay two listings side by side that are both sorted by path: only what differs is kept in memory."""
    new: list[PostFile] = []
    changed: list[PostFile] = []
    vanished: list[PostFile] = []
    there, total, same = iter(found), 0, 0
    file = next(there, None)
    for before in known:
        total += 1
        while file is not None and file.path < before.path:
            new.append(file)
            file = next(there, None)
        if file is None or file.path != before.path:
            vanished.append(before)
            continue
        if _same(before, file):
            same += 1
        else:
            changed.append(file)
        file = next(there, None)
    new.extend(() if file is None else (file, *there))
    return _Changes(new, changed, vanished, total, same)


def _same(known: PostFile, file: PostFile) -> bool:
    """Whether a file need not be read again; one that was wrong always is (R7)."""
    stored = (known.size, known.mtime_ns, known.inode)
    return known.failure is None and stored == (file.size, file.mtime_ns, file.inode)


class _Intake:
    """Reads the changed files of one folder."""

    def __init__(self, run: Run, posts: Posts, source: int) -> None:
        self._run = run
        self._store = run.store
        self._posts = posts
        self._source = source

    def moved(self, changes: _Changes) -> dict[str, str]:
        """Files that are new under another name and the same to the byte: old path -> new path."""
        gone = {file.sha256: file.path for file in changes.vanished if file.sha256}
        digests = ((file.path, self._digest(file.path)) for file in changes.new if gone)
        return {gone.pop(digest): path for path, digest in digests if digest in gone}

    def take(self, changes: _Changes, moved: Mapping[str, str]) -> None:
        """Carry out what became of the files."""
        with self._store.database.transaction():
            for file in changes.vanished:
                self._gone(file, moved.get(file.path))
        done, to_read = 0, [*changes.new, *changes.changed]
        for batch in _batches(to_read):
            with self._store.database.transaction():
                self._store.files.keep(self._source, [self._read(file) for file in batch])
            done += len(batch)
            self._run.progress.step("posts", done, len(to_read))

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
        self._run.report.posts.read += 1
        if file.size > _LONGEST:
            return self._failed(file, f"is no post: longer than {_LONGEST >> 20} MiB; exclude it in settings.yaml", 0)
        try:
            data = (self._posts.root / file.path).read_bytes()
        except OSError as error:
            return self._failed(file, f"cannot be read ({error.strerror or error}); its last good version stays", 0)
        digest = hashlib.sha256(data).hexdigest()
        if digest != self._store.files.digest(self._source, file.path):
            failure = self._take(file, data)
            if failure is not None:
                return self._failed(file, failure.error, failure.line)
        return replace(file, sha256=digest)

    def _take(self, file: PostFile, data: bytes) -> Failure | None:
        known = self._store.entries.named(self._source, file.path)
        library = self._run.library()
        read = library.post(self._posts, file.path, data)
        if isinstance(read, Failure):
            return read
        if read is None:  # published: false
            if known is not None:
                self._store.entries.set_state(known.uid, "withdrawn")
            return None
        row = library.row(self._store, read, self._source, known=known, now=self._run.now)
        self._store.entries.forget_words(self._store.entries.put(row))
        return None

    def _failed(self, file: PostFile, error: str, line: int) -> PostFile:
        failure = Failure(where=str(self._posts.root / file.path), error=error, line=line)
        self._run.report.posts.failed.append(failure)
        return replace(file, sha256="", failure=failure)


def _batches(files: Sequence[PostFile]) -> Iterator[Sequence[PostFile]]:
    return (files[start : start + _BATCH] for start in range(0, len(files), _BATCH))
