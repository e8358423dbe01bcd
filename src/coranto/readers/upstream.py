"""One visit to a subscription: ask, judge the answer, parse it if it is new.  A failure is a value."""

from __future__ import annotations

import hashlib
import heapq
import stat
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from coranto import schedule
from coranto.client import Client, FetchError, Limits, Pace, Response
from coranto.client.address import without_login
from coranto.model import Document, Failure, Outcome
from coranto.settings.values import Upstream
from coranto.text import one_line

if TYPE_CHECKING:
    from coranto.readers.parse import ParseContext

_LONGEST_FILE = Limits().body
_WAITING = frozenset({429, 503})
_FRESH = _WAITING | {200, 226, 304}  # answers whose max-age counts (P8, P9)

_ADVICE = {
    401: "the feed wants a login; give it as https://user:password@… in settings.yaml",
    403: "the server refuses us; ask its publisher, and give fetch.contact in settings.yaml",
    404: "there is nothing at this address; look for the feed's new address",
    410: "the feed is gone for good and will not be polled again; take it out of settings.yaml",
    429: "the server was asked too often; it is left alone for a while",
    503: "the server is not ready; it is left alone for a while",
}


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


class _RefusedError(Exception):
    """An answer that is not to be used; its text says why and what to do."""


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
    known = Outcome(
        source=upstream.key,
        kind="unchanged",
        etag=state.etag,
        last_modified=state.last_modified,
        body_sha256=state.body_sha256,
    )
    try:
        if upstream.path is not None:
            return _accepted(known, _file(upstream.path), "", context)
        response = client.get(state.url_moved or upstream.url, etag=state.etag, last_modified=state.last_modified)
        return _judged(upstream, known, response, context, now)
    except _RefusedError as error:
        return _failed(known, upstream, str(error))
    except FetchError as error:
        return _failed(known, upstream, error.reason)
    except Exception as error:  # noqa: BLE001 - strangers' bytes meet strangers' parsers: one bad feed stops nothing
        return _failed(known, upstream, f"cannot be read ({type(error).__name__}: {error}); please report this")


def poll_all(
    due: Sequence[Visit],
    client: Client,
    *,
    threads: int,
    clock: Callable[[], datetime],
    on_done: Callable[[Outcome], None] | None = None,
) -> Iterator[Outcome]:
    """Visit all subscriptions that are due; their outcomes come as they are done, in no fixed order.

    One request at a time per host, with the client's pause between two (P19), and no thread waits for a pause as
    long as another host may be asked.  If the caller stops early, what has not begun is not begun.

    Args:
        due: each address once (P21).
        client: its ``pace`` says whose turn it is.
        threads: how many hosts are asked at the same time.
        clock: the time of each visit.
        on_done: told of each outcome, for a progress bar.
    """
    queues = _by_host(due, client.pace)
    # Hosts by the time at which they may be asked; of those, the one with most to do first: it takes longest.
    waiting = [(0.0, -len(queue), host) for host, queue in queues.items()]
    heapq.heapify(waiting)
    running: dict[Future[Outcome], str] = {}
    pool = ThreadPoolExecutor(max(threads, 1), thread_name_prefix="poll")
    try:
        while waiting or running:
            while waiting and len(running) < max(threads, 1) and waiting[0][0] <= client.pace.now():
                host = heapq.heappop(waiting)[2]
                visit = queues[host].popleft()
                running[pool.submit(_visit, visit, client, clock)] = host
            for outcome, host in _finished(running, waiting, threads, client.pace):
                if queues[host]:
                    again = client.pace.now() + client.pace.delay(host)
                    heapq.heappush(waiting, (again, -len(queues[host]), host))
                if on_done is not None:
                    on_done(outcome)
                yield outcome
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _visit(visit: Visit, client: Client, clock: Callable[[], datetime]) -> Outcome:
    return poll(visit.upstream, visit.state, client, visit.context, clock())


def _by_host(due: Sequence[Visit], pace: Pace) -> dict[str, deque[Visit]]:
    """The visits of each host in order; a file waits for nobody, so each is a host of its own."""
    queues: dict[str, deque[Visit]] = {}
    for visit in due:
        upstream = visit.upstream
        host = pace.host(visit.state.url_moved or upstream.url) if upstream.path is None else ""
        queues.setdefault(host or f"file:{upstream.key}", deque()).append(visit)
    return queues


def _finished(
    running: dict[Future[Outcome], str], waiting: Sequence[tuple[float, int, str]], threads: int, pace: Pace
) -> list[tuple[Outcome, str]]:
    """Wait until a visit is done or the next host may be asked; take out what is done."""
    free = len(running) < max(threads, 1)
    until_next = max(0.0, waiting[0][0] - pace.now()) if waiting and free else None
    if not running:
        pace.rest(until_next or 0.0)
        return []
    done = wait(running, timeout=until_next, return_when=FIRST_COMPLETED).done
    return [(future.result(), running.pop(future)) for future in done]


def _judged(upstream: Upstream, known: Outcome, response: Response, context: ParseContext, now: datetime) -> Outcome:
    """What an answer means, by its status first: a body does not overrule it."""
    status = response.status
    facts = replace(known, status=status, retry_after=schedule.retry_after(response.header("retry-after"), now))
    if status in _FRESH:
        facts = replace(facts, max_age=_max_age(response, now))
    try:
        outcome = _by_status(facts, response, context)
    except _RefusedError as error:
        stated = facts if status in _WAITING else replace(facts, max_age=schedule.UNSTATED)
        return _failed(stated, upstream, str(error))
    # A login in the configured address is the operator's: no server may take it away.
    moved = response.permanent and "@" not in upstream.url.partition("://")[2].partition("/")[0]
    return replace(outcome, moved_to=response.url if moved else "", retry_after=schedule.UNSTATED)


def _by_status(known: Outcome, response: Response, context: ParseContext) -> Outcome:
    conditional = bool(known.etag or known.last_modified)
    if response.status == 304 and conditional:
        return _with_validators(known, response, keep=True)
    if response.status == 226 and conditional and "feed" in response.header("im").lower():
        # Only what is new (RFC 3229): nothing that is missing in it has gone (P26).
        return _with_validators(_accepted_answer(known, response, context), response, keep=True)
    if response.status == 200:
        return _with_validators(_accepted_answer(known, response, context), response, keep=False)
    raise _RefusedError(_status_error(response.status, conditional=conditional))


def _accepted_answer(known: Outcome, response: Response, context: ParseContext) -> Outcome:
    """Relative links count from where the feed really is; its own address stays the configured one.

    A redirect may lead somewhere else each time, and what it leads to is not to show in every entry.
    """
    content_type = response.header("content-type")
    if not response.hops:
        return _accepted(known, response.body, content_type, context)
    outcome = _accepted(known, response.body, content_type, replace(context, url=response.url))
    if outcome.document is None:
        return outcome
    source = replace(outcome.document.source, feed_url=without_login(context.url))
    return replace(outcome, document=replace(outcome.document, source=source))


def _accepted(known: Outcome, body: bytes, content_type: str, context: ParseContext) -> Outcome:
    """The outcome of a whole body: parsed only if it is another one than last time (P29).

    Raises:
        _RefusedError: it is no feed.
    """
    if not body.strip():
        raise _RefusedError("the answer is empty; a feed without entries would still have a root")
    digest = hashlib.sha256(body).hexdigest()
    if digest == known.body_sha256:
        return known
    from coranto.readers.parse import ParseError, parse

    try:
        document: Document = parse(body, content_type, context)
    except ParseError as error:
        raise _RefusedError(str(error)) from error
    return replace(known, kind="changed", document=document, body_sha256=digest)


def _with_validators(outcome: Outcome, response: Response, *, keep: bool) -> Outcome:
    """P2: a whole answer's validators replace the old pair; a 304 or 226 replaces those that it states."""
    etag, modified = response.etag, response.last_modified
    if keep:
        etag, modified = etag or outcome.etag, modified or outcome.last_modified
    return replace(outcome, etag=etag, last_modified=modified)


def _max_age(response: Response, now: datetime) -> int:
    header = response.header
    return schedule.max_age(header("cache-control"), header("expires"), header("date"), now)


def _status_error(status: int, *, conditional: bool) -> str:
    try:
        name = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        name = str(status)
    if status == 304 and not conditional:
        return f"the server answers {name}, though nothing was asked that allows it; tell its publisher"
    advice = _ADVICE.get(status, "the server has a problem" if status >= 500 else "this is no answer with a feed")
    return f"the server answers {name}: {advice}"


def _file(path: Path) -> bytes:
    """The bytes of a local feed.

    Raises:
        _RefusedError: there is no such file, or it is too large.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for, for ever
            raise _RefusedError(f"{path} is no file; correct the path in settings.yaml")
        with path.open("rb") as file:
            body = file.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise _RefusedError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(body) > _LONGEST_FILE:
        raise _RefusedError(f"{path} is larger than {_LONGEST_FILE:,} bytes; no feed needs to be")
    return body


def _failed(known: Outcome, upstream: Upstream, reason: str) -> Outcome:
    failure = Failure(where=without_login(upstream.url), error=one_line(reason)[:500])
    return replace(known, kind="failed", failure=failure, document=None, gone=known.status == 410)
