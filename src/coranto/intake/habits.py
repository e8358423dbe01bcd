"""What a source's visits teach us about when it has news (P12, FEATURES E9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from coranto import schedule
from coranto.model import Outcome
from coranto.schedule import rhythm
from coranto.settings.values import Upstream
from coranto.store import Store
from coranto.store.sources import Subscription

DELTA = 226  # an answer that lists only what is new (RFC 3229)


def learn(
    store: Store,
    source: int,
    upstream: Upstream,
    known: Subscription,
    outcome: Outcome,
    new: Sequence[datetime],
    now: datetime,
) -> int:
    """Note what was new, and say after how many seconds the source deserves a look; 0: whenever settings say.

    Args:
        store: inside the transaction of the visit.
        source: its row.
        upstream: a file, and what settings let us ask at any time, has no habits.
        known: before the visit.
        outcome: of the visit.
        new: the dates of the entries that were not known; ``now`` for one that has none.
        now: when it was visited.
    """
    if upstream.path is not None or not upstream.every:
        return 0
    arrivals = [rhythm.arrival(stated, known.last_good, now) for stated in new]
    first = known.last_good is None and outcome.kind != "failed"
    if (first and not arrivals) or schedule.lost_track(known.last_poll, now, every=upstream.every):
        arrivals.append(now)  # nothing is known of the time before: its silence counts from here
    store.sources.note_arrivals(source, arrivals, apart=min(upstream.every, schedule.HOUR))
    store.sources.forget_arrivals(source, before=now - rhythm.REMEMBERED, after=now)
    if outcome.status != DELTA and outcome.document and _rolls(outcome, known, new, now, upstream.every):
        return upstream.every
    return rhythm.interval(
        store.sources.arrivals(source), now, floor=upstream.every, phase=schedule.phase(upstream.key)
    )


def last_new(known: Subscription, new: Sequence[datetime], now: datetime) -> datetime | None:
    """When the source last had something new: of the first visit, the newest date."""
    if not new:
        return known.last_new
    return max(new) if known.last_good is None else now


def _rolls(outcome: Outcome, known: Subscription, new: Sequence[datetime], now: datetime, every: int) -> bool:
    listed = len(outcome.document.entries) if outcome.document else 0
    recent = new if known.last_good else [at for at in new if now - at < timedelta(seconds=every)]
    return rhythm.rolls(len(recent), listed)
