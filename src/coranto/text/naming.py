"""Names of categories: which are the same, in which folder they stand, what a tag calls them (DESIGN 4, SEED 3)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from coranto.text import one_line

# What stands beside the category folders, or is answered by the server under these names.
_FOLDERS = ("all", "status", "metrics", "healthz", "readyz", "assets")
_FILES = ("index.html", "opml.xml", "index.html.gz", "opml.xml.gz")
RESERVED = frozenset((*_FOLDERS, *_FILES))
_LIMIT = 100  # bytes; file systems take 255, but a path is as long as its parts
_UNSAFE = '<>:"/\\|?*%'  # forbidden on Windows; "%" because a server may decode a path twice
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\s*\..*)?", re.DOTALL)
_HASHED = re.compile(r".*-[a-f][0-9a-f]{7}", re.DOTALL)


def category_key(name: str) -> str:
    """Equal for names that differ only in case, Unicode form or blanks: ``TechWeb`` and ``Techweb`` (SEED 3)."""
    lower = unicodedata.normalize("NFC", one_line(name)).lower()
    return one_line(unicodedata.normalize("NFC", lower))


def folder(name: str) -> str:
    """The folder of a category: its lower-case NFC form, made safe for every file system (DESIGN 4).

    Names with equal keys share it, names with different keys never do, on disks that ignore case and Unicode form
    either: where a character had to go, a hash of the key is appended (``a/b`` is ``a-b-…``). At most 100 bytes.
    """
    key = category_key(name)
    stem = _stem(key)
    if stem == key and not _meets_another(key):
        return key
    if _DEVICE.fullmatch(stem):
        stem = stem.replace(".", "-")  # con.txt is as forbidden as con
    return f"{_cut(stem, _LIMIT - 9) or 'category'}-{_hash(key)}"


def label_from_tag(template: str, tags: Sequence[str]) -> str:
    """The category's name in the first tag that fits ``template`` (``{}新闻``), or "".

    The fixed parts go once, not greedily: 每日经济新闻新闻 names 每日经济新闻 (SEED 3).
    """
    before, mark, after = template.partition("{}")
    for tag in map(one_line, tags if mark else ()):
        if len(tag) > len(before) + len(after) and tag.startswith(before) and tag.endswith(after):
            label = tag[len(before) : len(tag) - len(after)].strip()
            if label:
                return label
    return ""


def _stem(key: str) -> str:
    """``key`` without what some file system forbids: also invisible characters, which HFS+ does not compare."""
    safe = "".join(char if char not in _UNSAFE and char.isprintable() else "-" for char in key)
    return _cut(safe.strip(". -"), _LIMIT)


def _meets_another(key: str) -> bool:
    """Whether ``key`` is taken, or is the same as another key on a disk that ignores case (straße and strasse)."""
    caseless = unicodedata.normalize("NFC", unicodedata.normalize("NFD", key.upper()).casefold())
    taken = key in RESERVED or _DEVICE.fullmatch(key) or _HASHED.fullmatch(key)
    return not key or bool(taken) or caseless != key


def _hash(key: str) -> str:
    """Eight hex digits, the first a letter, so that a name with a date (``x-20220107``) never looks like one."""
    digest = hashlib.sha256(key.encode()).digest()
    return "abcdef"[digest[0] % 6] + digest[1:5].hex()[:7]


def _cut(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, whole characters only."""
    return text.encode()[:limit].decode(errors="ignore").strip(". -")
