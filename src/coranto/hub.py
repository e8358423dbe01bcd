"""WebSub: tell the hub which documents changed, so that subscribers have them within seconds.

The store says which; only documents whose bytes changed are among them.  WebSub 6 leaves open how a hub is told; all of
them take what PubSubHubbub 0.3 7.1 says: a form with ``hub.mode=publish`` and a ``hub.url`` for each document.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from queue import SimpleQueue

from coranto import __version__, schedule
from coranto.client import Client, FetchError, HeldError, Pace, StoppedError
from coranto.client.address import without_login
from coranto.intake.run import Run
from coranto.intake.visits import manners
from coranto.journal import Journal
from coranto.model import Failure
from coranto.readers.crew import Crew
from coranto.store import Store
from coranto.store.pings import Ping

BATCH = 50  # documents in one request
LONGEST = 9.0  # seconds that a build gives a hub, in all
_GRACE = 1.0  # and what its client may be late by
_SHORTEST = 2.0  # with less time left nothing is begun
ATTEMPTS = 17  # so many fail before a ping is let go: that takes two days
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
_FARTHEST = timedelta(seconds=schedule.LONGEST_RETRY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What came of one request to the hub.

    Attributes:
        told: how many documents it was told of.
        error: why it was told of none; '' when it was.
        again: when it is asked again, if it was told of none.
        let_go: how many documents it will not be told of any more, because too many attempts failed.
    """

    told: int = 0
    error: str = ""
    again: datetime | None = None
    let_go: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a thread brings back; ``until``: not before then, ``asked``: whether anything went out."""

    error: str = ""
    until: datetime | None = None
    asked: bool = True


class Teller:
    """Tells one hub, a request at a time, from a thread of its own; all methods belong to the store's thread."""

    def __init__(
        self,
        store: Store,
        client: Client,
        hub: str,
        clock: Callable[[], datetime],
        *,
        wake: threading.Event | None = None,
    ) -> None:
        """Nothing is told yet.

        Args:
            store: what the hub is to be told; written before each request and after it.
            client: the way out; closing it ends a request within a second.
            hub: its address; '' for none: then there is never anything to do.
            clock: the time of day in whole seconds, aware.
            wake: set when a request has ended.
        """
        self._store, self._client, self._hub, self._clock = store, client, hub, clock
        self._wake = wake or threading.Event()
        self._crew = Crew(1)
        self._came: SimpleQueue[_Answer | None] = SimpleQueue()
        self._batch: tuple[Ping, ...] = ()  # what it is told of now
        self._ended: list[_Answer | None] = []  # not yet written down

    @property
    def under_way(self) -> bool:
        """Whether a request was begun and not yet taken in."""
        return bool(self._batch)

    def begin(self, seconds: float | None = None) -> bool:
        """Tell the hub, in at most so many ``seconds``, what is due; whether there was anything that it may be told."""
        due = [] if self._batch or not self._hub else self._due()
        if not due:
            return False
        if until := self._client.pace.held(self._hub):
            with self._store.database.transaction():
                self._store.pings.keep(replace(one, due=until) for one in due)
            return False
        batch = tuple(self._begun(one) for one in due[:BATCH])
        with self._store.database.transaction():
            self._client.pace.begins(self._hub)
            self._store.pings.keep(batch)
        self._batch = batch
        try:
            self._crew.do(lambda: self._ask(tuple(one.topic for one in batch), seconds))
        except RuntimeError:  # no thread is to be had
            self._came.put(None)
            raise
        return True

    def rest(self, seconds: float) -> None:
        """Wait until the request has ended, at most so many ``seconds``."""
        self._wake.wait(seconds)
        self._wake.clear()

    def take(self) -> Round | None:
        """Write down what came of the request; None: it is under way, was broken off, or there is none."""
        if not self._ended and not self._came.empty():
            self._ended.append(self._came.get())
        if not self._ended:
            return None
        self._client.pace.keep()
        answer, now = self._ended[0], self._clock()
        with self._store.database.transaction():  # if the store cannot be written, the answer waits
            came = self._taken(answer, now) if answer else None
        self._ended.clear()
        self._batch = ()
        return came

    def close(self) -> None:
        """Begin nothing any more; what is under way ends with its client, and is told again a minute later."""
        self._crew.dismiss()

    def _due(self) -> list[Ping]:
        return self._store.pings.due(self._clock(), farthest=_FARTHEST)

    def _begun(self, one: Ping) -> Ping:
        """Noted before anything is sent: if the program is killed now, the hub is told again, but not at once."""
        return replace(one, attempts=one.attempts + 1, due=self._clock() + wait(one.attempts + 1), error="")

    def _ask(self, topics: Sequence[str], seconds: float | None) -> None:
        """One request, in the thread of the crew."""
        came: _Answer | None = None
        try:
            came = _tell(self._client, self._hub, topics, seconds)
        finally:
            self._came.put(came)
            self._wake.set()

    def _taken(self, answer: _Answer, now: datetime) -> Round:
        pings = self._store.pings
        if not answer.error:
            pings.done(one.topic for one in self._batch)
            return Round(told=len(self._batch))
        begun = [one if answer.asked else replace(one, attempts=one.attempts - 1) for one in self._batch]
        # Whatever else is due waits as well: a hub in trouble is asked once, not once for every fifty documents.
        topics = {one.topic for one in begun}
        others = [replace(one, attempts=one.attempts + answer.asked) for one in self._due() if one.topic not in topics]
        failed = [replace(one, due=_again(one, answer, now), error=answer.error) for one in (*begun, *others)]
        pings.keep(failed)
        hopeless = [one.topic for one in failed if one.attempts >= ATTEMPTS]
        pings.forget(hopeless)
        return Round(error=answer.error, again=min(one.due for one in failed), let_go=len(hopeless))


def wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts: a minute, then twice as long each time, at most six hours."""
    return min(_FIRST_WAIT * (1 << min(attempts, ATTEMPTS) - 1), _LONGEST_WAIT)


def tell(run: Run) -> None:
    """Tell the hub what is due, as a build does: what it does not take in some seconds is left to the next build.

    A hub that fails is no failure of the build.
    """
    store, hub, report = run.store, run.settings.feeds.hub, run.report.hub
    if hub and not run.offline and store.pings.due(run.now, farthest=_FARTHEST):
        pace = Pace.of(run.settings.fetch, book=store.hosts, started=run.now)
        with Client(manners(run.settings), __version__, pace=pace) as client:
            for came in _rounds(store, client, hub):
                report.told += came.told
                if came.error:
                    report.failed.append(Failure(where=without_login(hub), error=_sentence(came)))
    report.waiting = store.pings.count()


def _rounds(store: Store, client: Client, hub: str) -> list[Round]:
    """One request after another, as long as the hub takes them and there is time."""
    pace, found = client.pace, list[Round]()
    end = pace.now() + LONGEST
    with closing(Teller(store, client, hub, lambda: pace.moment().replace(microsecond=0))) as teller:
        while (left := end - pace.now() - pace.delay(pace.host(hub))) > _SHORTEST and teller.begin(left):
            teller.rest(end - pace.now() + _GRACE)
            # The client keeps the time by itself; should it not, as in a handshake without end, nobody waits.
            found.append(teller.take() or Round(error=f"no answer within {LONGEST:g} s"))
            if found[-1].error:
                break
    return found


def write_down(journal: Journal, hub: str, came: Round) -> None:
    """Into the daemon's log: what it was told; a failure once, and then daily as long as it lasts."""
    url = without_login(hub)
    if came.told:
        journal.event("told", hub=url, documents=came.told)
    journal.state(url, "hub", came.error, "warning", url=url, next=came.again)
    if came.let_go:
        journal.event("untold", "warning", hub=url, documents=came.let_go, why=came.error)


def _tell(client: Client, hub: str, topics: Sequence[str], seconds: float | None) -> _Answer | None:
    """One request; None if the program ends meanwhile."""
    form = [("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)]
    try:
        response = client.post(hub, form, seconds=seconds)
    except StoppedError:
        return None
    except HeldError as error:
        return _Answer(error=error.reason, until=error.until, asked=False)
    except FetchError as error:
        return _Answer(error=error.reason)
    if 200 <= response.status < 300:
        return _Answer()
    now = client.pace.moment()
    seconds_asked = schedule.retry_after(response.header("retry-after"), now)
    until = now + timedelta(seconds=seconds_asked) if seconds_asked > 0 else None
    return _Answer(error=_refusal(response.status, response.header("location")), until=until)


def _refusal(status: int, location: str) -> str:
    try:
        said = f"answered {status} {HTTPStatus(status).phrase}"
    except ValueError:
        said = f"answered {status}"
    if 300 <= status < 400 and location:
        said += f", which is not followed; if the hub moved, write {location[:200]} as feeds.hub"
    return said


def _again(one: Ping, answer: _Answer, now: datetime) -> datetime:
    """When to tell it again: after its wait, and not before the hub wants to be asked."""
    due = now + wait(max(one.attempts, 1))
    return max(due, answer.until.replace(microsecond=0) + timedelta(seconds=1)) if answer.until else due


def _sentence(came: Round) -> str:
    gone = f"; {came.let_go:,} documents are let go, since {ATTEMPTS} attempts failed" if came.let_go else ""
    return f"the hub was not told: {came.error}{gone}"
