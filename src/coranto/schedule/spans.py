"""The lengths of time that the rules of politeness name, in seconds."""

from __future__ import annotations

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

UNSTATED = -1
LONGEST = DAY  # of max-age, ttl, our own back-off and a source's rhythm
LONGEST_RETRY = 7 * DAY  # of Retry-After
SHORTEST_RETRY = MINUTE
FIRST_BACKOFF = 30 * MINUTE
WIDEST_SPREAD = 30 * MINUTE
