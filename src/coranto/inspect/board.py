"""All that operators are shown of a site, read at once: for the status page and for metrics.  Its values are pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from coranto.client.address import without_login
from coranto.inspect.states import SiteState, State, states
from coranto.inspect.windows import Cut
from coranto.model import FEED, Failure
from coranto.settings.values import Settings
from coranto.store import Store
from coranto.store.days import Day
from coranto.store.lookups import Dispute, Lookups, Side

DAYS = 14  # that are drawn, the present one included
MOST = 30  # conflicts, and failing posts, that are shown
CALM = ("healthy", "never polled", "not built")  # states that need nobody
_ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One source: how it is, and its last days, the oldest first."""

    state: State
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A join that was refused: the two entries, what would have joined them, and why it did not."""

    sides: tuple[Standing, Standing]
    key: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an entry stands: a post's path, or its address, or at least its source; and what it is called."""

    where: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A site as its operators see it."""

    now: datetime
    built: bool
    lines: tuple[Line, ...]  # in the order of settings
    dates: tuple[date, ...]  # of the days, in UTC, the oldest first
    days: tuple[Day, ...]  # of the site as a whole
    total: Day  # all that was ever counted
    stories: int = 0
    conflicts: int = 0
    refusals: tuple[Refusal, ...] = ()  # the newest of the conflicts
    unreadable: int = 0  # posts
    failing: tuple[Failure, ...] = ()  # the first of them, by their places below the settings' folder
    cut: tuple[Cut, ...] = ()
    published: datetime | None = None
    categories: int = 0  # that have a feed
    files: int = 0
    pings: int = 0
    hub_error: str = ""

    @property
    def due(self) -> tuple[State, ...]:
        """The subscriptions whose time has come."""
        feeds = [line.state for line in self.lines if line.state.kind == FEED]
        return tuple(
            one
            for one in feeds
            if one.health == "never polled" or (one.next_poll is not None and one.next_poll <= self.now)
        )

    @property
    def lag(self) -> float:
        """Seconds since the time of the one that waits longest; 0: none does."""
        waits = [(self.now - one.next_poll).total_seconds() for one in self.due if one.next_poll]
        return max(waits, default=0.0)


def board_of(settings: Settings, store: Store | None, now: datetime) -> Board:
    """What there is to see at ``now``; before the first build the sources and nothing else.

    As many questions are asked of the store for two thousand sources as for one.
    """
    found = states(settings, store, look=False)
    today = now.astimezone(UTC).date()
    dates = tuple(today - timedelta(days=back) for back in reversed(range(DAYS)))
    if store is None:
        nothing = (Day(),) * DAYS
        lines = tuple(Line(state=state, days=nothing) for state in found.sources)
        return Board(now=now, built=False, lines=lines, dates=dates, days=nothing, total=Day())
    lines = _lines(store, found, dates, now)
    return Board(
        now=now,
        built=True,
        lines=lines,
        dates=dates,
        days=tuple(sum(days, Day()) for days in zip(*(line.days for line in lines), strict=True)) or (Day(),) * DAYS,
        total=store.days.total(),
        stories=found.stories,
        conflicts=found.conflicts,
        refusals=_refusals(store, settings),
        unreadable=len(found.failing),
        failing=tuple(_near(one, settings.file.parent) for one in found.failing[:MOST]),
        cut=found.cut,
        published=_published(store),
        categories=sum(folder != _ALL for folder in store.outputs.folders()),
        files=store.outputs.count(),
        pings=found.pings,
        hub_error=found.hub_error,
    )


def _lines(store: Store, found: SiteState, dates: tuple[date, ...], now: datetime) -> tuple[Line, ...]:
    ids = store.sources.ids()
    days = store.days.since(now - timedelta(days=DAYS - 1))
    return tuple(Line(state=state, days=_row(days.get(ids.get(state.key, 0), {}), dates)) for state in found.sources)


def _row(days: Mapping[date, Day], dates: tuple[date, ...]) -> tuple[Day, ...]:
    return tuple(days.get(date, Day()) for date in dates)


def _refusals(store: Store, settings: Settings) -> tuple[Refusal, ...]:
    places = {one.key: one.root for one in settings.posts}
    return tuple(_refusal(one, places, settings.file.parent) for one in Lookups(store.database).newest_conflicts(MOST))


def _refusal(dispute: Dispute, places: Mapping[str, Path], home: Path) -> Refusal:
    one, other = (_standing(side, places, home) for side in (dispute.one, dispute.other))
    return Refusal(sides=(one, other), key=dispute.key, why=dispute.why)


def _standing(side: Side, places: Mapping[str, Path], home: Path) -> Standing:
    root = places.get(side.source)
    where = _below(str(root / side.name), home) if root else side.link or side.source
    return Standing(where=without_login(where), title=side.title)


def _near(failure: Failure, home: Path) -> Failure:
    return Failure(where=_below(failure.where, home), error=failure.error, line=failure.line)


def _below(path: str, home: Path) -> str:
    return path.removeprefix(f"{home}/")


def _published(store: Store) -> datetime | None:
    said = store.outputs.fact("published")
    return datetime.fromisoformat(said) if said else None
