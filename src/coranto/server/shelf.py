"""Files of one folder, held in memory as they will be sent; each is looked at again with every request.

Nothing outside the folder is ever opened: every part of a path is opened by itself, and no link is followed
(promise 7).  What is held is bounded; what was not asked for longest goes first.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import os
import stat
import zlib
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST = 128 << 20  # octets held in all
_LARGEST = 16 << 20  # octets of a file that is held, and compressed; a larger one is read each time
_WORTH = 1024  # octets from which on compressing pays
_GZIP, _BROTLI = 6, 5  # levels: near the best, at a tenth of its time

Fingerprint = tuple[int, int, int, int]
Parts = tuple[str, ...]
Fields = list[tuple[bytes, bytes]]

TYPES = {
    ".xml": b"application/xml; charset=utf-8",  # browsers show the precise types as raw text (WRITING, HTTP)
    ".json": b"application/feed+json",
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".txt": b"text/plain; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".ico": b"image/x-icon",
    ".png": b"image/png",
    ".gz": b"application/gzip",
}
_OTHER = b"application/octet-stream"
_TEXTS = frozenset({".xml", ".json", ".html", ".css", ".js", ".txt", ".svg"})


@dataclass(slots=True)
class Held:
    """A file as it was read."""

    type: bytes  # media type
    body: bytes
    mark: str  # what its entity tags are made of: a hash of the bytes
    modified: int  # when it was written, in whole seconds since 1970
    codings: tuple[str, ...]  # that may be asked for, the best first; none where compressing does not pay
    fingerprint: Fingerprint
    place: str
    packed: dict[str, bytes] = field(default_factory=dict)  # in other codings, each made when first asked for
    fields: dict[object, Fields] = field(default_factory=dict)  # of answers, as whoever answers keeps them

    @property
    def size(self) -> int:
        """The octets that it takes up."""
        return len(self.body) + sum(map(len, self.packed.values()))

    def tag(self, coding: str) -> bytes:
        """The strong entity tag of one coding; each has its own (RFC 9110 8.8.3.3)."""
        return f'"{self.mark}-{coding}"'.encode() if coding else f'"{self.mark}"'.encode()

    def tags(self) -> tuple[bytes, ...]:
        """All of them, the plain one first."""
        return (self.tag(""), *(self.tag(coding) for coding in self.codings))


class Shelf:
    """The files below ``root``.  All but `load` and `pack`, which may run elsewhere, belong to one thread."""

    def __init__(self, root: Path, most: int = MOST) -> None:
        self._root, self._most = root, most
        self._held: OrderedDict[Parts, Held] = OrderedDict()
        self._octets = 0
        self._codings = tuple(_coders())

    @property
    def octets(self) -> int:
        """How much is held."""
        return self._octets

    def get(self, parts: Parts) -> Held | None:
        """The file if it is held, and is still what it was."""
        held = self._held.get(parts)
        if held is None:
            return None
        try:
            found = os.stat(held.place, follow_symlinks=False)  # noqa: PTH116 - three times as fast as Path.stat
        except OSError:
            found = None
        if found is None or _fingerprint(found) != held.fingerprint:
            self._forget(parts)
            return None
        self._held.move_to_end(parts)
        return held

    def put(self, parts: Parts, held: Held) -> None:
        """Hold a file, and let go of others for it."""
        self._forget(parts)
        if len(held.body) > _LARGEST:
            return
        self._held[parts] = held
        self._octets += held.size
        while self._octets > self._most:
            self._forget(next(iter(self._held)))

    def add(self, parts: Parts, held: Held, coding: str, packed: bytes) -> None:
        """Hold another coding of a file too."""
        held.packed[coding] = packed
        if self._held.get(parts) is held:
            self._octets += len(packed)

    def _forget(self, parts: Parts) -> None:
        held = self._held.pop(parts, None)
        if held:
            self._octets -= held.size

    # -- the disk

    def load(self, parts: Parts) -> Held | None:
        """Read the file of these names; None if there is none that may be served."""
        try:
            body, found = _read(self._root, parts)
        except OSError:
            return None
        suffix = Path(parts[-1]).suffix.lower()
        worth = suffix in _TEXTS and _WORTH <= len(body) <= _LARGEST
        held = Held(
            type=TYPES.get(suffix, _OTHER),
            body=body,
            mark=hashlib.sha256(body).hexdigest()[:32],
            modified=int(found.st_mtime),
            codings=self._codings if worth else (),
            fingerprint=_fingerprint(found),
            place=str(self._root.joinpath(*parts)),
        )
        if worth and (packed := self._beside(parts, body)):
            held.packed["gzip"] = packed
        return held

    def _beside(self, parts: Parts, body: bytes) -> bytes:
        """The .gz that was published beside a file, if it is of these very bytes: its end says so (RFC 1952 2.3.1)."""
        try:
            packed, _ = _read(self._root, (*parts[:-1], f"{parts[-1]}.gz"))
        except OSError:
            return b""
        proof = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
        return packed if packed[-8:] == proof else b""

    def is_file(self, parts: Parts) -> bool:
        """Whether there is a file of these names that may be served."""
        try:
            descriptor = _open(self._root, parts, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return False
        with os.fdopen(descriptor, "rb") as file:
            return stat.S_ISREG(os.fstat(file.fileno()).st_mode)

    def is_folder(self, parts: Parts) -> bool:
        """Whether there is a folder of these names."""
        try:
            os.close(_open(self._root, parts, os.O_RDONLY | os.O_DIRECTORY))
        except OSError:
            return False
        return True


def pack(body: bytes, coding: str) -> bytes:
    """``body`` in a coding; the same bytes each time."""
    return _coders()[coding](body)


def _coders() -> dict[str, Callable[[bytes], bytes]]:
    """The codings that can be made here, the best first."""
    coders: dict[str, Callable[[bytes], bytes]] = {}
    with suppress(ImportError):  # the extra `brotli`
        brotli: Any = importlib.import_module("brotli")
        coders["br"] = lambda body: brotli.compress(body, quality=_BROTLI)
    coders["gzip"] = lambda body: gzip.compress(body, _GZIP, mtime=0)
    return coders


def _fingerprint(found: os.stat_result) -> Fingerprint:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _read(root: Path, parts: Parts) -> tuple[bytes, os.stat_result]:
    with os.fdopen(_open(root, parts, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise FileNotFoundError(parts)
        return file.read(), found


def _open(root: Path, parts: Parts, flags: int) -> int:
    """Open what these names lead to, one after another; a link among them is an error."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in parts[:-1]:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(parts[-1], flags | os.O_NOFOLLOW, dir_fd=folder)
    finally:
        os.close(folder)
