"""When a subscription is due: the latest of all the times that somebody named.  Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from coranto.schedule.spans import DAY, FIRST_BACKOFF, LONGEST, LONGEST_RETRY, UNSTATED, WIDEST_SPREAD

# P20 allows a tenth of the interval, and sources that are all new together need it.  Later that would only delay each
# post: a morning paper's by a tenth of the hour; a thirtieth spreads as well over some polls.
_FIRST_SHARE, _SPREAD_SHARE = 10, 30
_FARTHEST = LONGEST_RETRY + DAY  # what nothing that we compute reaches
_CLOCK_NOISE = timedelta(minutes=5)  # how far the clocks of two machines may differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the last visit said about the next one.

    Attributes:
        failed: there was no good answer.
        max_age: seconds; -1: unstated.  Of a 304 that states none: the last one stated (P8).
        retry_after: seconds; -1: unstated.
        ttl: seconds that the feed itself states; 0: unstated.
        skip_hours: hours of the day, GMT, in which nobody is to ask.
        skip_days: days of the week in GMT, Monday is 0.
        first: it was the first visit: whoever is new at the same time is to be told apart from now on (P20).
    """

    failed: bool = False
    max_age: int = UNSTATED
    retry_after: int = UNSTATED
    ttl: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    first: bool = False


def next_due(*, now: datetime, every: int, facts: Facts, errors: int, key: str, rhythm: int = 0) -> datetime:
    """When a subscription is to be polled again: the latest of all the times that somebody named.

    Args:
        now: when the answer came.
        every: the operator's interval; 0 for what is always due (files): no spread then.
        facts: what the visit said.
        errors: failed visits in a row, this one included.
        key: names the subscription; spreads the starts, the same way each time (P20).
        rhythm: what the source's own habits ask for, at most 24 h or ``every`` (P12); 0: nothing.

    Returns:
        An instant in UTC, to the second; at most 24 h away (7 d by Retry-After, or by ``every``) and half an hour of
        spread, without which all silent feeds would be asked together for ever; and not in hours or days that the
        feed asks to skip.
    """
    delay = max(_wishes(every, facts, errors, rhythm).values())
    start = now.astimezone(UTC)
    if delay and start.microsecond:  # whole seconds, but never a moment early
        start += timedelta(seconds=1)
    start = start.replace(microsecond=0)
    due = start + timedelta(seconds=delay + (_spread(delay, key, facts) if every else 0))
    return outside(due, facts, within=timedelta(seconds=max(LONGEST_RETRY, delay)) - (due - start))


def outside(due: datetime, facts: Facts, *, within: timedelta = timedelta(seconds=LONGEST_RETRY)) -> datetime:
    """``due``, or the same minute of the first later hour that is not skipped (P11); minutes stay, lest all meet.

    A feed that skips everything ``within`` that time, a week or more, is not obeyed: it would never be read again.
    """
    moment, farthest = due, due + within
    while moment.hour in facts.skip_hours or moment.weekday() in facts.skip_days:
        moment += timedelta(hours=1)
        if moment > farthest:
            return due
    return moment


def is_due(
    due: datetime | None, now: datetime, *, asked: datetime | None = None, every: int = 0, why: str = ""
) -> bool:
    """Whether a subscription is to be polled now.

    A clock that was set back must not silence a source (P15, R5): a last visit in the future means exactly that, and
    costs one extra request.  A due time farther away than any that we compute now counts for a day at most, and so
    does one that an ``every`` asked for which settings have shortened since.

    Args:
        due: what :func:`next_due` said; None: never polled.
        now: the clock.
        asked: when it was last polled, if that is known.
        every: the operator's interval as it is now.
        why: what decided ``due``, as :func:`reason` names it.
    """
    if due is None or due <= now:
        return True
    if asked is not None and asked > now + _CLOCK_NOISE:
        return True
    far = due - now > _farthest(every)
    if asked is None:
        return far
    return (far or why == "every") and now - asked >= timedelta(seconds=max(every, LONGEST) + WIDEST_SPREAD)


def lost_track(asked: datetime | None, now: datetime, *, every: int = 0) -> bool:
    """Whether what was learnt of a source has come loose from the clock (P15, R5).

    So it is when the last visit lies in the future, or farther back than we ever leave a source alone: the clock
    made a step, or the program did not run.  The silence in between then says nothing.
    """
    return asked is not None and (asked > now + _CLOCK_NOISE or now - asked > _farthest(every))


def reason(*, every: int, facts: Facts, errors: int, rhythm: int = 0) -> str:
    """Which wish decided :func:`next_due`, for people.

    Returns:
        "every", "rhythm", "max-age", "ttl", "retry-after" or "back-off"; the operator's own word if it is as late.
    """
    wishes = _wishes(every, facts, errors, rhythm)
    return max(wishes, key=lambda name: wishes[name])


def _farthest(every: int) -> timedelta:
    return timedelta(seconds=max(_FARTHEST, every + DAY))


def _wishes(every: int, facts: Facts, errors: int, rhythm: int) -> dict[str, int]:
    """All that anybody wishes (P4, P8, P9, P11 to P13); a failure with Retry-After needs no back-off of ours."""
    return {
        "every": every,
        "retry-after": min(facts.retry_after, LONGEST_RETRY),
        "back-off": _backoff(every, errors) if facts.failed and facts.retry_after < 0 else 0,
        "max-age": min(facts.max_age, LONGEST),
        "ttl": min(facts.ttl, LONGEST),
        "rhythm": min(rhythm, max(every, LONGEST)),
    }


def _backoff(every: int, errors: int) -> int:
    """From 30 min or the interval, doubling with each error to 24 h; it never gives up (P13, R10)."""
    doublings = min(max(errors, 1) - 1, 16)
    return min(max(FIRST_BACKOFF, every) << doublings, LONGEST)


def _spread(delay: int, key: str, facts: Facts) -> int:
    """Seconds to start later, from a hash: the same for one key and delay, even over all keys (P20)."""
    widest = min(delay // (_FIRST_SHARE if facts.first else _SPREAD_SHARE), WIDEST_SPREAD)
    return _share(key) * (widest + 1) >> 64


def phase(key: str) -> float:
    """A number from 0 to below 1, from a hash: even over all keys."""
    return (_share(key) >> 11) / (1 << 53)


def _share(key: str) -> int:
    """64 bits."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "big")
