"""How values stand in the store: instants as whole seconds, words as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import overload

from coranto.model import Enclosure, Person, Words
from coranto.store.database import LEGIBLE, DamagedError


@overload
def stamp(moment: datetime) -> int: ...
@overload
def stamp(moment: None) -> None: ...
def stamp(moment: datetime | None) -> int | None:
    """Seconds since 1970, UTC."""
    return None if moment is None else int(moment.timestamp())


@overload
def moment(stamp: int) -> datetime: ...
@overload
def moment(stamp: None) -> None: ...
def moment(stamp: int | None) -> datetime | None:
    """The instant of a stamp, aware, in UTC."""
    try:  # costs nothing, and there are many
        return None if stamp is None else datetime.fromtimestamp(stamp, UTC)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise DamagedError(f"the store is damaged (no stamp of a time: {error})") from error


def pack(words: Words) -> bytes:
    """Words as stored."""
    said = {
        "content": words.content,
        "summary": words.summary,
        "authors": [{"name": one.name, "email": one.email, "uri": one.uri} for one in words.authors],
        "enclosures": [asdict(one) for one in words.enclosures],
        "language": words.language,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def unpack(body: bytes) -> Words:
    """Words from the store."""
    with LEGIBLE:
        said = json.loads(body)
        return Words(
            content=said["content"],
            summary=said["summary"],
            authors=tuple(Person(**person) for person in said["authors"]),
            enclosures=tuple(Enclosure(**enclosure) for enclosure in said["enclosures"]),
            language=said["language"],
        )
