"""When to look again (POLITENESS P4 to P15, P20).  Pure: the clock comes in, chance is a hash.

All durations are seconds; all instants are aware.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

UNSTATED = -1
LONGEST = DAY  # of max-age, ttl and our own back-off
LONGEST_RETRY = 7 * DAY  # of Retry-After
SHORTEST_RETRY = MINUTE
FIRST_BACKOFF = 30 * MINUTE
WIDEST_SPREAD = 30 * MINUTE
_SPREAD_SHARE = 10  # a tenth of the interval

_FARTHEST = LONGEST_RETRY + DAY  # what nothing that we compute reaches
_CLOCK_NOISE = timedelta(minutes=5)  # how far the clocks of two machines may differ
_SANE_YEARS = 10 * 366 * DAY  # a Retry-After date beyond is a slip, no wish

_NUMBER = re.compile(r"[0-9]+\Z")
_DATE = re.compile(r"[A-Za-z]{3,9},? .*\d:\d\d")  # the three forms of RFC 9110 5.6.7 begin with a day's name


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
    """

    failed: bool = False
    max_age: int = UNSTATED
    retry_after: int = UNSTATED
    ttl: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


def retry_after(value: str, now: datetime) -> int:
    """Retry-After as seconds from ``now``, 60 s to 7 d; -1 for none and for nonsense (P9, R12).

    Nonsense is: negative, a fraction, a text, a date in the past or in an absurd year.
    """
    value = value.strip()
    if _NUMBER.match(value):
        return min(max(_number(value), SHORTEST_RETRY), LONGEST_RETRY)
    moment = _http_date(value)
    if moment is None or not 0 < (seconds := _between(now, moment)) < _SANE_YEARS:
        return UNSTATED
    return min(max(seconds, SHORTEST_RETRY), LONGEST_RETRY)


def max_age(cache_control: str, expires: str, date: str, now: datetime) -> int:
    """How long an answer is fresh by its headers: 0 to 24 h; -1 if they do not say (P8).

    Args:
        cache_control: the Cache-Control field; it goes before ``expires`` (RFC 9111 5.3).
        expires: the Expires field; "0" and other non-dates mean: at once.
        date: the Date field, from which Expires counts.
        now: counts instead of a missing ``date``.
    """
    directives = _directives(cache_control)
    if "no-cache" in directives or "no-store" in directives:
        return 0
    stated = directives.get("max-age", "")
    if _NUMBER.match(stated):
        return min(_number(stated), LONGEST)
    if not expires.strip():
        return UNSTATED
    end = _http_date(expires)
    if end is None:
        return 0
    return min(max(_between(_http_date(date) or now, end), 0), LONGEST)


def next_due(*, now: datetime, every: int, facts: Facts, errors: int, key: str) -> datetime:
    """When a subscription is to be polled again: the latest of all the times that somebody named.

    Args:
        now: when the answer came.
        every: the operator's interval; 0 for what is always due (files): no spread then.
        facts: what the visit said.
        errors: failed visits in a row, this one included.
        key: names the subscription; spreads the starts, the same way each time (P20).

    Returns:
        An instant in UTC, to the second; at most 24 h away (7 d by Retry-After, or by ``every``), and not in
        hours or days that the feed asks to skip.
    """
    delay = _delay(every, facts, errors)
    farthest = max(LONGEST, delay)
    start = now.astimezone(UTC)
    if delay and start.microsecond:  # whole seconds, but never a moment early
        start += timedelta(seconds=1)
    start = start.replace(microsecond=0)
    due = start + timedelta(seconds=min(delay + _spread(delay, key), farthest) if every else delay)
    return _outside(due, facts, start + timedelta(seconds=max(LONGEST_RETRY, delay)))


def is_due(due: datetime | None, now: datetime, *, asked: datetime | None = None, every: int = 0) -> bool:
    """Whether a subscription is to be polled now.

    A clock that was set back must not silence a source (P15, R5): a due time farther away than any that we
    compute, or a last visit in the future, means exactly that, and costs one extra request.

    Args:
        due: what :func:`next_due` said; None: never polled.
        now: the clock.
        asked: when it was last polled, if that is known.
        every: the operator's interval, if it is longer than a week.
    """
    if due is None or due <= now:
        return True
    if asked is not None and asked > now + _CLOCK_NOISE:
        return True
    return due > now + timedelta(seconds=max(_FARTHEST, every + DAY))


def _delay(every: int, facts: Facts, errors: int) -> int:
    """The latest of all (P4, P8, P9, P11, P13); a failure with Retry-After needs no back-off of ours."""
    stated = (min(facts.max_age, LONGEST), min(facts.ttl, LONGEST), min(facts.retry_after, LONGEST_RETRY))
    backoff = _backoff(every, errors) if facts.failed and facts.retry_after < 0 else 0
    return max(every, backoff, *stated)


def _backoff(every: int, errors: int) -> int:
    """From 30 min or the interval, doubling with each error to 24 h; it never gives up (P13, R10)."""
    doublings = min(max(errors, 1) - 1, 16)
    return min(max(FIRST_BACKOFF, every) << doublings, LONGEST)


def _spread(delay: int, key: str) -> int:
    """Seconds to start later, from a hash: the same for one key and delay, even over all keys (P20)."""
    widest = min(delay // _SPREAD_SHARE, WIDEST_SPREAD)
    share = int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return share * (widest + 1) >> 64


def _outside(due: datetime, facts: Facts, farthest: datetime) -> datetime:
    """``due``, or the same minute of the first later hour that is not skipped (P11); minutes stay, lest all meet.

    A feed that skips everything, or for over a week, is not obeyed: it would never be read again.
    """
    moment = due
    while moment.hour in facts.skip_hours or moment.weekday() in facts.skip_days:
        moment += timedelta(hours=1)
        if moment > farthest:
            return due
    return moment


def _directives(cache_control: str) -> dict[str, str]:
    """Cache-Control's directives; of one that is stated twice, the first."""
    found: dict[str, str] = {}
    for part in cache_control.split(","):
        name, _, value = part.partition("=")
        found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return found


def _number(digits: str) -> int:
    """Digits as a number; a long row of them is just "very long" (and would be slow to read)."""
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) <= 12 else 10**12


def _http_date(value: str) -> datetime | None:
    """A date of RFC 9110 5.6.7, or None; without a zone it is GMT."""
    if not _DATE.match(value.strip()):
        return None
    try:
        moment = parsedate_to_datetime(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _between(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())
