"""`coranto run`: one loop in one thread.  Ticks, signals and visits that end say what to do next; the worker does it."""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path

from coranto.clock import Clock
from coranto.custody import in_custody
from coranto.daemon.front import Front, Wish
from coranto.daemon.notify import Notifier
from coranto.daemon.signals import Signals, Stopped
from coranto.daemon.ticks import Every, Ticks, trigger
from coranto.journal import Journal
from coranto.lock import BusyError
from coranto.progress import Stage
from coranto.settings import Settings, SettingsError
from coranto.store import DamagedError, Store, StoreError, set_aside
from coranto.worker import Worker

_SCAN, _PUBLISH, _TIDY = 1.0, 5.0, 3600.0  # seconds between two ticks
_GLANCE = 0.5  # seconds after which the loop looks up, whatever it waits for
_DRAINING = 20.0  # seconds that visits under way get when settings change: as long as one may take
_LAST_VISITS = 1.5  # seconds that they get when the program ends
_STEP = 2.0  # seconds by which the clock must have been set to be put right
_TELLING_STEP = 60.0  # and to be told
_PATIENCE = 1.0  # seconds to wait for another writer to the store, deaf to signals
_CALM = 60.0  # seconds without trouble after which it is over
_LAST_STEPS = frozenset({"work", "publish"})  # what is still done when the end has begun
_RETRY = 10.0  # seconds until a store that could not be used is tried again


class _StoreGone(Exception):  # noqa: N818 - what happened
    """The file of the store is not the one that we have open: somebody removed or replaced it."""


class Daemon:
    """Keeps one site fresh until it is told to stop."""

    def __init__(
        self,
        file: Path,
        load: Callable[[], Settings],
        clock: Clock,
        journal: Journal,
        environ: Mapping[str, str],
        wish: Wish = Wish(),  # noqa: B008 - a frozen value
    ) -> None:
        """Nothing is opened yet.

        Args:
            file: settings.yaml; watched.
            load: reads it; raises what is wrong with it.
            clock: of the machine.
            journal: what is written down.
            environ: where the service manager says how to reach it.
            wish: what to serve, and where.
        """
        self._file, self._load, self._clock, self._journal = file, load, clock, journal
        self._notifier = Notifier(environ, clock.elapsed)
        self._front = Front(wish, clock, journal, self._notifier)
        self._signals = Signals()
        self._wake = threading.Event()
        self._settings_taken = self._settings_now = _fingerprint(file)
        self._settings_since = clock.elapsed()
        self._offset = self._time_offset()
        self._good: Settings | None = None  # the last with which work was possible
        self._troubled: float | None = None  # when something last went wrong
        self._store_files: tuple[int, ...] = ()  # which files the store and its lock are

    def run(self) -> int:
        """Work until a signal comes; the signal's number.

        Raises:
            SettingsError: the settings are wrong at the start.
            BusyError: another process works on this site.
            StoreError: the store cannot be opened.
        """
        settings = self._load()
        with self._signals.heard():
            with closing(self._front), suppress(Stopped):
                self._work(settings)
            self._notifier.stopping()
            self._journal.event("stopped", signal=signal.Signals(self._signals.stop).name)
        return self._signals.stop

    def _work(self, settings: Settings) -> None:
        """Work on one store after another; one that cannot be opened sends us back to the last that could (R22)."""
        new = self._hold(settings)
        while new is not None:
            wanted = new
            try:
                new = self._hold(wanted)
            except (StoreError, BusyError, OSError) as error:
                if self._good is None or self._good.store == wanted.store:
                    raise
                self._journal.event("settings", "error", error=str(error), then="the store before stays in use")
                new = self._good

    def _hold(self, settings: Settings) -> Settings | None:
        """Work on one store; the settings that name another one, or None at the end."""
        with in_custody(settings.store, dry_run=False) as store:
            store.database.wait_at_most(_PATIENCE)
            self._store_files = _which_files(settings.store)
            self._notifier.ready()
            if store.database.aside:
                self._journal.event(
                    "store", "error", error="was damaged", then=f"begun anew; {store.database.aside} is kept"
                )
            self._journal.event("started", settings=str(self._file), upstreams=len(settings.upstreams))
            try:
                return self._with_settings(settings, store)
            except DamagedError as error:
                self._journal.event("store", "error", error=str(error), then="set aside; a new one is begun")
            except _StoreGone:
                self._journal.event("store", "error", error=f"{settings.store} was taken away", then="begun anew")
                return settings
        set_aside(settings.store)
        return settings

    def _with_settings(self, settings: Settings, store: Store) -> Settings | None:
        """Work until settings name another store; those settings, or None at the end."""
        place = settings.store
        while True:
            try:
                worker = self._worker(settings, store)
            except StoreError as error:
                self._trouble("store", str(error))
                if self._signals.stop:
                    return None
                continue
            self._good = settings
            with closing(worker):
                new = self._loop(worker, settings)
            if new is None or new.store != place:
                return new
            settings = new

    def _worker(self, settings: Settings, store: Store) -> Worker:
        return Worker(settings, store, self._clock, self._journal, progress=_Pulse(self._notifier), wake=self._wake)

    def _loop(self, worker: Worker, settings: Settings) -> Settings | None:
        """Work until settings change, and give the new ones; None at the end."""
        jobs = {"look": trigger(settings.refresh, settings.site.timezone)}
        jobs |= {"scan": Every(_SCAN), "publish": Every(_PUBLISH), "tidy": Every(_TIDY)}
        self._front.tend(settings)  # what was published stands there, however long the first steps take
        self._step(worker, "begin", "look", "publish", "tidy")
        with closing(Ticks(jobs, self._wake.set)) as ticks:
            while not self._signals.stop:
                self._notifier.alive()
                self._front.tend(settings)
                self._watch_clock(worker, ticks)
                self._step(worker, *sorted(ticks.taken()))
                if _which_files(settings.store) != self._store_files:
                    raise _StoreGone
                if new := self._new_settings():
                    self._finish(worker, _DRAINING)
                    if not self._signals.stop:
                        return new
                self._step(worker, "work")
        self._notifier.stopping()
        self._finish(worker, _LAST_VISITS)
        self._step(worker, "publish")
        return None

    def _step(self, worker: Worker, *names: str) -> None:
        """Do these steps; a disk that is full now may not be later, so nothing is given up for it (R3)."""
        steps: dict[str, Callable[[], None]] = {
            "begin": worker.begin,
            "look": worker.look,
            "scan": worker.scan,
            "publish": worker.publish,
            "tidy": worker.tidy,
            "work": lambda: worker.work(_GLANCE),
        }
        try:
            for name in names:
                if not self._signals.stop or name in _LAST_STEPS:
                    steps[name]()
        except DamagedError:
            raise
        except StoreError as error:
            self._trouble("store", str(error))
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not end what runs for months
            worker.verify()
            place = traceback.extract_tb(error.__traceback__)[-1]
            said = f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno}); please report this"
            self._trouble("fault", said)
        else:
            self._see_trouble_over()

    def _trouble(self, name: str, said: str) -> None:
        """Tell it, and wait a little: what is wrong now may not be later, and haste does not help."""
        self._journal.state(name, name, said, "error")
        self._troubled = self._clock.elapsed()
        end = self._troubled + _RETRY
        while not self._signals.stop and self._clock.elapsed() < end:
            self._notifier.alive()
            self._clock.sleep(_GLANCE)

    def _see_trouble_over(self) -> None:
        if self._troubled is None or self._clock.elapsed() - self._troubled < _CALM:
            return  # one step that succeeds shows nothing: it may have had nothing to write
        self._troubled = None
        for name in ("store", "fault"):
            self._journal.state(name, name, "")

    def _finish(self, worker: Worker, seconds: float) -> None:
        """Let the visits that are under way come to their end; the others stay due."""
        worker.drain()
        end = self._clock.elapsed() + seconds
        stopping = self._signals.stop
        while worker.under_way and self._clock.elapsed() < end and self._signals.stop == stopping:
            self._notifier.alive()
            self._step(worker, "scan", "publish", "work")

    # -- settings

    def _new_settings(self) -> Settings | None:
        """The settings, if somebody changed them or asked us to read them again; a bad edit changes nothing (R22)."""
        if not (self._edited() or self._signals.reload):
            return None
        self._signals.reload = False
        try:
            settings = self._load()
        except SettingsError as error:
            wrong = "; ".join(str(problem) for problem in error.problems)
            self._journal.state("settings", "settings", wrong, "error", then="the last good ones stay in use")
            return None
        self._journal.state("settings", "settings", "")
        self._journal.event("reloaded", settings=str(self._file), upstreams=len(settings.upstreams))
        return settings

    def _edited(self) -> bool:
        """Whether somebody changed the settings, and is done with it: half a file is no edit."""
        seen, now = _fingerprint(self._file), self._clock.elapsed()
        if seen != self._settings_now:
            self._settings_now, self._settings_since = seen, now
        if seen == self._settings_taken or now - self._settings_since < _GLANCE:
            return False
        self._settings_taken = seen
        return True

    # -- time

    def _watch_clock(self, worker: Worker, ticks: Ticks) -> None:
        """A clock that was set, by a second or by ten years, neither stalls us nor floods anybody (R5)."""
        step = self._time_offset() - self._offset
        if abs(step) < _STEP:
            return
        self._offset += step
        worker.clock_was_set()
        ticks.anew()
        self._step(worker, "look")
        if abs(step) >= _TELLING_STEP:
            self._journal.event("clock", "warning", moved=f"{step:+.0f} s")

    def _time_offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.elapsed()


class _Pulse:
    """Progress that keeps the watchdog quiet while a long step is at work."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier

    def step(self, stage: Stage, done: int, total: int) -> None:
        """See :class:`coranto.progress.Progress`."""
        self._notifier.alive()
        self._notifier.status(f"{stage}: {done} of {total}")


def _fingerprint(file: Path) -> tuple[int, ...]:
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _which_files(store: str) -> tuple[int, ...]:
    """The numbers of the files of the store and its lock: others, if somebody took them away."""
    return _fingerprint(Path(store))[2:] + _fingerprint(Path(store).parent / "lock")[2:]
