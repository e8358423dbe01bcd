"""Days as a small chart, in the terms of SVG: bars of new entries above a line, of failed visits below it.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
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
    """Draw ``days``.

    Args:
        days: the oldest first.
        said: the label, with a ``{}`` for the figures of entries and one for those of failures.
        quiet: the label if there is nothing to draw.
    """
    entries, failures = [day.entries for day in days], [day.failures for day in days]
    label = said.format(_figures(entries), _figures(failures)) if any(entries) or any(failures) else quiet
    return Chart(
        width=_STEP * len(days) - (_STEP - _BAR),
        height=_ABOVE + _BELOW,
        line=_ABOVE,
        entries=_bars(entries, _ABOVE, -_ABOVE),
        failures=_bars(failures, _ABOVE, _BELOW),
        label=label,
    )


def _bars(figures: Sequence[int], line: int, highest: int) -> str:
    """One path of all bars from ``line``; the greatest figure reaches ``highest``, and whatever is not 0 is seen."""
    most = max(figures, default=0)
    bars = []
    for number, figure in enumerate(figures):
        if figure:
            length = max(1, round(abs(highest) * figure / most)) * (1 if highest > 0 else -1)
            bars.append(f"M{number * _STEP} {line}v{length}h{_BAR}v{-length}z")
    return "".join(bars)


def _figures(figures: Sequence[int]) -> str:
    return ", ".join(f"{figure}" for figure in figures)
