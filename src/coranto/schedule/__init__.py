"""When to look again (POLITENESS P4 to P15, P20).  Pure: the clock comes in, chance is a hash.

``headers``: what a server says; ``rhythm``: what a source's habits say; ``due``: the latest of all that somebody said.
All durations are seconds; all instants are aware.
"""

from __future__ import annotations

from coranto.schedule.due import Facts, is_due, lost_track, next_due, outside, phase, reason
from coranto.schedule.headers import max_age, retry_after
from coranto.schedule.spans import DAY, HOUR, LONGEST, LONGEST_RETRY, MINUTE, UNSTATED

__all__ = [
    "DAY",
    "HOUR",
    "LONGEST",
    "LONGEST_RETRY",
    "MINUTE",
    "UNSTATED",
    "Facts",
    "is_due",
    "lost_track",
    "max_age",
    "next_due",
    "outside",
    "phase",
    "reason",
    "retry_after",
]
