"""The backends of the store, for the suite that every one of them has to pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from coranto.model import FEED, POSTS, Entry, Source
from coranto.store import Store, open_store
from coranto.store.entries import Row

NOON = datetime(2022, 1, 7, 4, 0, tzinfo=UTC)
FOLDER = Source(key="posts:posts", kind=POSTS)
PAPER = Source(key="a.example/feed", kind=FEED, feed_url="https://a.example/feed")
OTHER = Source(key="b.example/feed", kind=FEED, feed_url="https://b.example/feed")

# Each makes an empty store in a temporary folder; PostgreSQL joins with one more line.
BACKENDS: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: open_store(str(folder / "store.sqlite3")),
}


def row(store: Store, name: str = "n1", source: Source = PAPER, **fields: object) -> Row:
    """An entry to put; ``fields`` of Entry and of Row alike."""
    of_entry = {
        key: fields.pop(key)
        for key in list(fields)
        if key in Entry.__slots__ and key not in ("published", "categories")
    }
    stated = fields.pop("stated", fields.get("published", NOON))
    filed = fields.pop("filed", ())
    said = Entry(source=source.key, name=name, published=stated, categories=tuple(filed), **of_entry)
    values = {
        "published": NOON,
        "first_seen": NOON,
        "title_key": said.title,
        "instant": "" if stated is None else stated.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "categories": tuple((one.lower(), one) for one in filed),
        **fields,
    }
    return Row(source=store.sources.ids()[source.key], entry=said, **values)


def put(store: Store, *args: object, **fields: object) -> int:
    """Put an entry (see `row`); its uid."""
    return store.entries.put(row(store, *args, **fields))
