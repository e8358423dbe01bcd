"""The daemon's worker under a clock of our own: months in minutes, over a real server and a real store.

Simulated time moves only while nothing is under way: in the pauses between two requests, and from one look to the next.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coranto.custody import in_custody
from coranto.journal import Journal
from coranto.progress import Silent
from coranto.settings import load
from coranto.store import Store
from coranto.worker import Worker

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class SimulatedClock:
    """A clock that moves when somebody sleeps; ``set`` jumps, as a system's clock may."""

    def __init__(self, start: datetime) -> None:
        self._start, self._elapsed, self._jumped = start, 0.0, timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._start + self._jumped + timedelta(seconds=self._elapsed)

    def elapsed(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._elapsed += seconds

    def sleep_until(self, moment: datetime) -> None:
        self.sleep(max(0.0, (moment - self.now()).total_seconds()))

    def set(self, step: timedelta) -> None:
        self._jumped += step


class Simulation:
    """One site over simulated time, with restarts."""

    def __init__(
        self, folder: Path, settings: str, start: datetime, *, look: timedelta = MINUTE, edition: timedelta = MINUTE
    ) -> None:
        """``look``: between two looks for what is due; ``edition``: between two publications."""
        self.file = folder / "settings.yaml"
        self.file.write_text(settings, encoding="utf-8")
        self.clock = SimulatedClock(start)
        self.restarts: list[datetime] = []
        self.lines: list[str] = []
        self._look, self._edition = look, edition
        self._custody = None
        self._up()

    @property
    def store(self) -> Store:
        return self._store

    def run(self, until: datetime, every_day: Callable[[], None] = lambda: None) -> None:
        """Let time pass."""
        next_edition, next_day = self.clock.now(), self.clock.now() + DAY
        while self.clock.now() < until:
            self._work()
            if self.clock.now() >= next_edition:
                self.worker.publish(at_once=True)
                next_edition = self.clock.now() + self._edition
            if self.clock.now() >= next_day:
                next_day += DAY
                self.worker.tidy()
                every_day()
            self.clock.sleep_until(min(self._next_look(), next_edition if self._unpublished() else until, until))

    def restart(self, *, crash: bool = False) -> None:
        """Stop and start; ``crash``: what answered meanwhile is forgotten, as by kill -9 after the answer."""
        self._down(crash=crash)
        self.restarts.append(self.clock.now())
        self._up()

    def begin_work(self, visits: int) -> None:
        """Look for what is due, and take in so many answers at most: more is under way then."""
        self.worker.look()
        while self.worker.busy and visits > 0:
            self.worker.work()
            visits -= 1

    def close(self) -> None:
        self._down(crash=False)

    def _work(self) -> None:
        self.worker.look()
        next_look = self.clock.now() + self._look
        while self.worker.busy:
            self.worker.work()
            if self.clock.now() >= next_look:
                self.worker.look()
                next_look += self._look

    def _next_look(self) -> datetime:
        """The first look at which something is due; a look that finds nothing changes nothing."""
        due, now = self._store.sources.next_due(), self.clock.now()
        first = now + self._look
        if due is None or due <= first:
            return first
        return now + -((now - due) // self._look) * self._look

    def _unpublished(self) -> bool:
        return bool(self._store.stories.touched() or self._store.outputs.dirty())

    def _up(self) -> None:
        settings = load(self.file)
        self._custody = in_custody(settings.store, dry_run=False)
        self._store = self._custody.__enter__()
        journal = Journal(self.lines.append, clock=self.clock.now)
        self.worker = Worker(settings, self._store, self.clock, journal, progress=Silent())
        self.worker.begin()

    def _down(self, *, crash: bool) -> None:
        if not crash:
            self.worker.drain()
            while self.worker.under_way:
                self.worker.work()
        self.worker.close()
        self._custody.__exit__(None, None, None)


START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
