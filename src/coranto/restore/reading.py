"""Reading feeds/ back, and writing a story of it down until an entry claims it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from coranto import identity
from coranto.dedup import merge
from coranto.intake.library import Library
from coranto.model import Category, Feed, Story
from coranto.store import Store
from coranto.store.database import LEGIBLE
from coranto.store.history import Recovered
from coranto.store.outputs import Output
from coranto.writers import FILES, jsonfeed

_OURS = {*FILES.values(), "index.html"}
_OURS_IN_ROOT = {"index.html", "opml.xml"}
_BEST_FIRST = (FILES["json"], FILES["atom"], FILES["rss"])


def read_back(store: Store, library: Library, root: Path) -> None:
    """Remember every story and file of ours that stands in ``root``."""
    folders = sorted({file.parent for name in _BEST_FIRST for file in root.glob(f"*/{name}")})
    for folder in folders:
        stories = _in_folder(folder)
        if stories is None:
            continue  # not ours, or broken: it is written anew if its category still stands
        with store.database.transaction():
            store.history.recover(_recovered(story, library) for story in stories)
            store.outputs.keep(_files(folder, folder.name, _OURS))
    if folders:
        store.outputs.keep(_files(root, "", _OURS_IN_ROOT))


def story_of(one: Recovered) -> Story:
    """The story, as its feed held it."""
    with LEGIBLE:
        return jsonfeed.read(one.body)[0]


def _in_folder(folder: Path) -> tuple[Story, ...] | None:
    """The stories of the first feed in ``folder`` that can be read; they all hold the same."""
    from coranto.writers import readback

    for name in _BEST_FIRST:
        try:
            return readback.read(name, (folder / name).read_bytes())
        except (OSError, ValueError):
            continue
    return None


def _recovered(story: Story, library: Library) -> Recovered:
    return Recovered(
        id=story.id,
        url="" if merge.is_at_home(story) else library.url(story.link),
        title_key=identity.title_key(story.title),
        body=jsonfeed.write(_shell(story)),
    )


def _shell(story: Story) -> Feed:
    """A feed of just one story, to write it down in."""
    return Feed(
        id="tag:all",
        category=Category(key="all", folder="all", title="all"),
        base="http://example.org/",
        title="all",
        description="",
        language="",
        site_title="all",
        site_url="http://example.org/",
        updated=story.updated,
        stories=(story,),
    )


def _files(place: Path, folder: str, names: set[str]) -> Iterator[Output]:
    for name in sorted(names | {f"{name}.gz" for name in names}):
        file = place / name
        if file.is_file():
            found = file.stat()
            yield Output(
                path=f"{folder}/{name}" if folder else name,
                folder=folder,
                sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
                size=found.st_size,
                mtime_ns=found.st_mtime_ns,
            )
