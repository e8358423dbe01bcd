"""Many visits at once: one at a time per host, a pause before the next, and nobody waits for another host (P19)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue

from coranto.client import Client, HeldError, StoppedError
from coranto.model import Outcome
from coranto.readers.crew import Crew
from coranto.readers.parse_apart import Parsers
from coranto.readers.turns import Turns, address_of
from coranto.readers.upstream import Visit, visit

MayBegin = Callable[[Visit], bool]
OnHeld = Callable[[Visit, datetime, bool], None]


def poll_all(
    due: Sequence[Visit],
    client: Client,
    *,
    threads: int,
    clock: Callable[[], datetime],
    on_done: Callable[[Outcome], None] | None = None,
    may_begin: MayBegin | None = None,
    on_held: OnHeld | None = None,
) -> Iterator[Outcome]:
    """Visit all subscriptions that are due; their outcomes come as they are done, in no fixed order.

    If the caller stops early, what has not begun is not begun.

    Args:
        due: each address once (P21).
        client: its ``pace`` says whose turn it is.
        threads: how many hosts are asked at the same time.
        clock: the time of each visit.
        on_done: told of each outcome, for a progress bar.
        may_begin: see :class:`Poller`.
        on_held: see :class:`Poller`.
    """
    poller = Poller(client, threads=threads, clock=clock, may_begin=may_begin, on_held=on_held)
    try:
        poller.add(due)
        while poller.busy:
            poller.begin()
            poller.rest()
            for outcome in poller.finished():
                if on_done is not None:
                    on_done(outcome)
                yield outcome
    finally:
        poller.close()


class Poller:
    """Visits subscriptions in threads of its own; all methods, and all that it calls, belong to one other thread.

    One request at a time per host, with the client's pause between two (P19), and no thread waits for a pause as
    long as another host may be asked.  A visit to a host that asked to be left alone, in this run or in an earlier
    one, is not made and has no outcome: it is no failure (P10).  Neither has one that was broken off because the
    client was closed.
    """

    def __init__(
        self,
        client: Client,
        *,
        threads: int,
        clock: Callable[[], datetime],
        may_begin: MayBegin | None = None,
        on_held: OnHeld | None = None,
        on_broken: Callable[[Visit], None] | None = None,
        idle: Callable[[float], object] | None = None,
        wake: threading.Event | None = None,
    ) -> None:
        """Nothing is begun yet.

        Args:
            client: its ``pace`` says whose turn it is; the pace's book is written before each visit and with each
                outcome.
            threads: how many hosts are asked at the same time.
            clock: the time of each visit.
            may_begin: asked about each visit that is about to be made; what it refuses is let go of.
            on_held: told of each visit that was not made, when it may be (whole seconds, UTC), and whether it had begun:
                a redirect may lead to such a host.
            on_broken: told of each visit that was broken off.
            idle: waits so many seconds while nothing is under way; by default the pace does.
            wake: whoever sets it ends a rest.
        """
        self._client, self._pace = client, client.pace
        self._threads, self._clock = max(threads, 1), clock
        self._allows, self._on_held = may_begin or _always, on_held or _ignore
        self._on_broken = on_broken or _ignore
        self._idle = idle or client.pace.rest
        self._wake = wake or threading.Event()
        self._turns = Turns(client.pace)
        self._crew = Crew(self._threads)
        self._parsers = Parsers(self._threads)
        self._done: SimpleQueue[_Done] = SimpleQueue()
        self._ended: list[_Done] = []  # not yet told
        self._running: dict[str, Visit] = {}  # by host

    @property
    def busy(self) -> bool:
        """Whether anything is under way or waits for its turn."""
        return bool(self._running) or bool(self._turns.waiting)

    @property
    def under_way(self) -> int:
        """How many visits have begun and not ended."""
        return len(self._running)

    def add(self, due: Sequence[Visit]) -> None:
        """More subscriptions that are due; none that was added before and has not ended."""
        self._turns.add(due)

    def forget(self) -> list[Visit]:
        """Let go of what has not begun."""
        return self._turns.forget()

    def begin(self) -> None:
        """Begin all visits that may begin now."""
        while len(self._running) < self._threads and (begun := self._turns.next(self._may_begin)):
            host, next_one = begun
            self._running[host] = next_one
            try:
                self._crew.do(lambda host=host, one=next_one: self._make(host, one))  # type: ignore[misc]
            except RuntimeError:  # no thread is to be had
                self._done.put(_Done(host, next_one, None))
                raise

    def rest(self, longest: float | None = None) -> None:
        """Wait until a visit has ended, the next one may begin, or somebody wakes us; at most ``longest`` seconds."""
        free = len(self._running) < self._threads
        waits = [seconds for seconds in (longest, self._turns.until_next() if free else None) if seconds is not None]
        seconds = min(waits) if waits else None
        if self._running:
            self._wake.wait(seconds)
        elif seconds:
            self._idle(seconds)
        self._wake.clear()

    def finished(self) -> list[Outcome]:
        """What has come of the visits that ended meanwhile."""
        while not self._done.empty():
            done = self._done.get()
            del self._running[done.host]
            self._turns.release(done.host)
            self._ended.append(done)
        if not self._ended:
            return []
        # Before the outcomes: what a host wishes is known to the next run, come what may.  If that fails, they wait.
        self._pace.keep()
        ended, self._ended = self._ended, []
        for done in ended:
            if done.came is None:
                self._on_broken(done.visit)
            elif isinstance(done.came, HeldError):
                self._on_held(done.visit, done.came.until, True)
        return [done.came for done in ended if isinstance(done.came, Outcome)]

    def close(self) -> None:
        """Begin nothing any more; what is under way ends with its client."""
        self._turns.forget()
        self._crew.dismiss()
        self._parsers.close()

    def _may_begin(self, one: Visit) -> bool:
        url = address_of(one)
        if url and (until := self._pace.held(url)):
            self._on_held(one, until, False)
            return False
        if not self._allows(one):
            return False
        if url:
            self._pace.begins(url)
        return True

    def _make(self, host: str, one: Visit) -> None:
        """One visit, in a thread of the crew."""
        came: Outcome | HeldError | None = None
        try:
            came = visit(one.upstream, one.state, self._client, one.context, self._parsers.parse, self._clock())
        except HeldError as error:  # a redirect led to such a host, or it was held a moment ago
            came = error
        except StoppedError:
            pass
        finally:
            self._done.put(_Done(host, one, came))
            self._wake.set()


@dataclass(frozen=True, slots=True)
class _Done:
    """A visit that has ended, and what came of it: nothing, if it was broken off."""

    host: str
    visit: Visit
    came: Outcome | HeldError | None


def _ignore(*_: object) -> None:
    """Nobody wants to know."""


def _always(_: Visit) -> bool:
    """Nobody minds."""
    return True
