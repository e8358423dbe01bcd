"""Public ids: which one a story goes out under.  Pure.

An id belongs to the entry whose words went out under it (RFC 4287 4.2.6: it survives every republication), so a moved
domain, a new order of sources or a rebuilt output renames nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import count

from coranto.model import Entry, Public
from coranto.text.urls import public_iri


def candidates(entry: Entry, url: str, tag: str) -> tuple[str, ...]:
    """The ids a story may get that goes out with this entry's words for the first time, best first (IDENTITY 16).

    Args:
        entry: the winner.
        url: its canonical address, or ''.
        tag: the site's tagging entity (RFC 4151): never the address of the site, which moves.
    """
    found = []
    if public_iri(entry.own_id) and not entry.own_id.startswith(f"tag:{tag}:"):
        found.append(entry.own_id)
    if entry.code:
        found.append(f"tag:{tag}:code/{entry.code}")
    if url:
        found.append(f"tag:{tag}:url/{_hash(url)}")
    found.append(f"tag:{tag}:entry/{_hash(entry.source, entry.name)}")
    return tuple(found)


def mint(wanted: Sequence[str], free: Callable[[str], bool]) -> str:
    """The first id of ``wanted`` that is ``free``, else the last one numbered."""
    numbered = (f"{wanted[-1]}.{number}" for number in count(2))
    return next(one for ids in (wanted, numbered) for one in ids if free(one))


def choose(winner: int, anchored: Iterable[Public], orphans: Iterable[Public]) -> Public | None:
    """The id that a story keeps, or None when it needs its first.

    Args:
        winner: the uid of the entry whose words the story shows.
        anchored: the ids whose words are those of its entries.
        orphans: ids that its entries carried once and that no other story shows.
    """
    ranked = sorted(anchored, key=lambda one: (one.entry != winner, *_age(one))) or sorted(orphans, key=_age)
    return ranked[0] if ranked else None


def _age(one: Public) -> tuple[bool, datetime, str]:
    return not one.leads, one.first_out, one.id


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
