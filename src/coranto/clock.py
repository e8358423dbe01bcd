"""Time, as a program that runs for months sees it: the time of day, which may jump, and the time that passes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the daemon knows of time; tests give it another."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""

    def elapsed(self) -> float:
        """Seconds that passed since some moment; it never jumps."""

    def sleep(self, seconds: float) -> None:
        """Do nothing for so many seconds."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """See :class:`Clock`."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """See :class:`Clock`; where the system can tell, time that it slept counts too."""
        return _elapsed()

    def sleep(self, seconds: float) -> None:
        """See :class:`Clock`."""
        time.sleep(seconds)


def _boot_time() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


_elapsed: Callable[[], float] = _boot_time if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic
