"""Progress bars: on stderr, only on a terminal; what draws them is loaded with the first step of a long stage."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from coranto.progress import Progress, Silent, Stage

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_LABELS = {"posts": "posts", "upstreams": "upstreams", "feeds": "feeds"}


@contextmanager
def bars() -> Iterator[Progress]:
    """Bars for the time of the block, or silence where nobody watches."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    shown = Bars()
    try:
        yield shown
    finally:
        shown.stop()


class Bars:
    """One bar for each stage of a build; rich obeys NO_COLOR and TERM=dumb by itself."""

    def __init__(self) -> None:
        self._rich: RichProgress | None = None
        self._tasks: dict[Stage, TaskID] = {}

    def step(self, stage: Stage, done: int, total: int) -> None:
        """Draw how far a stage is."""
        rich = self._rich or self._start()
        if stage not in self._tasks:
            self._tasks[stage] = rich.add_task(_LABELS[stage])
        rich.update(self._tasks[stage], completed=done, total=total)

    def stop(self) -> None:
        """Take the bars away."""
        if self._rich is not None:
            self._rich.stop()

    def _start(self) -> RichProgress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._rich = RichProgress(*columns, console=Console(stderr=True), transient=True)
        self._rich.start()
        return self._rich
