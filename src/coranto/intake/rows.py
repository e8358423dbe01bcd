"""From an entry as read to its row: keys, categories, the date that counts, whether it counts at all.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coranto import identity
from coranto.intake.rules import Rules, article_url
from coranto.model import Entry
from coranto.store.entries import Row, State


def row_of(
    entry: Entry,
    source: int,
    filed: Sequence[str],
    rules: Rules,
    *,
    now: datetime,
    known: Row | None = None,
    frozen: bool = True,
    echoes: Sequence[str] = (),
) -> Row:
    """The row of an entry.

    Args:
        entry: as read.
        source: the row of its source.
        filed: the names of the categories it goes under.
        rules: of identity and of categories.
        now: the instant of the run.
        known: its row until now, if it has one.
        echoes: ids that it carries and that came back to us from elsewhere.
        frozen: the date that counts is settled at first sight (an upstream's: IDENTITY 7), and stands in ``known`` then.
    """
    first_seen = known.first_seen if known else now
    published = _published(entry, known, first_seen, frozen=frozen)
    return Row(
        uid=known.uid if known else 0,
        source=source,
        entry=entry,
        url=article_url(entry.link, rules.identity),
        title_key=identity.title_key(entry.title),
        instant=identity.instant_key(entry.published),
        published=published,
        first_seen=first_seen,
        state=_state(entry, published, now, may_wait=not frozen),
        keys=identity.keys(entry, rules.identity, echoes),
        categories=rules.filed(filed),
        accepted=known.accepted if known else 0,
        accepted_at=known.accepted_at if known else None,
        story=known.story if known else None,
    )


def _published(entry: Entry, known: Row | None, first_seen: datetime, *, frozen: bool) -> datetime:
    if not frozen and entry.published is not None:
        return entry.published
    if known is not None:
        return known.published
    return min(entry.published, first_seen) if entry.published else first_seen


def _state(entry: Entry, published: datetime, now: datetime, *, may_wait: bool) -> State:
    """A post waits for its date.  An upstream's entry was seen: a clock that steps back must not hide it."""
    if entry.dropped:
        return "dropped"
    return "waiting" if may_wait and published > now else "live"
