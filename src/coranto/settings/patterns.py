"""Paths and patterns of settings.yaml: what of a pattern is fixed, and the keys by which the store knows a source."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from coranto.settings.shapes import POST_SUFFIXES, is_web

_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class FixedPattern:
    """A pattern of posts, in two parts."""

    fixed: str  # as written, normalised: "posts", "/srv/posts", "."
    glob: str  # below it: "**/*.md"


def normalised(path: str) -> str:
    """``path`` without ``./``, doubled slashes and a slash at its end; ``.`` for none."""
    tidy = posixpath.normpath(path)
    return "/" + tidy.lstrip("/") if tidy.startswith("/") else tidy


def fixed_part(pattern: str) -> FixedPattern:
    """The parts of a posts pattern.

    The fixed part are the leading segments without ``*``, ``?`` and ``[``.  A pattern without any of these is a
    folder, or one post if it ends as a post does.
    """
    segments = pattern.split("/")
    first = next((i for i, segment in enumerate(segments) if _GLOB & set(segment)), len(segments))
    if first == len(segments):
        if not pattern.lower().endswith(POST_SUFFIXES):
            return FixedPattern(normalised(pattern or "."), "**/*")
        first -= 1
    fixed = "/".join(segments[:first]) or ("/" if pattern.startswith("/") else ".")
    return FixedPattern(normalised(fixed), normalised("/".join(segments[first:])))


def posts_keys(patterns: tuple[FixedPattern, ...]) -> tuple[str, ...]:
    """The source key of each pattern: its fixed part; for a later one with the same fixed part, the whole of it."""
    keys: list[str] = []
    for pattern in patterns:
        short = f"posts:{pattern.fixed}"
        whole = posixpath.join(pattern.fixed, pattern.glob)
        keys.append(short if short not in keys else f"posts:{normalised(whole)}")
    return tuple(keys)


def upstream_key(url: str) -> str:
    """The source key of an upstream: its canonical address, or ``file:`` and the path as written, normalised.

    No parameter of a feed's address is a tracking parameter: a person wrote it, and ``?from=a`` and ``?from=b`` are
    two feeds.
    """
    if not is_web(url):
        return f"file:{normalised(url)}"
    from coranto.text.urls import canonical

    names = frozenset(name for name, _ in parse_qsl(url.partition("#")[0].partition("?")[2], keep_blank_values=True))
    return canonical(url, keep=names) or url


def ignored_key(key: str, tracking: frozenset[str], keep: frozenset[str]) -> str:
    """A key of `identity.ignore` in the form in which keys are made: code in upper case, address canonical.

    Args:
        key: as written: ``url:https://A.example/live/`` and ``url:a.example/live`` mean the same.
        tracking: further parameters that tell nothing apart.
        keep: parameters that do, for they hold an infoCode.
    """
    kind, _, rest = key.partition(":")
    if kind == "code":
        return "code:" + "".join(char.upper() if char.isascii() else char for char in rest)
    if kind == "id":
        return key
    from coranto.text.urls import canonical

    return "url:" + (canonical(rest, tracking=tracking, keep=keep) or rest)


def absolute(folder: Path, path: str) -> Path:
    """``path`` as an absolute path; a relative one starts at ``folder``."""
    return Path(os.path.abspath(folder / normalised(path)))  # noqa: PTH100 - resolve() would follow links
