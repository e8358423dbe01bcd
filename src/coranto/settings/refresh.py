"""How far apart the ticks are that ``schedule.refresh`` asks for.  Pure."""

from __future__ import annotations

from itertools import pairwise

from coranto.settings import cron, shapes

_DAY = 24 * 60  # minutes


def shortest(refresh: str) -> int:
    """The shortest time between two ticks of a day, in seconds; of a cron expression whose days do not matter here."""
    if " " not in refresh and not refresh.startswith("@"):
        return int(shapes.seconds(refresh))
    named = cron.fields(refresh)
    times = [60 * hour + minute for hour in _numbers(named.hour, 24) for minute in _numbers(named.minute, 60)]
    return 60 * min(later - earlier for earlier, later in pairwise([*times, times[0] + _DAY]))


def _numbers(field: str, many: int) -> list[int]:
    return list(range(many)) if field == "*" else [int(number) for number in field.split(",")]
