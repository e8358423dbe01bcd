"""One request at a time per host, and a pause before the next; none while a host is held (POLITENESS P10, P19)."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Self

from coranto.client import address, hosts
from coranto.client.answer import FetchError, HeldError
from coranto.client.book import HostBook, HostRow, MemoryBook
from coranto.schedule import LONGEST_RETRY
from coranto.settings.values import Fetch

SHORTEST = 1.5  # seconds; only private hosts that settings name may be asked faster
_CLOCK_NOISE = timedelta(minutes=5)  # a row noted later than this after now: the clock was set back


class Pace:
    """The turns of all hosts, over all threads of this process, and by its book over restarts.

    A host is a registrable domain; a private host that settings name is told apart by port, because several bridges
    live on one machine.
    """

    def __init__(
        self,
        pause: float,
        private: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        *,
        hold: str = "domain",
        book: HostBook | None = None,
        started: datetime | None = None,
    ) -> None:
        """What the book remembers holds from the start.

        Args:
            pause: seconds between two requests to one host.
            private: settings' ``fetch.private``.
            clock: seconds, monotonic; for tests.
            sleep: for tests.
            hold: settings' ``fetch.hold``.
            book: where hosts are remembered; called by :meth:`keep`, :meth:`begins` and here, never by another thread.
            started: the instant of the run, aware; by default the system's clock.
        """
        self._pause, self._private, self._hold = pause, tuple(private), hold
        self._clock, self._sleep = clock, sleep
        self._book = book or MemoryBook()
        self._started, self._start = (started or datetime.now(UTC)).astimezone(UTC), clock()
        self._changed = threading.Condition()
        self._busy: set[str] = set()
        self._next: dict[str, float] = {}
        self._held: dict[str, tuple[datetime, str]] = {}
        self._unkept: set[str] = set()
        self._recall()

    @classmethod
    def of(cls, fetch: Fetch, *, book: HostBook | None = None, started: datetime | None = None) -> Self:
        """The pace that settings ask for."""
        return cls(fetch.pause, fetch.private, hold=fetch.hold, book=book, started=started)

    def host(self, url: str) -> str:
        """Whose turn a request to ``url`` takes; nothing if the address cannot be asked at all."""
        try:
            return hosts.name(address.parse(url), self._private)
        except FetchError:
            return ""

    def delay(self, host: str) -> float:
        """Seconds until the pause of ``host`` (as :meth:`host` names it) is over."""
        with self._changed:
            now = self._clock()
            return max(0.0, self._next.get(host, now) - now)

    def held(self, url: str) -> datetime | None:
        """Until when ``url`` must not be asked, because its server said so (P10); None: it may be."""
        try:
            hop = address.parse(url)
        except FetchError:
            return None
        with self._changed:
            hold = self._hold_of(hop)
        return hold[0] if hold else None

    def now(self) -> float:
        """The clock of all pauses, in seconds."""
        return self._clock()

    def moment(self) -> datetime:
        """The time of day: the instant of the run, and what has passed since; no step of the system's clock."""
        return self._started + timedelta(seconds=self._clock() - self._start)

    def set_clock(self, now: datetime) -> None:
        """The time of day made a step: what was still to be waited is to be waited still (P15), no more and no less."""
        with self._changed:
            step = now.astimezone(UTC) - self.moment()
            self._started += step
            self._held = {scope: (_whole(until + step), why) for scope, (until, why) in self._held.items()}
            self._unkept.update(self._held)

    def rest(self, seconds: float) -> None:
        """Do nothing for a while."""
        self._sleep(seconds)

    @contextmanager
    def turn(self, hop: address.Hop) -> Iterator[float]:
        """Wait for the host's turn and hold it; gives the seconds that were waited.

        Raises:
            HeldError: the server does not want to be asked now.
        """
        host = hosts.name(hop, self._private)
        asked = self._clock()
        while (delay := self._claim(host, hop)) > 0:
            self._sleep(delay)
        try:
            yield self._clock() - asked
        finally:
            with self._changed:
                self._busy.discard(host)
                # From the end, not the start: what the server sees of a start comes later by a connection's time.
                self._next[host] = self._clock() + self._pause_of(hop)
                if self._pause_of(hop):
                    self._unkept.add(host)
                self._changed.notify_all()

    def hold(self, hop: address.Hop, status: int, seconds: int) -> None:
        """The server asked to be left alone for ``seconds`` with ``status``: hold as much as settings say (P10)."""
        scope = hosts.scope(hop, self._private, self._hold, status)
        until = _whole(self.moment() + timedelta(seconds=min(seconds, LONGEST_RETRY)))
        with self._changed:
            known = self._held.get(scope)
            if known is None or known[0] < until:
                self._held[scope] = until, f"{status} {HTTPStatus(status).phrase}"
                self._unkept.add(scope)

    def begins(self, url: str) -> None:
        """Note in the book that ``url`` is about to be asked: a crash on the way costs no early request (P7)."""
        try:
            hop = address.parse(url)
        except FetchError:
            return
        if pause := self._pause_of(hop):
            moment = self.moment()
            until = _whole(moment + timedelta(seconds=pause))
            self._book.keep(hosts.name(hop, self._private), HostRow(asked=moment, next_allowed=until))

    def keep(self) -> None:
        """Write what is new into the book; only for the thread to which the book belongs."""
        with self._changed:
            rows = {name: self._row(name) for name in sorted(self._unkept)}
            self._unkept.clear()
        for name, row in rows.items():
            self._book.keep(name, row)

    def _recall(self) -> None:
        """Take up what another run left.  A clock that was set back must not silence a host (P15): such rows lie."""
        self._book.forget(self._started)
        for name, row in self._book.waiting(self._started).items():
            if row.asked > self._started + _CLOCK_NOISE:
                continue
            if row.next_allowed is not None:
                rest = (row.next_allowed - self._started).total_seconds()
                self._next[name] = self._start + min(rest, max(self._pause, SHORTEST) + 1)
            if row.held_until is not None and row.held_until > self._started:
                self._held[name] = row.held_until, row.why

    def _row(self, name: str) -> HostRow:
        until, why = self._held.get(name, (None, ""))
        end = self._next.get(name)
        pause_end = None if end is None else _whole(self._started + timedelta(seconds=end - self._start))
        return HostRow(asked=self.moment(), next_allowed=pause_end, held_until=until, why=why)

    def _claim(self, host: str, hop: address.Hop) -> float:
        """Take the turn and return 0, or return how long to wait."""
        with self._changed:
            while host in self._busy:
                self._changed.wait()
            if hold := self._hold_of(hop):
                raise HeldError(hop.url, *hold)
            now = self._clock()
            delay = self._next.get(host, now) - now
            if delay <= 0:
                self._busy.add(host)
            return delay

    def _hold_of(self, hop: address.Hop) -> tuple[datetime, str] | None:
        """The longest hold that counts for a request, if any does."""
        moment = self.moment()
        found = (self._held.get(scope) for scope in hosts.scopes(hop, self._private))
        return max((hold for hold in found if hold and hold[0] > moment), default=None)

    def _pause_of(self, hop: address.Hop) -> float:
        return self._pause if hosts.is_private(hop, self._private) else max(self._pause, SHORTEST)


def _whole(moment: datetime) -> datetime:
    """``moment`` in whole seconds, as the store has them, and never a moment early."""
    return datetime.fromtimestamp(math.ceil(moment.timestamp()), UTC)
