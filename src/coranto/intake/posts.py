"""Posts: what new, changed and vanished files mean for the entries in the store."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from coranto.intake.folders import note_states
from coranto.intake.listing import Listing, hold, look
from coranto.intake.run import Run
from coranto.model import Failure, PostFile
from coranto.settings.values import Posts
from coranto.store.days import Day
from coranto.store.entries import Row

_BATCH = 500
_LONGEST = 4 << 20  # octets
_MANY = 10  # from so many posts on, half of them vanishing at once is held to be an accident


def take_posts(run: Run) -> None:
    """Read what changed in the folders of posts into the store.

    A file that turned bad keeps its last good entry; a deleted one withdraws its entry; one that turns up under another
    name or in another folder, the same to the byte, keeps its entry; a whole folder that vanished is reported, and
    nothing leaves (IDENTITY 6).
    """
    listings = [listing for posts in run.settings.posts if (listing := look(run, posts))]
    for listing in listings:
        run.report.posts.unchanged += listing.unchanged
        run.report.posts.failed += [_placed(listing.posts, file) for file in listing.broken]
    trusted = [_trusted(run, listing, listings) for listing in listings]
    intake = _Intake(run, sum(len(listing.new) + len(listing.changed) for listing in listings))
    for listing in trusted:
        intake.withdraw(listing)
    for listing in trusted:
        failed = len(run.report.posts.failed)
        intake.read(listing)
        if len(run.report.posts.failed) == failed:
            _note(run, listing)
    note_states(run)


def _note(run: Run, listing: Listing) -> None:
    """Remember a listing of which every file was read well; one whose files were held back or are odd is gone through."""
    odd = any(Path(failure.where).is_relative_to(listing.posts.root) for failure in run.report.posts.failed)
    if listing.broken or odd or listing.posts.key in run.report.posts.suspect:
        return
    if run.store.files.unchanged(listing.source, listing.digest) is None:
        count = run.store.files.count(listing.source)
        run.store.files.keep_listing(listing.source, listing.digest, count)


def _placed(posts: Posts, file: PostFile) -> Failure:
    """What is still wrong with a file, by its place on the disk."""
    failure = file.failure or Failure(where=file.path, error="")
    return replace(failure, where=str(posts.root / file.path))


def _trusted(run: Run, listing: Listing, listings: Sequence[Listing]) -> Listing:
    """The listing; without what vanished when that can hardly be meant."""
    why = "" if run.accept_deleted else _suspicion(listing, listings)
    if not why:
        return listing
    hold(run, listing.posts, "held", f"{why}; run `coranto build --accept-deleted` if that is right")
    return replace(listing, vanished=())


def _suspicion(listing: Listing, listings: Sequence[Listing]) -> str:
    """Why the files that vanished may not be meant to be gone; '' when all is well."""
    known, gone = listing.known, len(listing.vanished)
    if gone and gone == known and not listing.new and len(listings) == 1:
        return f"matched {known} files before and matches none now; its posts stay published"
    if not gone or (known < _MANY and gone < known) or 2 * gone < known:
        return ""
    moved = {_digest(other.posts, file.path) for other in listings for file in other.new}
    lost = sum(file.sha256 not in moved for file in listing.vanished)
    if lost and lost == known:
        return f"matched {known} files before and matches none now; its posts stay published"
    return (
        f"{lost} of {known} posts vanished at once; they stay published" if known >= _MANY and 2 * lost >= known else ""
    )


def _digest(posts: Posts, path: str) -> str:
    try:
        return hashlib.sha256((posts.root / path).read_bytes()).hexdigest()
    except OSError:
        return ""


class _Intake:
    """Carries out what became of the files."""

    def __init__(self, run: Run, to_read: int) -> None:
        self._run = run
        self._store = run.store
        self._homeless: dict[str, list[int]] = defaultdict(list)  # entries of vanished files, by digest
        self._done, self._to_read = 0, to_read
        self._fresh = 0  # entries of the present batch that were not known

    def withdraw(self, listing: Listing) -> None:
        """Withdraw the entries of vanished files, until the files turn up elsewhere."""
        with self._store.database.transaction():
            for file in listing.vanished:
                row = self._store.entries.named(listing.source, file.path)
                if row is not None:
                    self._homeless[file.sha256].append(row.uid)
                    self._store.entries.set_state(row.uid, "withdrawn")
            self._store.files.forget(listing.source, [file.path for file in listing.vanished])

    def read(self, listing: Listing) -> None:
        """Read the new and changed files."""
        for batch in _batches([*listing.new, *listing.changed]):
            self._fresh = 0
            with self._store.database.transaction():
                self._store.files.keep(listing.source, [self._read(listing, file) for file in batch])
                self._store.days.note(listing.source, self._run.now, Day(entries=self._fresh))
            self._done += len(batch)
            self._run.progress.step("posts", self._done, self._to_read)

    def _read(self, listing: Listing, file: PostFile) -> PostFile:
        """Read one file; what to remember of it."""
        self._run.report.posts.read += 1
        where = listing.posts.root / file.path
        if file.size > _LONGEST:
            return self._failed(
                where, file, f"is no post: longer than {_LONGEST >> 20} MiB; exclude it in settings.yaml"
            )
        try:
            data = where.read_bytes()
        except OSError as error:
            return self._failed(where, file, f"cannot be read ({error.strerror or error}); its last good version stays")
        digest = hashlib.sha256(data).hexdigest()
        if digest != self._store.files.good_digest(listing.source, file.path):
            failure = self._take(listing, file.path, data, digest)
            if failure is not None:
                return replace(self._failed(where, file, failure.error, failure.line), sha256=digest)
        return replace(file, sha256=digest)

    def _take(self, listing: Listing, path: str, data: bytes, digest: str) -> Failure | None:
        known = self._store.entries.named(listing.source, path) or self._moved(listing, path, digest)
        library = self._run.library()
        read = library.post(listing.posts, path, data)
        if isinstance(read, Failure):
            return read
        if read is None:  # published: false
            if known is not None:
                self._store.entries.set_state(known.uid, "withdrawn")
            return None
        row = library.row(self._store, read, listing.source, known=known, now=self._run.now)
        self._store.entries.forget_words(self._store.entries.put(row))
        self._fresh += known is None
        return None

    def _moved(self, listing: Listing, path: str, digest: str) -> Row | None:
        """The entry of a file that stood elsewhere: in this folder, another one, or one that settings name no more."""
        uids = self._homeless.get(digest) or self._store.files.homeless(digest)
        if not uids:
            return None
        uid = uids.pop(0)
        self._store.entries.move(uid, listing.source, path)
        return self._store.entries.get(uid)

    def _failed(self, where: Path, file: PostFile, error: str, line: int = 0) -> PostFile:
        failure = Failure(where=str(where), error=error, line=line)
        self._run.report.posts.failed.append(failure)
        return replace(file, sha256="", failure=failure)


def _batches(files: Sequence[PostFile]) -> Iterator[Sequence[PostFile]]:
    return (files[start : start + _BATCH] for start in range(0, len(files), _BATCH))
