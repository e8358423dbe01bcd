"""What every step of one build's way in has in hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from coranto.progress import Progress
from coranto.report import Report
from coranto.settings.values import Settings
from coranto.store import Store

if TYPE_CHECKING:
    from coranto.intake.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One build.

    ``library`` gives the readers, which are loaded when something is to be read; ``now`` is the instant of the whole
    run, aware, in UTC.
    """

    store: Store
    settings: Settings
    now: datetime
    library: Callable[[], Library]
    report: Report
    progress: Progress
    offline: bool = False
    accept_deleted: bool = False


def readers_of(settings: Settings) -> Callable[[], Library]:
    """The readers, loaded when something is to be read, and once."""

    @cache
    def library() -> Library:
        from coranto.intake.library import Library

        return Library(settings)

    return library
