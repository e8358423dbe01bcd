"""Threads for the visits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue


class Crew:
    """Threads that do one thing after another, and keep no process from ending: a lookup of a name may hang."""

    def __init__(self, size: int) -> None:
        self._size, self._threads = size, 0
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def do(self, work: Callable[[], None]) -> None:
        """Let somebody do it; never more than ``size`` things at a time are asked for."""
        if self._threads < self._size:
            self._threads += 1
            threading.Thread(target=self._serve, name=f"poll-{self._threads}", daemon=True).start()
        self._work.put(work)

    def dismiss(self) -> None:
        """Let everybody go when his work is done."""
        for _ in range(self._threads):
            self._work.put(None)

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            work()
