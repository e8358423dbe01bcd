"""An entry as it stands in the store, and its columns."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from coranto.model import Entry, Words
from coranto.store.database import LEGIBLE, Value
from coranto.store.database import Row as Columns
from coranto.store.values import moment, pack, stamp, unpack

State = Literal["live", "purged", "waiting", "withdrawn", "dropped", "held"]
STANDS = ("live", "purged")

COLUMNS = """entry.uid, entry.source, source.key, entry.name, own_id, entry.link, permalinks, code, entry.title, instant,
published, updated, first_seen, fullness, categories, label, problems, state, accepted, accepted_at, story, url, title_key"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry as it stands in the store: what was said, and what follows from it.

    ``published`` is the date that counts (a post's own; an upstream's frozen at first sight), ``categories`` pairs the
    key of each category with the name as written.
    """

    uid: int = 0  # 0: not stored yet
    source: int
    entry: Entry
    url: str = ""  # canonical
    title_key: str = ""
    instant: str = ""
    published: datetime
    first_seen: datetime
    state: State = "live"
    keys: tuple[str, ...] = ()
    categories: tuple[tuple[str, str], ...] = ()
    accepted: int = 0  # how many new texts of it were taken (R18)
    accepted_at: datetime | None = None
    story: int | None = None


def columns_of(row: Row) -> dict[str, Value]:
    """A row as its columns, without the derived story."""
    entry = row.entry
    return {
        "source": row.source,
        "name": entry.name,
        "own_id": entry.own_id,
        "link": entry.link,
        "url": row.url,
        "permalinks": json.dumps(entry.permalinks, ensure_ascii=False),
        "code": entry.code,
        "title": entry.title,
        "title_key": row.title_key,
        "instant": row.instant,
        "published": stamp(row.published),
        "updated": stamp(entry.updated),
        "first_seen": stamp(row.first_seen),
        "fullness": entry.fullness,
        "categories": json.dumps(entry.categories, ensure_ascii=False),
        "label": entry.label,
        "sole": row.categories[0][0] if len(row.categories) == 1 else "",
        "problems": json.dumps(entry.problems, ensure_ascii=False) if entry.problems else "",
        "state": row.state,
        "accepted": row.accepted,
        "accepted_at": stamp(row.accepted_at),
    }


def row_of(columns: Columns) -> Row:
    """A row from `COLUMNS`.

    Raises:
        DamagedError: they do not make one.
    """
    with LEGIBLE:
        return _row_of(columns)


def _row_of(columns: Columns) -> Row:
    (uid, source, key, name, own_id, link, permalinks, code, title, instant, published, updated, first_seen) = columns[
        :13
    ]
    (fullness, categories, label, problems, state, accepted, accepted_at, story, url, title_key) = columns[13:]
    entry = Entry(
        source=key,
        name=name,
        own_id=own_id,
        link=link,
        permalinks=_texts(permalinks),
        code=code,
        title=title,
        published=_stated(instant),
        updated=moment(updated),
        categories=_texts(categories),
        label=label,
        fullness=fullness,
        problems=_texts(problems),
    )
    return Row(
        uid=uid,
        source=source,
        entry=entry,
        url=url,
        title_key=title_key,
        instant=instant,
        published=moment(published),
        first_seen=moment(first_seen),
        state=state,
        accepted=accepted,
        accepted_at=moment(accepted_at),
        story=story,
    )


def _stated(instant: str) -> datetime | None:
    return datetime.fromisoformat(instant) if instant else None


def _texts(body: str) -> tuple[str, ...]:
    return tuple(json.loads(body)) if body and body != "[]" else ()


def pack_pending(entry: Entry, words: Words) -> bytes:
    """What a feed shows of an entry, and what its code is read from: a newer text that waits (R18)."""
    said: dict[str, Any] = {name: getattr(entry, name) for name in ("title", "link", "permalinks", "code", "fullness")}
    said |= {"updated": stamp(entry.updated), "words": pack(words).decode()}
    return json.dumps(said, ensure_ascii=False).encode()


def unpack_pending(entry: Entry, body: bytes) -> tuple[Entry, Words]:
    """The entry with its newer text, and that text."""
    with LEGIBLE:
        said = json.loads(body)
        words = unpack(said.pop("words").encode())
        said |= {"updated": moment(said["updated"]), "permalinks": tuple(said["permalinks"])}
        return replace(entry, **said), words
