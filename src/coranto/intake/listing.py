"""Which files of a folder of posts are new, changed or gone since it was last read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from coranto.intake.run import Run
from coranto.model import Failure, PostFile
from coranto.readers.folder import State, post_file, states
from coranto.settings.values import Posts


@dataclass(frozen=True, slots=True)
class Listing:
    """What became of the files of one folder."""

    posts: Posts
    source: int  # its row
    new: Sequence[PostFile]
    changed: Sequence[PostFile]
    vanished: Sequence[PostFile]
    broken: Sequence[PostFile]  # as wrong as when they were last read
    known: int  # how many there were
    unchanged: int
    digest: str = ""  # of all that was listed; "" if not every file could be


def look(run: Run, posts: Posts) -> Listing | None:
    """List a folder and compare it with what the store knows; None, and a failure, when it cannot be listed."""
    source = run.store.sources.ids()[posts.key]
    if posts.optional and not posts.root.exists() and not run.store.files.count(source):
        return None  # settings do not name it, and there is none
    try:
        listed = list(states(posts.root, posts.glob, posts.exclude))
    except OSError as error:
        hold(run, posts, "missing", f"cannot be read ({error.strerror or error}); its posts stay as they were")
        return None
    digest = _digest(listed)
    if (same := run.store.files.unchanged(source, digest)) is not None:
        return Listing(posts, source, (), (), (), (), known=same, unchanged=same, digest=digest)
    return replace(_compare(posts, source, run.store.files.of(source), _found(run, posts, listed)), digest=digest)


def _digest(listed: list[State]) -> str:
    """One line for a hundred thousand files: where it is the same, nothing changed."""
    return hashlib.sha256(repr(listed).encode("utf-8", "surrogateescape")).hexdigest()


def hold(run: Run, posts: Posts, health: str, why: str) -> None:
    """Report a folder that cannot be trusted now, missing or held: nothing leaves because of it (IDENTITY 6)."""
    run.report.posts.held = True
    run.report.posts.suspect[posts.key] = health, why
    run.report.posts.failed.append(Failure(where=posts.path, error=why))


def _found(run: Run, posts: Posts, listed: list[State]) -> Iterator[PostFile]:
    for file in map(post_file, listed):
        if file.failure is None:
            yield file
        else:
            where = str(posts.root / file.path)
            run.report.posts.failed.append(replace(file.failure, where=where))


def _compare(posts: Posts, source: int, known: Iterable[PostFile], found: Iterable[PostFile]) -> Listing:
    """Lay two listings side by side that are both sorted by path: only what differs is kept in memory."""
    new: list[PostFile] = []
    changed: list[PostFile] = []
    vanished: list[PostFile] = []
    broken: list[PostFile] = []
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
            same += before.failure is None
            broken += [before] if before.failure else []
        else:
            changed.append(file)
        file = next(there, None)
    new.extend(() if file is None else (file, *there))
    return Listing(posts, source, new, changed, vanished, broken, total, same)


def _same(known: PostFile, file: PostFile) -> bool:
    """Whether a file need not be read again; one that could not be read at all always is (R7)."""
    stored = (known.size, known.mtime_ns, known.inode)
    return bool(known.sha256 or known.failure is None) and stored == (file.size, file.mtime_ns, file.inode)
