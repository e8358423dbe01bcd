"""How a subscription is, after each visit: what the visit adds to what is known, and what `coranto.doctor` makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from coranto import doctor
from coranto.client.address import without_login
from coranto.doctor import health
from coranto.intake.habits import DELTA
from coranto.model import Outcome
from coranto.settings.values import HOUR, Upstream
from coranto.store import Store
from coranto.store.alerts import Alert
from coranto.store.sources import Subscription

_SHOWN = timedelta(days=1)  # how long a change of shape is told: whoever looks once a day sees it


def listed_before(known: Subscription, outcome: Outcome) -> int:
    """How many entries the last document listed; 0 if this answer lists only what is new, and so says nothing."""
    return 0 if outcome.status == DELTA else known.listed


def learned(
    after: Subscription, before: Subscription, outcome: Outcome, reading: doctor.Reading | None, now: datetime
) -> Subscription:
    """``after`` with what a visit shows of the source.

    Args:
        after: the visit, but for this.
        before: it.
        outcome: of it.
        reading: of its document, if it had one.
        now: when.
    """
    after = replace(after, milliseconds=health.mean(before.milliseconds, outcome.seconds))
    if after.shape_at and not timedelta() <= now - after.shape_at < _SHOWN:
        after = replace(after, shape="", shape_at=None)
    if outcome.kind == "unchanged":
        return replace(after, overruns=0)  # what is listed still was listed before
    if reading is None:
        return after
    if reading.shape:
        after = replace(after, shape=reading.shape, shape_at=now)
    if outcome.status == DELTA:
        return replace(after, held=before.held or reading.held > 0)
    overrun = before.last_good is not None and 0 < reading.listed == reading.fresh
    return replace(after, listed=reading.listed, overruns=before.overruns + 1 if overrun else 0, held=reading.held > 0)


def judged(
    known: Subscription, upstream: Upstream, holding: int, now: datetime, *, asked: datetime | None = None
) -> Subscription:
    """``known`` with the state that follows from it; since when changes only with the state.

    Args:
        known: after a visit.
        upstream: as settings name it.
        holding: how many of its entries are held back.
        now: when.
        asked: when it was the good visit before; None: there was none, or it does not matter.
    """
    hours = (now - asked).total_seconds() / HOUR if asked else 0
    found = condition_of(known, upstream, holding, hours=hours)
    since = known.health_since if known.health == found.health else now
    return replace(known, health=found.health, health_why=found.why, health_since=since or now)


def keep(store: Store, source: int, before: Subscription, after: Subscription, now: datetime) -> None:
    """Store ``after``, which is judged; if it is in another state than ``before``, that is noted for the operators.

    A source that is healthy when it is first seen is no news.
    """
    store.sources.keep_subscription(source, after)
    if after.health != (before.health or "healthy"):
        alert = Alert(source=source, at=now, before=before.health, health=after.health, why=after.health_why)
        store.alerts.add(alert)


def condition_of(known: Subscription, upstream: Upstream, holding: int, *, hours: float = 0) -> doctor.Condition:
    """How a subscription is by what is remembered of it; ``hours``: between its last two good visits, 0 if unknown."""
    return doctor.diagnose(
        doctor.Facts(
            place=without_login(upstream.url),
            gone=known.gone,
            held=known.held,
            holding=holding,
            errors=known.errors,
            error=known.error,
            failing_since=known.failing_since,
            shape=known.shape,
            overruns=known.overruns,
            listed=known.listed,
            per_hour=round(known.listed / hours) if hours > 0 else 0,
            move=known.notice,
            milliseconds=known.milliseconds,
        )
    )


def release(store: Store, upstream: Upstream, now: datetime) -> int | None:
    """Let what is held back of a subscription go, at once (R16).

    Of entries with one title only the newest: a feed that renamed all at each poll gives each once.  The others count as
    withdrawn.

    Returns:
        How many entries go; their stories are settled and published by the next build.  None: nothing is held.
    """
    with store.database.transaction():
        source = store.sources.ids().get(upstream.key, 0)
        held, newest = store.entries.held(source), store.entries.newest_held(source)
        if not held and not store.sources.subscription(source).held:
            return None
        for uid in held:
            store.entries.set_state(uid, "live" if uid in newest else "withdrawn")
        store.sources.release(source)
        known = store.sources.subscription(source)
        keep(store, source, known, judged(known, upstream, 0, now), now)
    return len(newest)


def revive(store: Store, upstream: Upstream, now: datetime) -> bool:
    """Let a subscription that said 410 be polled again, because the operator says so (P14); whether it had.

    Not before its interval is over: it may have been asked a minute ago (P4).
    """
    with store.database.transaction():
        source = store.sources.ids().get(upstream.key, 0)
        known = store.sources.subscription(source)
        if not known.gone:
            return False
        due = max(now, (known.last_poll or now) + timedelta(seconds=upstream.every))
        asked = replace(known, gone=False, errors=0, error="", failing_since=None, due=due, reason="every")
        holding = len(store.entries.held(source))
        keep(store, source, known, judged(asked, upstream, holding, now), now)
    return True
