"""Cron expressions of five fields: what each names, written so that APScheduler 3 reads the same.

The two differ in the weekdays (cron counts from Sunday, APScheduler from Monday) and in what the two kinds of day mean
together (cron: either; APScheduler: both).  So every field is read here by cron's rules, and handed on as a plain list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from coranto.settings.problems import quoted

_NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_ITEM = re.compile(r"(?:\*|(?P<first>[0-9]+|[a-z]+)(?P<range>-(?P<last>[0-9]+|[a-z]+))?)(?:/(?P<step>[0-9]+))?")
_LONGEST = 200  # characters of one field; sixty minutes need 169


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """The arguments of APScheduler's ``CronTrigger``: each is ``*``, or a list of numbers or of weekdays' names."""

    minute: str
    hour: str
    day: str  # of the month
    month: str
    weekday: str  # its day_of_week


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: Mapping[str, int] = field(default_factory=dict)

    @property
    def span(self) -> str:
        shown = list(self.names)
        return f"{self.low}-{self.high}" + (f" or {shown[0]}-{shown[-1]}" if shown else "")

    def error(self, text: str, why: str) -> ValueError:
        return ValueError(f"{quoted(text)} is no {self.name} of a cron expression: {why}")


_MINUTE = _Field("minute", 0, 59)
_HOUR = _Field("hour", 0, 23)
_DAY = _Field("day of the month", 1, 31)
_MONTH = _Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)})
_WEEKDAY = _Field("weekday", 0, 7, {name: number for number, name in enumerate(_WEEKDAYS)})
_FIELDS = (_MINUTE, _HOUR, _DAY, _MONTH, _WEEKDAY)


def fields(text: str) -> Cron:
    """The fields of a cron expression, or of one of ``@hourly``, ``@daily``, ``@midnight``, ``@weekly``, ``@monthly``.

    Args:
        text: minute, hour, day of the month, month and weekday, with blanks between them.

    Raises:
        ValueError: a sentence for a person.
    """
    parts = _NICKNAMES.get(text.strip().lower(), text).lower().split()
    if len(parts) != len(_FIELDS):
        raise ValueError(
            f"{quoted(text)} is no cron expression; it has five fields (minute, hour, day, month, weekday), or is one "
            "of @hourly, @daily, @weekly, @monthly",
        )
    minutes, hours, days, months, weekdays = (_values(kind, part) for kind, part in zip(_FIELDS, parts, strict=True))
    if "*" not in (parts[2], parts[4]):
        raise ValueError(
            f"{quoted(text)} names days of the month and weekdays, and cron would take either; write * for one of them",
        )
    if min(days) > max(_LENGTHS[month - 1] for month in months):
        raise ValueError(f"{quoted(text)} names a day that none of its months has; it would never come")
    return Cron(
        minute=_listed(_MINUTE, minutes),
        hour=_listed(_HOUR, hours),
        day=_listed(_DAY, days),
        month=_listed(_MONTH, months),
        weekday=_weekdays(weekdays),
    )


def _values(kind: _Field, text: str) -> frozenset[int]:
    if len(text) > _LONGEST:
        raise kind.error(text, f"at most {_LONGEST} characters are read")
    return frozenset(value for item in text.split(",") for value in _item(kind, item))


def _item(kind: _Field, text: str) -> range:
    """One member of a list: ``*``, a value or a range, perhaps with a step."""
    match = _ITEM.fullmatch(text)
    if not match:
        raise kind.error(text, f"write {kind.span}, *, or lists (1,2), ranges (1-3) and steps (*/2) of them")
    if not match["first"]:
        return range(kind.low, kind.high + 1, _step(kind, text, match["step"]))
    first = _number(kind, text, match["first"])
    if not match["range"]:
        if match["step"]:
            raise kind.error(text, f"a step follows * or a range, such as {first}-{kind.high}/{match['step']}")
        return range(first, first + 1)
    last = _number(kind, text, match["last"])
    if kind is _WEEKDAY and last == 0 < first:  # fri-sun: a week may also end with its Sunday
        last = 7
    if last < first:
        raise kind.error(text, f"the range runs backwards; {kind.span} is the order")
    return range(first, last + 1, _step(kind, text, match["step"]))


def _number(kind: _Field, text: str, written: str) -> int:
    value = kind.names.get(written, -1) if written.isalpha() else int(written)
    if not kind.low <= value <= kind.high:
        raise kind.error(text, f"write {kind.span}")
    return value


def _step(kind: _Field, text: str, written: str | None) -> int:
    step = 1 if written is None else int(written)
    if not 1 <= step <= kind.high - kind.low:
        raise kind.error(text, f"a step is 1-{kind.high - kind.low} here; a longer time is an interval, such as 90m")
    return step


def _listed(kind: _Field, values: frozenset[int]) -> str:
    return "*" if len(values) > kind.high - kind.low else ",".join(map(str, sorted(values)))


def _weekdays(values: frozenset[int]) -> str:
    """Names, from Monday on: they mean the same to both, and numbers do not."""
    days = sorted({(value - 1) % 7 for value in values})  # 0 and 7 are Sunday
    return "*" if len(days) == 7 else ",".join(_WEEKDAYS[(day + 1) % 7] for day in days)
