"""Bytes into feeds/: atomically, only what changed, never outside.

A reader of the folder sees each file whole, old or new, at every instant (R1, R2): the new bytes are written to a file
without a name, made durable, linked beside the old one and renamed over it, and the folder is made durable.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from coranto.store.outputs import Output

_NEW = ".new"  # beside the file it will replace


_HOPELESS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}


class PublishError(Exception):
    """A file could not be written; what stood there stands there still.

    Attributes:
        hopeless: the next file would fare no better: the disk is full, nothing may be written.
    """

    def __init__(self, message: str, *, hopeless: bool = False) -> None:
        super().__init__(message)
        self.hopeless = hopeless


class Publisher:
    """Writes below one folder."""

    def __init__(self, root: Path, *, dry: bool = False) -> None:
        self._root = root
        self._dry = dry

    def intact(self, output: Output) -> bool:
        """Whether a file of ours is still as we wrote it, by size and time."""
        try:
            found = (self._root / output.path).stat(follow_symlinks=False)
        except OSError:
            return False
        return (found.st_size, found.st_mtime_ns) == (output.size, output.mtime_ns)

    def put(
        self, folder: str, files: Mapping[str, bytes], known: Mapping[str, Output]
    ) -> tuple[list[Output], list[str]]:
        """Write the files of one folder whose bytes changed.

        Args:
            folder: below the root; '' for the root itself.
            files: name -> bytes.
            known: what we wrote there before, by path.

        Returns:
            All the folder's files as they are now, and the paths that were written.

        Raises:
            PublishError: the disk is full, the folder cannot be written.
        """
        place = self._inside(folder)
        outputs, written = [], []
        with _explained(place):
            if not self._dry:
                place.mkdir(parents=True, exist_ok=True)
                _sweep(place, files)
            for name, body in files.items():
                path = f"{folder}/{name}" if folder else name
                digest = hashlib.sha256(body).hexdigest()
                before = known.get(path)
                if not (before and before.sha256 == digest and self.intact(before)) and not _equal(place / name, body):
                    written.append(path)
                    if not self._dry:
                        _replace(place, name, body)
                outputs.append(self._seen(path, folder, digest, len(body)))
            if written and not self._dry:
                _sync(place)
        return outputs, written

    def remove(self, output: Output) -> bool:
        """Remove a file of ours, and its folder if nothing is left in it; whether it was still ours to remove.

        Raises:
            PublishError: it cannot be removed.
        """
        file = self._inside(output.path)
        if not self.intact(output) or self._dry:
            return self.intact(output)
        with _explained(file):
            file.unlink(missing_ok=True)
            if file.parent != self._root:
                _sweep(file.parent, [file.name])
                with contextlib.suppress(OSError):  # somebody else's file is in it
                    file.parent.rmdir()
        return True

    def _seen(self, path: str, folder: str, digest: str, size: int) -> Output:
        mtime_ns = 0 if self._dry else (self._root / path).stat(follow_symlinks=False).st_mtime_ns
        return Output(path=path, folder=folder, sha256=digest, size=size, mtime_ns=mtime_ns)

    def _inside(self, path: str) -> Path:
        """The place of a path below the root; nothing that leads out of it, not even by a link (promise 7)."""
        place = self._root / path
        try:
            root, real = self._root.resolve(), place.resolve()
        except (OSError, RuntimeError) as error:  # a link that leads to itself
            raise PublishError(f"{place}: leads nowhere ({error}); remove the link that stands there") from error
        if real != root and root not in real.parents:
            raise PublishError(f"{place}: leads out of {self._root}; remove the link that stands there")
        return place


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PublishError(
            f"{error.filename or place}: {error.strerror or error}; the old files stay as they were",
            hopeless=error.errno in _HOPELESS,
        ) from error


def _equal(file: Path, body: bytes) -> bool:
    try:
        return not file.is_symlink() and file.stat().st_size == len(body) and file.read_bytes() == body
    except OSError:
        return False


def _replace(place: Path, name: str, body: bytes) -> None:
    new = place / f".{name}{_NEW}"
    try:
        _write_unseen(place, new, body)
        new.replace(place / name)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _write_unseen(place: Path, new: Path, body: bytes) -> None:
    """Write ``new`` so that it appears whole: without a name until it is durable, where the system can."""
    try:
        descriptor = os.open(place, os.O_TMPFILE | os.O_WRONLY, 0o644)
    except (AttributeError, OSError):  # not Linux, or a file system without it
        _write_seen(new, body)
        return
    with os.fdopen(descriptor, "wb") as file:
        _flush(file, body)
        # With a folder's descriptor os.link asks for linkat(AT_SYMLINK_FOLLOW): the file behind the link in /proc.
        os.link(f"/proc/self/fd/{file.fileno()}", new, src_dir_fd=file.fileno(), follow_symlinks=True)


def _write_seen(new: Path, body: bytes) -> None:
    with new.open("wb") as file:
        _flush(file, body)


def _flush(file: BinaryIO, body: bytes) -> None:
    file.write(body)
    file.flush()
    os.fsync(file.fileno())


def _sweep(place: Path, names: Iterable[str]) -> None:
    """Remove what an interrupted run left in a folder, beside the files of these names."""
    for name in names:
        (place / f".{name}{_NEW}").unlink(missing_ok=True)


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
