"""Days as a small chart, in the terms of SVG: bars of new entries above a line, of failed visits below it.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coranto.store.days import Day

_BAR, _STEP = 6, 8  # units of the drawing: a day's bar, and from one day to the next
_ABOVE, _BELOW = 20, 8  # of the highest bars


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template draws; a path without bars is ''."""

    width: int
    height: int
    line: int  # where the two kinds of bars meet
    entries: str
    failures: str
    label: str  # the figures, for those who do not see it


def chart(days: Sequence[Day], said: str, quiet: str) -> Chart:
    """Draw ``days``: new entries by the most of a day, failed visits as the part of all visits of their day.

    Args:
        days: the oldest first.
        said: the label, with a ``{}`` for the figures of entries and one for those of failures.
        quiet: the label if there is nothing to draw.
    """
    entries, failures = [day.entries for day in days], [day.failures for day in days]
    label = said.format(_figures(entries), _figures(failures)) if any(entries) or any(failures) else quiet
    most = max(entries, default=0)
    return Chart(
        width=_STEP * len(days) - (_STEP - _BAR),
        height=_ABOVE + _BELOW,
        line=_ABOVE,
        entries=_bars((figure / most if most else 0 for figure in entries), -_ABOVE),
        failures=_bars((day.failures / max(day.visits, day.failures, 1) for day in days), _BELOW),
        label=label,
    )


def _bars(parts: Iterable[float], highest: int) -> str:
    """One path of all bars: each is a part of ``highest``, up or down from the line, and whatever is not 0 is seen."""
    bars = []
    for number, part in enumerate(parts):
        if part:
            length = max(1, round(abs(highest) * part)) * (1 if highest > 0 else -1)
            bars.append(f"M{number * _STEP} {_ABOVE}v{length}h{_BAR}v{-length}z")
    return "".join(bars)


def _figures(figures: Sequence[int]) -> str:
    return ", ".join(map(str, figures))
