"""Which subscriptions are due, and what it takes to visit them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from coranto import schedule
from coranto.intake.run import Run
from coranto.model import Outcome
from coranto.settings.values import Fetch, Settings, Upstream
from coranto.store.sources import Subscription

if TYPE_CHECKING:
    from coranto.identity import Rules
    from coranto.readers.upstream import Visit


def due_upstreams(run: Run) -> list[Upstream]:
    """The upstreams whose time has come; a file's always has."""
    known = run.store.sources.candidates(run.now, farthest=timedelta(seconds=schedule.LONGEST_RETRY))
    return [one for one in run.settings.upstreams if one.path is not None or _is_due(one, known.get(one.key), run.now)]


def _is_due(upstream: Upstream, known: Subscription | None, now: datetime) -> bool:
    if known is None or known.gone:
        return False
    return schedule.is_due(known.due, now, asked=known.last_poll, every=upstream.every, why=known.reason)


def visits_of(run: Run, due: Sequence[Upstream]) -> list[Visit]:
    """What a visit to each subscription needs."""
    from coranto.intake.rules import rules_of

    sources, rules = run.store.sources, rules_of(run.settings).identity
    return [_visit(one, sources.subscription(sources.id(one.key)), rules) for one in due]


def manners(settings: Settings) -> Fetch:
    """How we behave; without a contact it is the site's address (P22)."""
    return replace(settings.fetch, contact=settings.fetch.contact or settings.site.url)


def visits_made(run: Run, due: Sequence[Upstream]) -> Iterator[Outcome]:
    """Visit them all; their outcomes as they come."""
    if not due:
        return
    from coranto import __version__
    from coranto.client import Client, Pace
    from coranto.readers.polling import poll_all

    fetch = manners(run.settings)
    pace = Pace.of(fetch, book=run.store.hosts, started=run.now)

    def later() -> Run:
        """The run as it goes on: hours may have passed since it began."""
        return replace(run, now=pace.moment().replace(microsecond=0))

    with Client(fetch, __version__, pace=pace) as client:
        yield from poll_all(
            visits_of(run, due),
            client,
            threads=fetch.threads,
            clock=lambda: later().now,
            may_begin=lambda visit: may_begin(later(), visit),
            on_held=lambda visit, until, begun: held_up(later(), visit, until, begun=begun),
        )


def may_begin(run: Run, visit: Visit) -> bool:
    """Note that a visit is about to begin, so that a crash or a stop in its middle costs no early request (P7).

    Not if the feed asks to be left alone in this hour, though it was due in the one before (P11): then it is later.
    """
    upstream = visit.upstream
    if upstream.path is not None:
        return True
    source = run.store.sources.id(upstream.key)
    known = run.store.sources.subscription(source)
    facts = schedule.Facts(skip_hours=known.skip_hours, skip_days=known.skip_days)
    later = schedule.outside(run.now, facts)
    if later != run.now:
        run.store.sources.postpone(source, later, known.reason)
        run.report.subscriptions.not_due += 1
        return False
    run.store.sources.postpone(source, _if_broken_off(upstream, known, run.now), "interrupted")
    return True


def _if_broken_off(upstream: Upstream, known: Subscription, now: datetime) -> datetime:
    """When to look again if nothing comes of the visit that begins now: all that is known counts as ever."""
    facts = schedule.Facts(
        failed=known.errors > 0,
        max_age=known.max_age,
        ttl=known.ttl,
        skip_hours=known.skip_hours,
        skip_days=known.skip_days,
    )
    every = min(upstream.every, schedule.LONGEST)  # an interval of a month is no reason to be silent for another one
    return schedule.next_due(
        now=now, every=every, facts=facts, errors=known.errors + 1, key=upstream.key, rhythm=known.rhythm
    )


def held_up(run: Run, visit: Visit, until: datetime, *, begun: bool) -> None:
    """Its host asked to be left alone: nothing failed; only the next visit is later (P10).

    ``begun``: the visit had begun, and a redirect led to such a host: somebody was asked (P4).
    """
    sources = run.store.sources
    source = sources.id(visit.upstream.key)
    known = sources.subscription(source)
    rest = int((until - run.now).total_seconds())
    facts = schedule.Facts(retry_after=rest, skip_hours=known.skip_hours, skip_days=known.skip_days)
    due = schedule.next_due(
        now=run.now, every=visit.upstream.every if begun else 0, facts=facts, errors=0, key=visit.upstream.key
    )
    sources.postpone(source, due, "retry-after")
    run.report.subscriptions.not_due += 1


def _visit(upstream: Upstream, known: Subscription, rules: Rules) -> Visit:
    from coranto.client.address import without_login
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
            url=without_login(known.moved_to or upstream.url),  # all that is relative to it is published
            zone=ZoneInfo(upstream.timezone),
            rules=rules,
            drop=upstream.drop,
            own_categories=True,  # what it states is stored; whether it counts is settings' word (Library.row)
        ),
    )
