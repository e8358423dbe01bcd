"""A folder of posts, listed: which files match, in which state they are.  Light: it runs on every build.

Nothing is opened.  A link that leads out of the folder is no post of it (RELIABILITY 2: symlinks in posts).
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coranto.model import Failure, PostFile

_SUFFIXES = (".md", ".markdown", ".html")
_BACKUPS = ("~", ".bak", ".orig", ".swp", ".tmp")


State = tuple[str, int, int, int]  # path below the folder as the system gives it, size, mtime_ns, inode


def scan(root: Path, glob: str, exclude: tuple[str, ...] = ()) -> Iterator[PostFile]:
    """The posts under ``root`` as `states` finds them; ``sha256`` stays empty."""
    return map(post_file, states(root, glob, exclude))


def post_file(state: State) -> PostFile:
    """A post whose text was not read; a file name that is not UTF-8 comes with its ``failure``."""
    path, size, mtime_ns, inode = state
    shown = path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()
    failure = None if shown == path else Failure(where=shown, error="the file's name is not UTF-8: rename it")
    return PostFile(path=shown, size=size, mtime_ns=mtime_ns, inode=inode, failure=failure)


def states(root: Path, glob: str, exclude: tuple[str, ...] = ()) -> Iterator[State]:
    """The posts under ``root``, sorted by path.

    Hidden files and folders, editors' backups, what is no regular file, linked folders, and links that lead out of
    ``root`` are left out.

    Args:
        root: the fixed part of a pattern.
        glob: the rest, over the path below ``root``: ``**``, ``*``, ``?``, ``[…]``.  If its last part names no suffix,
            only those of posts match.
        exclude: globs over the path below ``root``, the end of it, or the path as settings write it.

    Raises:
        FileNotFoundError: ``root`` is no folder (any more): nothing can be said about its posts.
        OSError: it, or a folder in it, cannot be read.
    """
    real = os.path.realpath(root)
    if not Path(real).is_dir():
        raise FileNotFoundError(f"{root}: there is no such folder")
    listing = _Listing(root=real, wanted=_pattern(glob), unwanted=_unwanted(exclude, root), suffixes=_suffixes(glob))
    yield from listing.folder(real, "", -1 if "**" in glob else glob.count("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    root: str
    wanted: re.Pattern[str]
    unwanted: re.Pattern[str] | None
    suffixes: tuple[str, ...]

    def folder(self, place: str, below: str, depth: int) -> Iterator[State]:
        """The posts of one folder and of those in it, ``depth`` levels down (-1: all)."""
        with os.scandir(place) as listed:
            entries = sorted(((_sort_key(entry), entry) for entry in listed), key=lambda pair: pair[0])
        for key, entry in entries:
            if key[-1] != "/":
                if self._matches(key, below + key) and (state := self._state(entry)):
                    yield below + key, state.st_size, state.st_mtime_ns, state.st_ino
            elif depth and key[0] != ".":
                yield from self.folder(entry.path, below + key, depth - 1)

    def _state(self, entry: os.DirEntry[str]) -> os.stat_result | None:
        """How a regular file is; None if it is none, or none of this folder's."""
        try:
            inside = not entry.is_symlink() or self._leads_inside(entry.path)
            return entry.stat() if inside and entry.is_file() else None
        except OSError as error:
            if error.errno in _NO_FILE:
                return None
            raise

    def _matches(self, name: str, path: str) -> bool:
        if name[0] in ".#" or name.endswith(_BACKUPS) or not name.lower().endswith(self.suffixes):
            return False
        if not self.wanted.fullmatch(path):
            return False
        return self.unwanted is None or not self.unwanted.fullmatch(path)

    def _leads_inside(self, link: str) -> bool:
        return os.path.realpath(link).startswith(self.root.rstrip("/") + "/")


_NO_FILE = frozenset({errno.ENOENT, errno.ELOOP})  # deleted since it was listed, or a link to itself


def _sort_key(entry: os.DirEntry[str]) -> str:
    """A folder sorts by its name with the slash, so that files come out in the order of their whole paths.

    A linked folder is none: what it shows of ``root`` is listed at its own place, and the rest must not be read.
    """
    return entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name


def _suffixes(glob: str) -> tuple[str, ...]:
    return ("",) if "." in glob.rpartition("/")[2] else _SUFFIXES


def _unwanted(exclude: tuple[str, ...], root: Path) -> re.Pattern[str] | None:
    patterns = []
    for glob in exclude:
        written = glob.removeprefix("./")
        patterns.append(r"(?:.*/)?" + _translated(written))
        patterns.extend(_translated(rest) for rest in _below(written, root))
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.DOTALL) if patterns else None


def _below(glob: str, root: Path) -> Iterator[str]:
    """What is left of ``posts/draft-*`` under a root that ends in ``posts``."""
    for count in range(1, len(root.parts) + 1):
        written = "/".join(root.parts[-count:]).replace("//", "/") + "/"
        if glob.startswith(written):
            yield glob[len(written) :]


def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile(_translated(glob), re.DOTALL)


_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|\[[!^]?\]?[^\]/]*\]|.", re.DOTALL)
_MEANINGS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _translated(glob: str) -> str:
    return "".join(_MEANINGS.get(part) or _literal(part) for part in _PARTS.findall(glob))


def _literal(part: str) -> str:
    if len(part) == 1:
        return re.escape(part)
    inside = part[1:-1]
    negated = inside[0] in "!^"
    members = re.sub(r"([\\\[\]^&~|])", r"\\\1", inside[1:] if negated else inside)
    return f"(?!/)[{'^' if negated else ''}{members}]"
