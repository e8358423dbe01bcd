"""What a log shows: its requests as polls, with what the client knew before each.  Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from behaviour_log import NOTHING, Asked, Given, host_of, is_private, whole_body
from behaviour_scripts import Source
from behaviour_world import World

_CHAIN = timedelta(minutes=30)  # a redirect is followed when its host's turn has come, not later
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
Pair = tuple[str, str]


@dataclass(slots=True)
class Poll:
    """One look at a source: a request, and those that its redirects led to.

    Attributes:
        home: the configured address.
        hops: the requests, in order.
        known: ETag and Last-Modified of the last answer that was to be accepted, before this poll.
        fresh: until when that answer was fresh by its max-age or Expires; None: it did not say (P8).
        errors: failed polls in a row before this one.
    """

    home: str
    hops: list[Asked]
    known: Pair = ("", "")
    fresh: datetime | None = None
    errors: int = 0

    @property
    def at(self) -> datetime:
        return self.hops[0].at

    @property
    def url(self) -> str:
        return self.hops[0].url

    @property
    def end(self) -> datetime:
        return self.hops[-1].at

    @property
    def given(self) -> Given:
        return self.hops[-1].given

    @property
    def good(self) -> bool:
        return self.given.good

    @property
    def permanent(self) -> bool:
        """A good answer behind redirects that are all for good."""
        return self.good and len(self.hops) > 1 and all(hop.given.status in PERMANENT for hop in self.hops[:-1])


@dataclass(frozen=True, slots=True)
class Hold:
    """A time in which nobody is to ask (P9, P10).

    Attributes:
        by: the request that was answered so.
        until: its end.
        wide: it holds the whole domain, or private host; else the address alone.
    """

    by: Asked
    until: datetime
    wide: bool

    @property
    def scope(self) -> str:
        return host_of(self.by.url) if self.wide else self.by.url


@dataclass
class View:
    """A log, and all that the rules want to know of it.

    Attributes:
        log: in the order of starts.
        world: who was asked.
        restarts: when the client was started anew.
        pause: seconds between two starts on one host.
    """

    log: Sequence[Asked]
    world: World
    restarts: Sequence[datetime] = ()
    pause: float = 1.5

    @cached_property
    def end(self) -> datetime:
        return self.log[-1].at if self.log else self.world.start

    @cached_property
    def polls(self) -> dict[str, list[Poll]]:
        """By configured address."""
        found: dict[str, list[Poll]] = defaultdict(list)
        for poll in _grouped(self.log, self.world.homes):
            found[poll.home].append(poll)
        for one in found.values():
            _remember(one)
        return found

    @cached_property
    def holds(self) -> dict[str, list[Hold]]:
        """By scope, in the order of their beginnings."""
        found: dict[str, list[Hold]] = defaultdict(list)
        for asked in self.log:
            if (wait := asked.given.wait) >= 0:
                wide = asked.given.status == 429 or (asked.given.status == 503 and not is_private(asked.url))
                hold = Hold(asked, asked.at + timedelta(seconds=wait), wide)
                found[hold.scope].append(hold)
        return found

    def pairs(self) -> Iterator[tuple[Poll, Poll]]:
        """Each poll and the next of the same source."""
        for one in self.polls.values():
            yield from pairwise(one)

    def source(self, home: str) -> Source | None:
        return self.world.sources.get(home)

    def kind(self, home: str) -> str:
        source = self.source(home)
        return source.kind if source else ""

    def held(self, url: str, start: datetime, end: datetime) -> bool:
        """Whether a hold touched an address in a time: a long silence is then no fault."""
        holds = (*self.holds.get(host_of(url), ()), *self.holds.get(url, ()))
        return any(hold.by.at <= end and start <= hold.until for hold in holds)

    def last_restart(self, moment: datetime) -> datetime | None:
        place = bisect_right(self._sorted, moment)
        return self._sorted[place - 1] if place else None

    @cached_property
    def _sorted(self) -> list[datetime]:
        return sorted(self.restarts)


def _grouped(log: Sequence[Asked], homes: dict[str, str]) -> list[Poll]:
    """A request is a hop of a poll if a redirect of it led there a moment ago."""
    polls: list[Poll] = []
    led_to: dict[str, Poll] = {}
    for asked in log:
        poll = led_to.pop(asked.url, None)
        if poll is None or asked.at - poll.end > _CHAIN:
            poll = Poll(homes.get(asked.url, asked.url), [])
            polls.append(poll)
        poll.hops.append(asked)
        if asked.given.location and asked.given.status in REDIRECTS:
            led_to[asked.given.location] = poll
    return polls


def _remember(polls: list[Poll]) -> None:
    """Play what a client must keep from each poll to the next (P2, P3, P8)."""
    known, age, fresh, errors = ("", ""), NOTHING, None, 0
    for poll in polls:
        poll.known, poll.fresh, poll.errors = known, fresh, errors
        errors = 0 if poll.good else errors + 1
        if poll.good:
            known = after(known, poll.given)
            # A 304 that states nothing keeps the last age (P8).
            age = poll.given.max_age if poll.given.max_age >= 0 or poll.given.status == 200 else age
            fresh = poll.end + timedelta(seconds=min(age, 86400)) if age >= 0 else None


def after(known: Pair, given: Given) -> Pair:
    """The validators after a good answer: replaced by a 200, completed by a 304 or 226."""
    if whole_body(given):
        return given.etag, given.last_modified
    return given.etag or known[0], given.last_modified or known[1]
