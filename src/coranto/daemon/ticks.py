"""APScheduler ticks, nothing else: a few jobs, each of which only says that its time has come.

What is due stands in the store; a tick that comes late, or twice, loses and harms nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from coranto.settings import cron, shapes

_MOMENT, _DAY = timedelta(microseconds=1), timedelta(days=1)
# No misfire is dropped (grace: None), many missed runs are one (coalesce).
_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


class Every(BaseTrigger):  # type: ignore[misc]  # no types
    """Fires some seconds after now.

    APScheduler's own interval counts from the last run: after a clock that was set forward by ten years it would
    list every run that was missed, one by one (agronholm/apscheduler#526, #1066).
    """

    def __init__(self, seconds: float) -> None:
        self._span = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:  # noqa: ARG002 - APScheduler's
        """See :class:`apscheduler.triggers.base.BaseTrigger`."""
        return now + self._span


class Cron(BaseTrigger):  # type: ignore[misc]
    """Fires at the next time that a cron expression names, whenever it fired last: it cannot fall behind.

    APScheduler is only asked about zones whose clocks are never set: in the hour that comes twice its search for the
    next full hour does not end (3.11; agronholm/apscheduler#1036 is of that kind).  A time that a day leaves out comes
    at the moment of the change, one that comes twice comes twice.
    """

    def __init__(self, text: str, zone: tzinfo) -> None:
        self._fields, self._zone = cron.fields(text), zone

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:  # noqa: ARG002
        """See :class:`apscheduler.triggers.base.BaseTrigger`."""
        after = start = now.astimezone(UTC)
        while True:
            offset = self._offset(start)
            found = self._next(after, offset)
            if found is None or (change := self._change(start, found)) is None:
                return found
            if found < change + self._offset(change) - offset:
                return change  # the clock leaves it out
            start, after = change, change - _MOMENT

    def _next(self, now: datetime, offset: timedelta) -> datetime | None:
        """The next time after ``now`` where clocks are always so far ahead of UTC."""
        named = self._fields
        found: datetime | None = CronTrigger(
            minute=named.minute,
            hour=named.hour,
            day=named.day,
            month=named.month,
            day_of_week=named.weekday,
            timezone=timezone(offset),
        ).get_next_fire_time(None, now + _MOMENT)
        return found.astimezone(UTC) if found else None

    def _change(self, now: datetime, later: datetime) -> datetime | None:
        """The first moment after ``now`` and up to ``later`` at which clocks show another difference from UTC."""
        offset, before = self._offset(now), now
        while self._offset(min(before + _DAY, later)) == offset:
            if before >= later:
                return None
            before = min(before + _DAY, later)
        after = min(before + _DAY, later)
        while after - before > _MOMENT:
            middle = before + (after - before) / 2
            before, after = (middle, after) if self._offset(middle) == offset else (before, middle)
        return after

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self._zone).utcoffset() or timedelta()


def trigger(refresh: str, zone: str) -> BaseTrigger:
    """When ``schedule.refresh`` of the settings lets us look for work."""
    if " " in refresh or refresh.startswith("@"):
        return Cron(refresh, ZoneInfo(zone))
    return Every(shapes.seconds(refresh))


class Ticks:
    """The jobs; what has ticked is kept until somebody takes it."""

    def __init__(self, jobs: Mapping[str, BaseTrigger], wake: Callable[[], None]) -> None:
        """Begin to tick.

        Args:
            jobs: name -> trigger.
            wake: called at each tick, from another thread.
        """
        self._jobs, self._wake = dict(jobs), wake
        self._lock = threading.Lock()
        self._ticked: set[str] = set()
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(1)}, job_defaults=_DEFAULTS, daemon=True
        )
        for name in self._jobs:
            self._add(name)
        self._scheduler.start()

    def taken(self) -> set[str]:
        """The names of the jobs that ticked since the last call."""
        with self._lock:
            ticked, self._ticked = self._ticked, set()
        return ticked

    def anew(self) -> None:
        """The clock was set: what waits for a time of day that may be years away waits for another one."""
        for name in self._jobs:
            self._add(name)

    def close(self) -> None:
        """Stop ticking."""
        self._scheduler.shutdown(wait=False)

    def _add(self, name: str) -> None:
        options: dict[str, Any] = {"id": name, "replace_existing": True}
        self._scheduler.add_job(self._tick, self._jobs[name], args=[name], **options)

    def _tick(self, name: str) -> None:
        with self._lock:
            self._ticked.add(name)
        self._wake()
