"""How often a source deserves a look, by when it had something new (P12, FEATURES E9).  Pure.

A morning paper is asked hourly in the hours in which it comes out, and four times over the rest of the day; a feed
that has been silent for a month is asked once a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from coranto.schedule.spans import HOUR, LONGEST

REMEMBERED = timedelta(weeks=4)  # how far back habits are looked for
_ENOUGH = timedelta(days=14)  # shorter acquaintance shows no habits of the week
_SILENCES = ((timedelta(days=30), 1), (timedelta(days=14), 2), (timedelta(days=7), 4))  # and their part of the ceiling
_DAY, _WEEK = 24, 7 * 24  # hours after which habits repeat
_OUTSIDE = 4  # the ceiling's part for hours without news


def interval(
    arrivals: Sequence[datetime], now: datetime, *, floor: int, ceiling: int = LONGEST, phase: float = 0.0
) -> int:
    """Seconds until the next look.

    Args:
        arrivals: when entries were new, in any order: the last four weeks and the newest one.  Those in the future
            say nothing: the clock was set back.
        now: when the source was last asked.
        floor: the operator's interval; never less.
        ceiling: never more, but for the floor.
        phase: where in an hour with news the first look falls, as a share of the floor: else all morning papers of
            the world would be asked on the stroke of six (P20).  Who looks hourly looks somewhere in it, too.

    Returns:
        The ceiling after 30 silent days, its half after 14, its quarter after 7; half the mean gap (at most that
        quarter) until 14 days are known; then the floor in an hour of the week that had news in the last four
        weeks, and outside until the next such hour, at most that quarter.  The floor if nothing is known.
    """
    past = sorted(moment for moment in arrivals if moment <= now)
    if not past:
        return floor
    for silence, part in _SILENCES:
        if now - past[-1] >= silence:
            return max(floor, ceiling // part)
    wanted = _until_news(past, now, ceiling // _OUTSIDE, int(phase * min(floor, HOUR)))
    if now - past[0] < _ENOUGH:
        # The gap that is open counts too: a source that has fallen silent is not asked as if it had not.
        wanted = min(wanted, int((now - past[0]).total_seconds()) // len(past) // 2)
    return max(floor, wanted)


def arrival(stated: datetime, asked: datetime | None, now: datetime) -> datetime:
    """When an entry was new, as well as we can know.

    Args:
        stated: its own date; ``now`` for one that has none.
        asked: the good look before, which did not show it; None: there was none.
        now: the look that shows it.

    Returns:
        The stated date if it lies between the two looks, else the middle of them: a source that dates all to
        midnight would teach us the wrong hour, and the time of our own look only that we looked.  Of what the
        first look brought, the stated date, but no later than ``now``.
    """
    if asked is None:
        return min(stated, now)
    if asked < stated < now:
        return stated
    return asked + (now - asked) / 2 if asked < now else now


def rolls(fresh: int, listed: int) -> bool:
    """Whether a feed turns over so fast that a longer wait would lose entries: half of what it lists is new."""
    return listed > 0 and 2 * fresh >= listed


def _until_news(past: Sequence[datetime], now: datetime, longest: int, into: int) -> int:
    """Seconds until ``into`` the next hour that has news by habit; 0 within one, ``longest`` if it is farther away."""
    hours = _WEEK if now - past[0] >= _ENOUGH else _DAY
    busy = {_hour(moment) % hours for moment in past if now - moment <= REMEMBERED}
    for ahead in range(longest // HOUR + 1):
        if (_hour(now) + ahead) % hours in busy:
            begin = (_hour(now) + ahead) * HOUR
            return min(begin + into - int(now.timestamp()), longest) if ahead else 0
    return longest


def _hour(moment: datetime) -> int:
    """Whole hours since 1970, UTC."""
    return int(moment.timestamp()) // HOUR
