"""Whose turn it is: visits that have not begun, by host, and when each host may be asked (P19)."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Sequence

from coranto.client import Pace
from coranto.readers.upstream import Visit


class Turns:
    """The visits that have not begun, by host."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._queues: dict[str, deque[Visit]] = {}
        self._at_work: set[str] = set()  # hosts that are asked now
        # Hosts by the time at which they may be asked; of those, the one with most to do first: it takes longest.
        self.waiting: list[tuple[float, int, str]] = []

    def add(self, due: Sequence[Visit]) -> None:
        """Queue visits behind those of the same host; a file waits for nobody, so each is a host of its own."""
        fresh: set[str] = set()
        for one in due:
            url = address_of(one)
            host = (url and self._pace.host(url)) or f"file:{one.upstream.key}"
            if host not in self._queues:
                self._queues[host] = deque()
                fresh.add(host)
            self._queues[host].append(one)
        for host in sorted(fresh - self._at_work):
            self._line_up(host)

    def release(self, host: str) -> None:
        """The host is free again; it waits for its pause, if it has more to do."""
        self._at_work.discard(host)
        if host in self._queues:
            self._line_up(host)

    def next(self, may_begin: Callable[[Visit], bool]) -> tuple[str, Visit] | None:
        """The next visit that may begin now, with its host; None: there is none, or a pause must end first."""
        while self.waiting and self.waiting[0][0] <= self._pace.now():
            host = heapq.heappop(self.waiting)[2]
            try:
                found = self._first(host, may_begin)
            except BaseException:
                self._line_up(host)  # nobody is forgotten because the question failed
                raise
            if found is not None:
                self._at_work.add(host)
                return host, found
        return None

    def _first(self, host: str, may_begin: Callable[[Visit], bool]) -> Visit | None:
        """The first visit of a host that may begin; those before it are let go of."""
        queue, found = self._queues[host], None
        while queue and found is None:
            found = queue[0] if may_begin(queue[0]) else None
            queue.popleft()
        if not queue:
            del self._queues[host]
        return found

    def until_next(self) -> float | None:
        """Seconds until the next host may be asked; None: nothing waits."""
        return max(0.0, self.waiting[0][0] - self._pace.now()) if self.waiting else None

    def forget(self) -> list[Visit]:
        """Let go of everything that waits."""
        left = [one for queue in self._queues.values() for one in queue]
        self._queues.clear()
        self.waiting.clear()
        return left

    def _line_up(self, host: str) -> None:
        heapq.heappush(self.waiting, (self._pace.now() + self._pace.delay(host), -len(self._queues[host]), host))


def address_of(one: Visit) -> str:
    """What is asked; nothing for a file."""
    return "" if one.upstream.path is not None else one.state.url_moved or one.upstream.url
