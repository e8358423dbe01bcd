"""What the outside asks of the daemon: to stop, to stop at once, to read its settings again."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GRACE = 3.5  # seconds for a stop in good order; with what follows it stays below 5 (R23)


class Stopped(BaseException):
    """The grace is over, or a second signal came: whatever is at work ends here, as after a crash, but tidily."""


class Signals:
    """What was asked for.  Handlers only note it, so nothing is torn apart; the loop looks often enough."""

    def __init__(self) -> None:
        self.stop = 0  # the signal that asked for the end; 0: none
        self.reload = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen for the time of the block; only in the main thread."""
        handlers = {
            signal.SIGTERM: self._on_stop,
            signal.SIGINT: self._on_stop,
            signal.SIGHUP: self._on_reload,
            signal.SIGALRM: self._on_end,
        }
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_stop(self, number: int, _frame: FrameType | None) -> None:
        if self.stop:
            raise Stopped
        self.stop = number
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    def _on_reload(self, _number: int, _frame: FrameType | None) -> None:
        self.reload = True

    def _on_end(self, _number: int, _frame: FrameType | None) -> None:
        raise Stopped
