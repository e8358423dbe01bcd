"""Whether the files that settings name have changed since they were last read: a cheap scan, nothing is opened."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from coranto.readers.folder import scan
from coranto.settings.values import Posts, Settings

_SHARE = 20  # a scan is followed by this many times its own length without one
_PATIENCE = 10.0  # seconds after which files are read although somebody still writes to them


class Watch:
    """Looks at the posts and at the upstreams that are files."""

    def __init__(self, settings: Settings, elapsed: Callable[[], float]) -> None:
        """``elapsed``: seconds that passed."""
        self._settings, self._elapsed = settings, elapsed
        self._taken = self._seen = self._look()
        self._since = self._next = elapsed()

    def changed(self) -> bool:
        """Whether something is to be read; until :meth:`taken` says that it was.

        Not while files still change from one call to the next: a post that is being written is read once, whole.
        Of a large folder not at every call: looking costs at most a twentieth of the time.
        """
        started = self._elapsed()
        if started < self._next:
            return False
        seen = self._look()
        self._next = started + _SHARE * (self._elapsed() - started)
        if seen == self._taken:
            self._seen = seen
            return False
        if self._seen == self._taken:
            self._since = started
        calm, self._seen = seen == self._seen, seen
        return calm or started - self._since >= _PATIENCE

    def taken(self) -> None:
        """What was seen last has been read."""
        self._taken = self._seen

    def _look(self) -> bytes:
        digest = hashlib.sha256()
        for posts in self._settings.posts:
            _note_folder(digest.update, posts)
        for upstream in self._settings.upstreams:
            if upstream.path is not None:
                digest.update(_file(upstream.path))
        return digest.digest()


def _note_folder(note: Callable[[bytes], None], posts: Posts) -> None:
    note(posts.key.encode("utf-8", "surrogateescape"))
    try:
        for file in scan(posts.root, posts.glob, posts.exclude):
            # A file that cannot be read is as bad as it was, until its name, size or time says otherwise.
            note(f"{file.path}\0{file.size}\0{file.mtime_ns}\0{file.inode}\0".encode("utf-8", "surrogateescape"))
    except OSError as error:
        note(f"{error.errno}".encode())


def _file(path: Path) -> bytes:
    try:
        found = path.stat()
    except OSError as error:
        return f"{error.errno}".encode()
    return f"{found.st_size}\0{found.st_mtime_ns}\0{found.st_ino}".encode()
