"""One visit to a subscription: ask, judge the answer, parse it if it is new.  A failure is a value."""

from __future__ import annotations

import heapq
import stat
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coranto.client import Client, FetchError, HeldError, Limits, Pace, Secrets
from coranto.model import Outcome
from coranto.readers.answers import RefusedError, accepted, failed, judged
from coranto.settings.values import Upstream

if TYPE_CHECKING:
    from coranto.readers.parse import ParseContext

_LONGEST_FILE = Limits().body


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is remembered of a subscription from visit to visit.

    Attributes:
        etag: of the last accepted answer, byte for byte.
        last_modified: of the last accepted answer, byte for byte.
        body_sha256: of the last accepted body, hexadecimal.
        url_moved: the address that is polled instead of the configured one; mostly empty.
    """

    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    url_moved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A subscription that is due, with all that :func:`poll` needs."""

    upstream: Upstream
    state: State
    context: ParseContext


def poll(upstream: Upstream, state: State, client: Client, context: ParseContext, now: datetime) -> Outcome:
    """Visit a subscription once.  Raises nothing, whatever the source does.

    A refused answer leaves everything as it was: the outcome then carries the old validators (P3).

    Args:
        upstream: what is polled: an address, or a file.
        state: what is remembered of it.
        client: the way out.
        context: how its entries are to be read.
        now: when; dates in headers count from it.
    """
    try:
        return _poll(upstream, state, client, context, now)
    except HeldError as error:
        return failed(_known(upstream, state), upstream, error.reason)


def _poll(upstream: Upstream, state: State, client: Client, context: ParseContext, now: datetime) -> Outcome:
    """As :func:`poll`.

    Raises:
        HeldError: nothing was sent, for the server wants to be left alone: that is no failure of the source (P10).
    """
    known = _known(upstream, state)
    try:
        if upstream.path is not None:
            return accepted(known, _file(upstream.path), "", context)
        own = Secrets(upstream.url, upstream.headers, upstream.auth)
        url = state.url_moved or upstream.url
        response = client.get(url, etag=state.etag, last_modified=state.last_modified, own=own)
        return judged(upstream, known, response, context, now)
    except HeldError:
        raise
    except RefusedError as error:
        return failed(known, upstream, str(error))
    except FetchError as error:
        return failed(known, upstream, error.reason)
    except Exception as error:  # noqa: BLE001 - strangers' bytes meet strangers' parsers: one bad feed stops nothing
        return failed(known, upstream, f"cannot be read ({type(error).__name__}: {error}); please report this")


def _known(upstream: Upstream, state: State) -> Outcome:
    """The outcome of a visit that changes nothing."""
    return Outcome(
        source=upstream.key,
        kind="unchanged",
        etag=state.etag,
        last_modified=state.last_modified,
        body_sha256=state.body_sha256,
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """A visit that was not made, and when it may be."""

    visit: Visit
    until: datetime


def poll_all(
    due: Sequence[Visit],
    client: Client,
    *,
    threads: int,
    clock: Callable[[], datetime],
    on_done: Callable[[Outcome], None] | None = None,
    on_held: Callable[[Visit, datetime], None] | None = None,
) -> Iterator[Outcome]:
    """Visit all subscriptions that are due; their outcomes come as they are done, in no fixed order.

    One request at a time per host, with the client's pause between two (P19), and no thread waits for a pause as
    long as another host may be asked.  A visit to a host that asked to be left alone, in this run or in an earlier
    one, is not made and has no outcome: it is no failure (P10).  If the caller stops early, what has not begun is
    not begun.

    Args:
        due: each address once (P21).
        client: its ``pace`` says whose turn it is; the pace's book is written in the caller's thread, before each
            visit and with each outcome.
        threads: how many hosts are asked at the same time.
        clock: the time of each visit.
        on_done: told of each outcome, for a progress bar.
        on_held: told of each visit that was not made, and when it may be (whole seconds, UTC).
    """
    turns = _Turns(due, client.pace, on_held or _ignore)
    running: dict[Future[Outcome | _Held], str] = {}
    pool = ThreadPoolExecutor(max(threads, 1), thread_name_prefix="poll")
    try:
        while turns.waiting or running:
            while len(running) < max(threads, 1) and (begun := turns.next()):
                host, visit = begun
                running[pool.submit(_visit, visit, client, clock)] = host
            for outcome in _finished(running, turns, threads):
                if on_done is not None:
                    on_done(outcome)
                yield outcome
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Turns:
    """The visits that have not begun, by host."""

    def __init__(self, due: Sequence[Visit], pace: Pace, on_held: Callable[[Visit, datetime], None]) -> None:
        self.pace = pace
        self.on_held = on_held
        self._queues = _by_host(due, pace)
        # Hosts by the time at which they may be asked; of those, the one with most to do first: it takes longest.
        self.waiting: list[tuple[float, int, str]] = []
        for host in self._queues:
            self.release(host)

    def release(self, host: str) -> None:
        """The host is free again; it waits for its pause, if it has more to do."""
        if queue := self._queues[host]:
            heapq.heappush(self.waiting, (self.pace.now() + self.pace.delay(host), -len(queue), host))

    def next(self) -> tuple[str, Visit] | None:
        """The next visit that may begin now, with its host; None: there is none, or a pause must end first."""
        while self.waiting and self.waiting[0][0] <= self.pace.now():
            host = heapq.heappop(self.waiting)[2]
            while self._queues[host]:
                visit = self._queues[host].popleft()
                if self._may_begin(visit):
                    return host, visit
        return None

    def _may_begin(self, visit: Visit) -> bool:
        url = _address(visit)
        if url and (until := self.pace.held(url)):
            self.on_held(visit, until)
            return False
        if url:
            self.pace.begins(url)
        return True


def _ignore(_visit: Visit, _until: datetime) -> None:
    """Nobody wants to know."""


def _visit(visit: Visit, client: Client, clock: Callable[[], datetime]) -> Outcome | _Held:
    try:
        return _poll(visit.upstream, visit.state, client, visit.context, clock())
    except HeldError as error:  # a redirect led to such a host, or it was held a moment ago
        return _Held(visit, error.until)


def _address(visit: Visit) -> str:
    """What is asked; nothing for a file."""
    return "" if visit.upstream.path is not None else visit.state.url_moved or visit.upstream.url


def _by_host(due: Sequence[Visit], pace: Pace) -> dict[str, deque[Visit]]:
    """The visits of each host in order; a file waits for nobody, so each is a host of its own."""
    queues: dict[str, deque[Visit]] = {}
    for visit in due:
        url = _address(visit)
        queues.setdefault((url and pace.host(url)) or f"file:{visit.upstream.key}", deque()).append(visit)
    return queues


def _finished(running: dict[Future[Outcome | _Held], str], turns: _Turns, threads: int) -> list[Outcome]:
    """Wait until a visit is done or the next host may be asked; take out what is done."""
    free = len(running) < max(threads, 1)
    until_next = max(0.0, turns.waiting[0][0] - turns.pace.now()) if turns.waiting and free else None
    if not running:
        turns.pace.rest(until_next or 0.0)
        return []
    outcomes = []
    for future in wait(running, timeout=until_next, return_when=FIRST_COMPLETED).done:
        turns.release(running.pop(future))
        done = future.result()
        if isinstance(done, _Held):
            turns.on_held(done.visit, done.until)
        else:
            outcomes.append(done)
    turns.pace.keep()  # before the outcomes: what a host wishes is known to the next run, come what may
    return outcomes


def _file(path: Path) -> bytes:
    """The bytes of a local feed.

    Raises:
        RefusedError: there is no such file, or it is too large.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for, for ever
            raise RefusedError(f"{path} is no file; correct the path in settings.yaml")
        with path.open("rb") as file:
            body = file.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(body) > _LONGEST_FILE:
        raise RefusedError(f"{path} is larger than {_LONGEST_FILE:,} bytes; no feed needs to be")
    return body
