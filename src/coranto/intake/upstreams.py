"""Upstreams: which are due, what their visits gave, when to look again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from coranto import schedule
from coranto.model import Outcome
from coranto.progress import Progress
from coranto.report import UpstreamsReport
from coranto.settings.values import Settings, Upstream
from coranto.store import Store
from coranto.store.sources import Subscription

if TYPE_CHECKING:
    from coranto.identity import Rules
    from coranto.intake.library import Library
    from coranto.readers.upstream import Visit


def due_upstreams(store: Store, settings: Settings, *, now: datetime, offline: bool) -> list[Upstream]:
    """The upstreams to look at now; a file is always due, and is no network."""
    rows = store.sources.ids()
    return [
        upstream
        for upstream in settings.upstreams
        if _is_due(upstream, store, rows[upstream.key], now, offline=offline)
    ]


def take_upstreams(
    store: Store,
    settings: Settings,
    library: Callable[[], Library],
    due: Sequence[Upstream],
    *,
    now: datetime,
    progress: Progress,
) -> UpstreamsReport:
    """Visit the upstreams that are due, and store what they say.  One that fails stops no other (R10)."""
    report = UpstreamsReport(not_due=len(settings.upstreams) - len(due))
    rows = store.sources.ids()
    by_key = {upstream.key: upstream for upstream in due}
    for done, outcome in enumerate(_visits(store, settings, due, now), start=1):
        _take(store, library, by_key[outcome.source], rows[outcome.source], outcome, now)
        _count(report, outcome)
        progress.step("upstreams", done, len(due))
    return report


def _is_due(upstream: Upstream, store: Store, source: int, now: datetime, *, offline: bool) -> bool:
    if upstream.path is not None:
        return True
    known = store.sources.subscription(source)
    return (
        not offline and not known.gone and schedule.is_due(known.due, now, asked=known.last_poll, every=upstream.every)
    )


def _visits(store: Store, settings: Settings, due: Sequence[Upstream], now: datetime) -> Iterator[Outcome]:
    if not due:
        return
    from coranto import __version__
    from coranto.client import Client
    from coranto.intake.rules import rules_of
    from coranto.readers.upstream import poll_all

    rows = store.sources.ids()
    rules = rules_of(settings).identity
    visits = [_visit(upstream, store.sources.subscription(rows[upstream.key]), rules) for upstream in due]
    fetch = replace(settings.fetch, contact=settings.fetch.contact or settings.site.url)
    with Client(fetch, __version__) as client:
        yield from poll_all(visits, client, threads=settings.fetch.threads, clock=lambda: now)


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
            url=upstream.url,
            zone=ZoneInfo(upstream.timezone),
            rules=rules,
            drop=upstream.drop,
            own_categories=True,  # what it states is stored; whether it counts is settings' word (Library.row)
        ),
    )


def _take(
    store: Store, library: Callable[[], Library], upstream: Upstream, source: int, outcome: Outcome, now: datetime
) -> None:
    """The entries first, then the state that says they were read: a crash between costs a second look, no entry."""
    with store.database.transaction():
        if outcome.document is not None:
            from coranto.intake.document import take_document

            take_document(store, library(), outcome.document, source, now)
        known = store.sources.subscription(source)
        store.sources.keep_subscription(source, _after(known, upstream, outcome, now))


def _after(known: Subscription, upstream: Upstream, outcome: Outcome, now: datetime) -> Subscription:
    failed = outcome.kind == "failed"
    errors = known.errors + 1 if failed else 0
    document = outcome.document
    ttl = document.ttl if document else known.ttl
    facts = schedule.Facts(
        failed=failed,
        max_age=outcome.max_age if outcome.max_age >= 0 or failed else known.max_age,
        retry_after=outcome.retry_after,
        ttl=ttl,
        skip_hours=document.skip_hours if document else known.skip_hours,
        skip_days=document.skip_days if document else known.skip_days,
    )
    every = 0 if upstream.path is not None else upstream.every
    return replace(
        known,
        etag=outcome.etag,
        last_modified=outcome.last_modified,
        body_sha256=outcome.body_sha256,
        due=schedule.next_due(now=now, every=every, facts=facts, errors=errors, key=upstream.key),
        last_poll=now,
        last_good=known.last_good if failed else now,
        status=outcome.status,
        errors=errors,
        error=outcome.failure.error if outcome.failure else "",
        gone=known.gone or outcome.gone,
        ttl=ttl,
        max_age=facts.max_age if not failed else known.max_age,
        skip_hours=facts.skip_hours,
        skip_days=facts.skip_days,
    )


def _count(report: UpstreamsReport, outcome: Outcome) -> None:
    report.polled += 1
    report.changed += outcome.kind == "changed"
    report.not_modified += outcome.kind == "unchanged"
    if outcome.failure is not None:
        report.failed.append(outcome.failure)
