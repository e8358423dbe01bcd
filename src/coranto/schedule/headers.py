"""What a server's headers say of the next visit: Retry-After and how long an answer is fresh (P8, P9, R12).  Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from coranto.schedule.spans import DAY, LONGEST, LONGEST_RETRY, SHORTEST_RETRY, UNSTATED

_SANE_YEARS = 10 * 366 * DAY  # a Retry-After date beyond is a slip, no wish

_NUMBER = re.compile(r"[0-9]+\Z")
_DATE = re.compile(r"[A-Za-z]{3,9},? .*\d:\d\d")  # the three forms of RFC 9110 5.6.7 begin with a day's name


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
