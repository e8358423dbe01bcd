"""Upstreams: which are due, what their visits gave, when to look again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from coranto import schedule
from coranto.intake.run import Run
from coranto.model import Outcome
from coranto.report import UpstreamsReport
from coranto.settings.values import Upstream
from coranto.store.sources import Subscription

if TYPE_CHECKING:
    from coranto.identity import Rules
    from coranto.readers.upstream import Visit


def due_upstreams(run: Run, *, offline: bool) -> list[Upstream]:
    """The upstreams to look at now; a file is always due, and is no network."""
    rows = run.store.sources.ids()
    return [one for one in run.settings.upstreams if _is_due(run, one, rows[one.key], offline=offline)]


def take_upstreams(run: Run) -> None:
    """Visit the upstreams that are due, and store what they say.  One that fails stops no other (R10)."""
    due = due_upstreams(run, offline=run.offline)
    run.report.subscriptions.not_due = len(run.settings.upstreams) - len(due)
    rows = run.store.sources.ids()
    by_key = {upstream.key: upstream for upstream in due}
    for done, outcome in enumerate(_visits(run, due), start=1):
        _take(run, by_key[outcome.source], rows[outcome.source], outcome)
        _count(run.report.subscriptions, outcome)
        run.progress.step("upstreams", done, len(due))


def _is_due(run: Run, upstream: Upstream, source: int, *, offline: bool) -> bool:
    if upstream.path is not None:
        return True
    known = run.store.sources.subscription(source)
    due = schedule.is_due(known.due, run.now, asked=known.last_poll, every=upstream.every)
    return due and not offline and not known.gone


def _visits(run: Run, due: Sequence[Upstream]) -> Iterator[Outcome]:
    if not due:
        return
    from coranto import __version__
    from coranto.client import Client
    from coranto.intake.rules import rules_of
    from coranto.readers.upstream import poll_all

    rows = run.store.sources.ids()
    rules = rules_of(run.settings).identity
    visits = [_visit(upstream, run.store.sources.subscription(rows[upstream.key]), rules) for upstream in due]
    fetch = replace(run.settings.fetch, contact=run.settings.fetch.contact or run.settings.site.url)
    with Client(fetch, __version__) as client:
        yield from poll_all(visits, client, threads=fetch.threads, clock=lambda: run.now)


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


def _take(run: Run, upstream: Upstream, source: int, outcome: Outcome) -> None:
    """The entries and the state that says they were read, together: a crash costs a second look, no entry."""
    store = run.store
    with store.database.transaction():
        if outcome.document is not None:
            from coranto.intake.document import take_document

            take_document(store, run.library(), outcome.document, source, run.now)
        known = store.sources.subscription(source)
        store.sources.keep_subscription(source, _after(known, upstream, outcome, run.now))


def _after(known: Subscription, upstream: Upstream, outcome: Outcome, now: datetime) -> Subscription:
    failed = outcome.kind == "failed"
    errors = known.errors + 1 if failed else 0
    document = outcome.document
    ttl = document.ttl if document else known.ttl
    facts = schedule.Facts(
        failed=failed,
        # Only a 304 may leave out what still holds (P8).
        max_age=known.max_age if outcome.status == 304 and outcome.max_age < 0 else outcome.max_age,
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
