"""Upstreams: what their visits gave, and when to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from coranto import schedule
from coranto.doctor import Reading
from coranto.intake import condition, habits, moved
from coranto.intake.run import Run
from coranto.intake.visits import due_upstreams, visits_made
from coranto.model import Outcome
from coranto.report import UpstreamsReport
from coranto.settings.values import Upstream
from coranto.store.days import Day
from coranto.store.sources import Subscription


def take_upstreams(run: Run) -> None:
    """Visit the upstreams that are due, and store what they say.  One that fails stops no other (R10)."""
    due = due_upstreams(run)
    run.report.subscriptions.not_due = len(run.settings.upstreams) - len(due)
    if run.offline:
        due = [upstream for upstream in due if upstream.path is not None]  # a file is no network
    by_key = {upstream.key: upstream for upstream in due}
    for done, outcome in enumerate(visits_made(run, due), start=1):
        take_outcome(run, by_key[outcome.source], outcome)
        run.progress.step("upstreams", done, len(due))


def take_outcome(run: Run, upstream: Upstream, outcome: Outcome) -> None:
    """Store what a visit gave, and count it."""
    _take(run, upstream, run.store.sources.id(upstream.key), outcome)
    _count(run.report.subscriptions, outcome)


def _take(run: Run, upstream: Upstream, source: int, outcome: Outcome) -> None:
    """The entries and the state that says they were read, together: a crash costs a second look, no entry."""
    store = run.store
    with store.database.transaction():
        known = store.sources.subscription(source)
        newest = store.sources.newest_entry()
        reading = _take_entries(run, upstream, source, known, outcome)
        new = store.sources.dates_since(source, newest) if reading else []
        now = _answered(outcome, run.now)
        rhythm = habits.learn(store, source, upstream, known, outcome, new, now)
        after = replace(known, last_new=habits.last_new(known, new, now), rhythm=rhythm)
        after = condition.learned(_after(after, upstream, outcome, now), known, outcome, reading, now)
        holding = len(store.entries.held(source))
        after = condition.judged(after, upstream, holding, now, asked=known.last_good)
        condition.keep(store, source, known, after, now)
        day = Day(visits=1, failures=int(outcome.kind == "failed"), entries=len(new))
        store.days.note(source, now, day)


def _answered(outcome: Outcome, run: datetime) -> datetime:
    """When the answer came, from which all waits count; entries are dated by the ``run``."""
    return outcome.at + timedelta(seconds=int(outcome.seconds)) if outcome.at else run


def _take_entries(run: Run, upstream: Upstream, source: int, known: Subscription, outcome: Outcome) -> Reading | None:
    """Store the entries of an answer; what they show of the source."""
    if outcome.document is None:
        return None
    from coranto.client.address import without_login
    from coranto.intake.document import take_document

    document, before = outcome.document, condition.listed_before(known, outcome)
    if known.moved_to:  # what stands in every entry stays, or all of them would change on the day of the move
        document = replace(document, source=replace(document.source, feed_url=without_login(upstream.url)))
    return take_document(run.store, run.library(), document, source, run.now, held=known.held, before=before)


def _after(known: Subscription, upstream: Upstream, outcome: Outcome, now: datetime) -> Subscription:
    """The state after a visit: where the feed is, how it is, when to look again."""
    failed, first = outcome.kind == "failed", known.last_poll is None
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
    return _timed(known, upstream, outcome, now, first=first)


def _timed(known: Subscription, upstream: Upstream, outcome: Outcome, now: datetime, *, first: bool) -> Subscription:
    """``known`` with the time of the next visit, and what it comes from."""
    facts = replace(_facts(known, outcome), first=first)
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
