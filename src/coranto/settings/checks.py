"""What no single key can tell: names, feeds and folders that get in each other's way.

Each check reads the tree as written and skips what has the wrong shape, so that all problems are found in one run,
also when some other key is wrong.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coranto.settings.patterns import FixedPattern, absolute, fixed_part, upstream_key
from coranto.settings.positions import Tree
from coranto.settings.problems import KeyPath, dotted, quoted
from coranto.settings.values import DEFAULT_POSTS, DEFAULT_STORE


def check(tree: Tree, folder: Path) -> None:
    """Report everything that is wrong between keys.

    Args:
        tree: the settings as written.
        folder: the absolute folder of the settings.
    """
    _same_upstream(tree)
    _same_posts(tree)
    _same_category(tree)
    _formats(tree)
    _window(tree)
    _tracking(tree)
    _folders(tree, folder)


def _same_upstream(tree: Tree) -> None:
    found = ((path, upstream_key(url)) for path, url in _texts(tree.data, "upstreams", "url"))
    _repeated(tree, found, "feed")


def _same_posts(tree: Tree) -> None:
    found = ((path, _whole(fixed_part(pattern))) for path, pattern in _texts(tree.data, "posts", "path"))
    _repeated(tree, found, "folder of posts")


def _whole(pattern: FixedPattern) -> str:
    return f"{pattern.fixed}/{pattern.glob}"


def _formats(tree: Tree) -> None:
    formats = _get(tree.data, "feeds", "formats")
    texts = enumerate(formats) if isinstance(formats, list) else ()
    _repeated(tree, ((("feeds", "formats", i), text) for i, text in texts if isinstance(text, str)), "format")


def _repeated(tree: Tree, found: Iterator[tuple[KeyPath, str]], what: str) -> None:
    first: dict[str, KeyPath] = {}
    for path, key in found:
        if key in first:
            line, _ = tree.place(first[key])
            tree.report(path, f"is the same {what} as {dotted(first[key])} in line {line}; remove one of the two")
        first.setdefault(key, path)


def fold(name: str) -> str:
    """What makes two names one category: neither case nor Unicode form counts (DESIGN 4, Categories)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def _same_category(tree: Tree) -> None:
    categories = _get(tree.data, "categories")
    names = list(categories) if isinstance(categories, dict) else []
    claims: list[tuple[KeyPath, str]] = [(("categories", name), name) for name in names]
    for name in names:
        aliases = _get(categories, name, "aliases")
        texts = enumerate(aliases) if isinstance(aliases, list) else ()
        claims += [(("categories", name, "aliases", i), alias) for i, alias in texts if isinstance(alias, str)]
    owner: dict[str, KeyPath] = {}
    for path, name in claims:
        taken = owner.setdefault(fold(name), path)
        if taken != path:
            place = tree.keys.get(path) or tree.place(path)
            tree.report(path, _taken(name, taken, (tree.keys.get(taken) or tree.place(taken))[0]), place)


def _taken(name: str, owner: KeyPath, line: int) -> str:
    role = "the name of a category" if len(owner) == 2 else f"an alias of {quoted(str(owner[1]))}"
    return f"{quoted(name)} is {role} already (line {line}); upper and lower case are the same here"


def _window(tree: Tree) -> None:
    entries, most = (_number(_get(tree.data, "feeds", key), default) for key, default in _WINDOW)
    if entries > most >= 1:
        path: KeyPath = ("feeds", "max_entries" if ("feeds", "max_entries") in tree.keys else "entries")
        tree.report(
            path,
            f"feeds.entries ({entries}) is more than feeds.max_entries ({most}); raise max_entries, or lower entries",
        )


_WINDOW = (("entries", 50), ("max_entries", 500))


def _tracking(tree: Tree) -> None:
    names = {query.casefold() for _, query in _texts(_get(tree.data, "identity"), "info_code", "query")}
    if _get(tree.data, "identity", "info_code") is None:
        names = {"infocode"}
    tracking = _get(tree.data, "identity", "tracking")
    for i, name in enumerate(tracking if isinstance(tracking, list) else ()):
        if isinstance(name, str) and name.casefold() in names:
            message = f"{quoted(name)} holds the infoCode (identity.info_code); remove it here"
            tree.report(("identity", "tracking", i), message)


def _folders(tree: Tree, folder: Path) -> None:
    """Refuse to publish into a folder that holds what a person wrote: nothing of theirs may be overwritten."""
    written = _get(tree.data, "feeds", "path")
    root = absolute(folder, written if isinstance(written, str) else "feeds")
    if _inside(folder, root):
        tree.report(("feeds", "path"), "would publish into the folder of the settings; give the feeds their own: feeds")
    elif _get(tree.data, "posts") is None and _inside(folder / DEFAULT_POSTS, root):
        message = (
            "is where posts stand if settings do not say where; give the feeds their own folder, or write posts: []"
        )
        tree.report(("feeds", "path"), message)
    for path, pattern in _texts(tree.data, "posts", "path"):
        place = absolute(folder, fixed_part(pattern).fixed)
        if not _inside(folder, place) and _inside(root, place) and not _inside(place, root):
            message = (
                f"stands in the posts {quoted(pattern)}, where each page would be read as a post; move one of the two"
            )
            tree.report(("feeds", "path"), message)
        if _inside(place, root):
            message = f"the posts {quoted(pattern)} stand in feeds.path ({root}), which is written; move one of the two"
            tree.report(path, message)
    store = _get(tree.data, "store")
    state = absolute(folder, store if isinstance(store, str) and "://" not in store else DEFAULT_STORE)
    if _inside(state, root) and isinstance(store, str):
        tree.report(("store",), f"stands in feeds.path ({root}), which is published; write {DEFAULT_STORE}")
    elif not _inside(folder, state.parent) and _inside(root, state.parent):
        tree.report(("feeds", "path"), f"stands in {state.parent}, which is the program's own; write feeds")


def _inside(path: Path, root: Path) -> bool:
    try:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))
    except ValueError:  # a NUL, which is a problem of its own
        return False


def _texts(data: object, section: str, key: str) -> Iterator[tuple[KeyPath, str]]:
    """Every text at ``section[i].key``."""
    items = _get(data, section)
    for i, item in enumerate(items if isinstance(items, list) else ()):
        text = _get(item, key)
        if isinstance(text, str):
            yield (section, i, key), text


def _get(data: Any, *path: str) -> Any:  # noqa: ANN401 - whatever was written
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _number(written: object, default: int) -> int:
    try:
        return int(float(written)) if isinstance(written, str) else default
    except (ValueError, OverflowError):
        return default  # no number, which is a problem of its own
