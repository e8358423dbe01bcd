"""One request at a time per host, and a pause before the next (POLITENESS P19)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from coranto.client import address, guard
from coranto.client.answer import FetchError

SHORTEST = 1.5  # seconds; only private hosts that settings name may be asked faster


class Pace:
    """The turns of all hosts, over all threads of this process.

    A host is a host name; a private host that settings name is told apart by port, because several bridges live on
    one machine.
    """

    def __init__(
        self,
        pause: float,
        private: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``pause``: seconds between two requests; ``clock`` and ``sleep``: for tests."""
        self._pause = pause
        self._private = tuple(private)
        self._clock = clock
        self._sleep = sleep
        self._changed = threading.Condition()
        self._busy: set[str] = set()
        self._next: dict[str, float] = {}

    def host(self, url: str) -> str:
        """Whose turn a request to ``url`` takes; nothing if the address cannot be asked at all."""
        try:
            return self._host(address.parse(url))
        except FetchError:
            return ""

    def delay(self, host: str) -> float:
        """Seconds until the pause of ``host`` (as :meth:`host` names it) is over."""
        with self._changed:
            return max(0.0, self._next.get(host, 0.0) - self._clock())

    def now(self) -> float:
        """The clock of all pauses, in seconds."""
        return self._clock()

    def rest(self, seconds: float) -> None:
        """Do nothing for a while."""
        self._sleep(seconds)

    @contextmanager
    def turn(self, hop: address.Hop) -> Iterator[float]:
        """Wait for the host's turn and hold it; gives the seconds that were waited."""
        host = self._host(hop)
        asked = self._clock()
        while (delay := self._claim(host)) > 0:
            self._sleep(delay)
        try:
            yield self._clock() - asked
        finally:
            with self._changed:
                self._busy.discard(host)
                # From the end, not the start: what the server sees of a start comes later by a connection's time.
                self._next[host] = self._clock() + self._pause_of(hop)
                self._changed.notify_all()

    def _claim(self, host: str) -> float:
        """Take the turn and return 0, or return how long to wait."""
        with self._changed:
            while host in self._busy:
                self._changed.wait()
            now = self._clock()
            delay = self._next.get(host, now) - now
            if delay <= 0:
                self._busy.add(host)
            return delay

    def _host(self, hop: address.Hop) -> str:
        return address.host_port(hop) if self._is_private(hop) else hop.host

    def _pause_of(self, hop: address.Hop) -> float:
        return self._pause if self._is_private(hop) else max(self._pause, SHORTEST)

    def _is_private(self, hop: address.Hop) -> bool:
        return guard.is_named(self._private, hop.host, hop.port)
