"""Upstreams: which are due, what their visits gave, when to look again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from coranto import schedule
from coranto.intake import habits, moved
from coranto.intake.run import Run
from coranto.model import Outcome
from coranto.report import UpstreamsReport
from coranto.settings.values import Upstream
from coranto.store.sources import Subscription

if TYPE_CHECKING:
    from coranto.identity import Rules
    from coranto.readers.upstream import Visit


def due_upstreams(run: Run) -> list[Upstream]:
    """The upstreams whose time has come; a file's always has."""
    rows = run.store.sources.ids()
    return [one for one in run.settings.upstreams if _is_due(run, one, rows[one.key])]


def take_upstreams(run: Run) -> None:
    """Visit the upstreams that are due, and store what they say.  One that fails stops no other (R10)."""
    due = due_upstreams(run)
    run.report.subscriptions.not_due = len(run.settings.upstreams) - len(due)
    if run.offline:
        due = [upstream for upstream in due if upstream.path is not None]  # a file is no network
    rows = run.store.sources.ids()
    by_key = {upstream.key: upstream for upstream in due}
    for done, outcome in enumerate(_visits(run, due), start=1):
        _take(run, by_key[outcome.source], rows[outcome.source], outcome)
        _count(run.report.subscriptions, outcome)
        run.progress.step("upstreams", done, len(due))


def _is_due(run: Run, upstream: Upstream, source: int) -> bool:
    if upstream.path is not None:
        return True
    known = run.store.sources.subscription(source)
    due = schedule.is_due(known.due, run.now, asked=known.last_poll, every=upstream.every)
    return due and not known.gone


def _visits(run: Run, due: Sequence[Upstream]) -> Iterator[Outcome]:
    if not due:
        return
    from coranto import __version__
    from coranto.client import Client, Pace
    from coranto.intake.rules import rules_of
    from coranto.readers.upstream import poll_all

    rows = run.store.sources.ids()
    rules = rules_of(run.settings).identity
    visits = [_visit(upstream, run.store.sources.subscription(rows[upstream.key]), rules) for upstream in due]
    fetch = replace(run.settings.fetch, contact=run.settings.fetch.contact or run.settings.site.url)
    pace = Pace.of(fetch, book=run.store.hosts, started=run.now)
    with Client(fetch, __version__, pace=pace) as client:
        wait = partial(_wait, run)
        yield from poll_all(visits, client, threads=fetch.threads, clock=pace.moment, on_held=wait)


def _wait(run: Run, visit: Visit, until: datetime) -> None:
    """Its host asked to be left alone: nothing was sent, nothing failed; only the next visit is later (P10)."""
    sources = run.store.sources
    source = sources.ids()[visit.upstream.key]
    known = sources.subscription(source)
    rest = int((until - run.now).total_seconds())
    facts = schedule.Facts(retry_after=rest, skip_hours=known.skip_hours, skip_days=known.skip_days)
    due = schedule.next_due(now=run.now, every=0, facts=facts, errors=0, key=visit.upstream.key)
    sources.keep_subscription(source, replace(known, due=due, reason="retry-after"))
    run.report.subscriptions.not_due += 1


def _visit(upstream: Upstream, known: Subscription, rules: Rules) -> Visit:
    from coranto.readers.parse_raw import ParseContext
    from coranto.readers.upstream import State, Visit

    return Visit(
        upstream=upstream,
        state=State(
            etag=known.etag,
            last_modified=known.last_modified,
            body_sha256=known.body_sha256,
            url_moved=known.moved_to,
        ),
        context=ParseContext(
            source=upstream.key,
            url=known.moved_to or upstream.url,
            zone=ZoneInfo(upstream.timezone),
            rules=rules,
            drop=upstream.drop,
            own_categories=True,  # what it states is stored; whether it counts is settings' word (Library.row)
        ),
    )


def _take(run: Run, upstream: Upstream, source: int, outcome: Outcome) -> None:
    """The entries and the state that says they were read, together: a crash costs a second look, no entry."""
    store = run.store
    with store.database.transaction():
        known = store.sources.subscription(source)
        new = _take_entries(run, upstream, source, known, outcome)
        rhythm = habits.learn(store, source, upstream, known, outcome, new, run.now)
        known = replace(known, last_new=habits.last_new(known, new, run.now), rhythm=rhythm)
        store.sources.keep_subscription(source, _after(known, upstream, outcome, run.now))


def _take_entries(run: Run, upstream: Upstream, source: int, known: Subscription, outcome: Outcome) -> list[datetime]:
    """Store the entries of an answer; the dates of those that are new."""
    if outcome.document is None:
        return []
    from coranto.client.address import without_login
    from coranto.intake.document import take_document

    newest, document = run.store.sources.newest_entry(), outcome.document
    if known.moved_to:  # what stands in every entry stays, or all of them would change on the day of the move
        document = replace(document, source=replace(document.source, feed_url=without_login(upstream.url)))
    take_document(run.store, run.library(), document, source, run.now)
    return run.store.sources.dates_since(source, newest)


def _after(known: Subscription, upstream: Upstream, outcome: Outcome, now: datetime) -> Subscription:
    """The state after a visit: where the feed is, how it is, when to look again."""
    failed = outcome.kind == "failed"
    gone = known.gone or moved.is_gone(known, outcome)
    known = moved.after_visit(known, upstream.url, outcome, now)
    known = replace(
        known,
        etag=outcome.etag,
        last_modified=outcome.last_modified,
        body_sha256=outcome.body_sha256,
        last_poll=now,
        last_good=known.last_good if failed else now,
        status=outcome.status,
        errors=known.errors + 1 if failed else 0,
        error=outcome.failure.error if outcome.failure else "",
        failing_since=(known.failing_since or now) if failed else None,
        gone=gone,
    )
    return _timed(known, upstream, outcome, now)


def _timed(known: Subscription, upstream: Upstream, outcome: Outcome, now: datetime) -> Subscription:
    """``known`` with the time of the next visit, and what it comes from."""
    facts = _facts(known, outcome)
    every = 0 if upstream.path is not None else upstream.every
    return replace(
        known,
        due=schedule.next_due(
            now=now, every=every, facts=facts, errors=known.errors, key=upstream.key, rhythm=known.rhythm
        ),
        reason=schedule.reason(every=every, facts=facts, errors=known.errors, rhythm=known.rhythm),
        ttl=facts.ttl,
        max_age=known.max_age if facts.failed else facts.max_age,
        skip_hours=facts.skip_hours,
        skip_days=facts.skip_days,
    )


def _facts(known: Subscription, outcome: Outcome) -> schedule.Facts:
    document = outcome.document
    return schedule.Facts(
        failed=outcome.kind == "failed",
        # Only a 304 may leave out what still holds (P8).
        max_age=known.max_age if outcome.status == 304 and outcome.max_age < 0 else outcome.max_age,
        retry_after=outcome.retry_after,
        ttl=document.ttl if document else known.ttl,
        skip_hours=document.skip_hours if document else known.skip_hours,
        skip_days=document.skip_days if document else known.skip_days,
    )


def _count(report: UpstreamsReport, outcome: Outcome) -> None:
    report.polled += 1
    report.changed += outcome.kind == "changed"
    report.not_modified += outcome.kind == "unchanged"
    if outcome.failure is not None:
        report.failed.append(outcome.failure)
