"""The river, step by step, for a program that does not end: what `coranto run` does between two ticks.

Every step is what a build does, over the same store, as soon as there is reason for it.  The due times in the store are
the truth: a step that comes late, or twice, loses nothing and asks nobody early.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from datetime import datetime, timedelta

from coranto import __version__
from coranto.build import prepare, ripen, settled, write_feeds
from coranto.client import Client, Pace
from coranto.client.address import without_login
from coranto.clock import Clock
from coranto.hub import Teller, write_down
from coranto.intake.posts import take_posts
from coranto.intake.run import Run, readers_of
from coranto.intake.upstreams import take_outcome
from coranto.intake.visits import due_upstreams, held_up, manners, may_begin, visits_of
from coranto.intake.watch import Watch
from coranto.journal import Journal, Level
from coranto.model import Failure, Outcome
from coranto.progress import Progress
from coranto.publish import Publisher
from coranto.readers.polling import Poller
from coranto.readers.upstream import Visit
from coranto.report import Report
from coranto.settings.values import Settings, Upstream
from coranto.store import Store, StoreError
from coranto.tidy import tidy, verify

_AT_LEAST = 5.0  # seconds between two publications that only upstreams ask for
_SHARE = 5  # and so many times as long as the last one took
_INSPECTED = 60.0  # seconds after which the files in feeds/ are looked at again

_FINE = frozenset({"healthy", "slow", "moved"})  # states that need nobody now


class Worker:
    """One site, kept fresh.  All methods belong to the thread that made it, to which the store belongs, too."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        journal: Journal,
        *,
        progress: Progress,
        wake: threading.Event | None = None,
    ) -> None:
        """Nothing is read or asked yet.

        Args:
            settings: of the site.
            store: of the site, in our hands alone.
            clock: what time it is.
            journal: what is written down.
            progress: hears how far the long steps are; may end them by an exception.
            wake: set from any thread, it ends a rest; with it a rest is real time, else the clock's.
        """
        self._settings, self._store, self._clock, self._journal = settings, store, clock, journal
        self._progress = progress
        self._upstreams = {upstream.key: upstream for upstream in settings.upstreams}
        self._library = readers_of(settings)
        self._publisher = Publisher(settings.feeds.root)
        self._watch = Watch(settings, clock.elapsed)
        self._asked: set[str] = set()  # subscriptions that wait for their turn, or are visited now
        self._came: deque[Outcome] = deque()  # of visits that ended, not yet taken in
        self._begun = False
        self._draining = False
        self._mistrusted = False  # a folder of posts cannot be trusted now
        self._next_edition = self._next_inspection = clock.elapsed()
        self._open_the_way_out(wake)

    @property
    def under_way(self) -> int:
        """How many visits have begun and not ended."""
        return self._poller.under_way

    @property
    def busy(self) -> bool:
        """Whether any visit is under way or waits for its turn."""
        return self._poller.busy

    # -- steps

    def begin(self) -> None:
        """What a new start, or new settings, ask for; the other steps see to it, if it was not done."""
        prepare(self._run())
        self._read()
        self._begun = True

    def scan(self) -> None:
        """Read the posts, and the upstreams that are files, if they changed; then publish without delay."""
        if self._watch.changed():
            self._see_to_begin()
            self._read()
            self._watch.taken()
            self.look()
            self.publish(at_once=True)

    def look(self) -> None:
        """Queue the subscriptions whose time has come."""
        if self._draining:
            return
        self._see_to_begin()
        run = self._run()
        due = [one for one in due_upstreams(run) if one.key not in self._asked]
        visits = visits_of(run, due)
        self._asked.update(one.key for one in due)
        self._poller.add(visits)

    def work(self, longest: float | None = None) -> None:
        """Begin the visits that may begin, wait at most ``longest`` seconds, take in what came of those that ended.

        Likewise with what the hub is told; it is not waited for.
        """
        self._poller.begin()
        self._poller.rest(longest)
        self._came.extend(self._poller.finished())
        while self._came:
            self._take(self._came.popleft())
        self._tell_hub()

    def publish(self, *, at_once: bool = False) -> None:
        """Write what changed.  Not more often than is good for what else is to be done, unless it is to be ``at_once``."""
        started = self._clock.elapsed()
        if not self._begun or (started < self._next_edition and not at_once):
            return
        inspect = started >= self._next_inspection
        if inspect:
            self._next_inspection = started + _INSPECTED
        run = self._run()
        run.report.posts.held = self._mistrusted
        ripen(run)
        settled(run)
        write_feeds(run, self._publisher, inspect=inspect)
        self._next_edition = self._clock.elapsed() + max(_AT_LEAST, _SHARE * (self._clock.elapsed() - started))
        self._tell_edition(run.report)

    def tidy(self) -> None:
        """Once in a while: let go of what no feed shows any more, and look again at what the scans cannot see.

        Such as a post that may be read now, though its time and size are as they were.
        """
        verify(self._store, self._clock.now())
        self._see_to_begin()
        self._read()
        tidy(self._store, self._clock.now(), self._settings.keep)
        self._store.hosts.forget(self._clock.now())

    def verify(self) -> None:
        """Something failed: see whether that is because the store is damaged (`coranto.store.DamagedError`)."""
        self._store.database.verify()

    # -- ends

    def clock_was_set(self) -> None:
        """The time of day made a step: pauses and holds go on as if it had not."""
        self._pace.set_clock(self._clock.now())

    def drain(self) -> None:
        """Queue nothing any more: what has not begun stays due."""
        self._draining = True
        self._asked.difference_update(one.upstream.key for one in self._poller.forget())

    def close(self) -> None:
        """Break off what is under way; it counts as not made, and is due again after the source's interval."""
        self._poller.close()
        self._teller.close()
        self._client.close()
        with suppress(StoreError):  # a store that cannot be used is told where it is used
            self._pace.keep()

    # -- inside

    def _open_the_way_out(self, wake: threading.Event | None) -> None:
        settings, store, clock = self._settings, self._store, self._clock
        fetch = manners(settings)
        self._pace = Pace(
            fetch.pause,
            fetch.private,
            clock.elapsed,
            clock.sleep,
            hold=fetch.hold,
            book=store.hosts,
            started=clock.now(),
        )
        self._client = Client(fetch, __version__, pace=self._pace)
        self._poller = Poller(
            self._client,
            threads=fetch.threads,
            clock=self._moment,
            may_begin=self._may_begin,
            on_held=self._held_up,
            on_broken=self._broken,
            idle=wake.wait if wake else None,
            wake=wake,
        )
        self._teller = Teller(store, self._client, settings.feeds.hub, self._moment, wake=wake)

    def _run(self) -> Run:
        return Run(
            store=self._store,
            settings=self._settings,
            now=self._clock.now().replace(microsecond=0),
            library=self._library,
            report=Report(),
            progress=self._progress,
        )

    def _moment(self) -> datetime:
        """The time of a visit in whole seconds, and never a moment early: the next one is counted from it."""
        now = self._clock.now()
        return now.replace(microsecond=0) + timedelta(seconds=now.microsecond > 0)

    def _see_to_begin(self) -> None:
        if not self._begun:
            self.begin()

    def _read(self) -> None:
        run = self._run()
        take_posts(run)
        posts = run.report.posts
        if posts.read:
            self._journal.event("posts", read=posts.read, unchanged=posts.unchanged, failed=len(posts.failed))
        self._mistrusted = posts.held
        self._tell_failures("post", posts.failed)

    def _may_begin(self, visit: Visit) -> bool:
        if may_begin(self._run(), visit):
            return True
        self._asked.discard(visit.upstream.key)
        return False

    def _held_up(self, visit: Visit, until: datetime, begun: bool) -> None:  # noqa: FBT001 - a callback
        self._asked.discard(visit.upstream.key)
        held_up(self._run(), visit, until, begun=begun)

    def _broken(self, visit: Visit) -> None:
        self._asked.discard(visit.upstream.key)

    def _take(self, outcome: Outcome) -> None:
        self._asked.discard(outcome.source)
        upstream = self._upstreams[outcome.source]
        run = self._run()
        take_outcome(run, upstream, outcome)
        self._tell_source(upstream)

    def _tell_hub(self) -> None:
        """Take in what the hub said, and tell it the next; old pings may be another hub's before new settings are seen."""
        if came := self._teller.take():
            write_down(self._journal, self._settings.feeds.hub, came)
        if self._begun and not self._draining:
            self._teller.begin()

    # -- what is written down

    def _tell_source(self, upstream: Upstream) -> None:
        known = self._store.sources.subscription(self._store.sources.id(upstream.key))
        state = "" if known.health == "healthy" else known.health
        level: Level = "info" if known.health in _FINE else "warning"
        url = without_login(upstream.url)
        self._journal.state(upstream.key, "source", state, level, url=url, why=known.health_why, next=known.due)

    def _tell_edition(self, report: Report) -> None:
        stories, feeds = report.stories, report.feeds
        if feeds.written or feeds.removed:
            self._journal.event(
                "published",
                written=len(feeds.written),
                removed=len(feeds.removed),
                added=stories.added,
                updated=stories.updated,
            )
        self._tell_failures("feeds", feeds.failed)
        self._tell_failures("recovery", report.posts.failed)

    def _tell_failures(self, name: str, failures: list[Failure]) -> None:
        """Each as long as it lasts: once, then daily; and once when it is over."""
        for one in failures:
            self._journal.state(one.where, name, one.error, "error", path=one.where, line=one.line or None)
        for where in sorted(self._journal.troubled(name) - {one.where for one in failures}):
            self._journal.state(where, name, "", path=where)
