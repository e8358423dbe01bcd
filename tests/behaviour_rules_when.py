"""When to come back (POLITENESS P4, P7 to P14).  Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from statistics import mean

from behaviour_log import DAY, HOUR, host_of, is_private, seconds
from behaviour_polls import Hold, Poll, View
from behaviour_rule import Rule

_LONGEST = timedelta(hours=25, minutes=30)  # 24 h, half an hour of spread, an hour to get its turn
_LONGEST_SILENCE = timedelta(days=8)
_BRISK = timedelta(hours=7, minutes=30)  # a quarter of a day, spread, and an hour: what has news is asked so often
_NEAR = 60  # seconds by which a day may be short: the next look counts from a start that waited for its turn


def _p4(view: View, rule: Rule) -> None:
    for earlier, later in view.pairs():
        gap = seconds(earlier.at, later.at)
        rule.check(gap >= HOUR, f"{later.hops[0]} comes {gap:.0f} s after the poll before")


def _p7(view: View, rule: Rule) -> None:
    """A poll within an hour of a restart, whose source was asked before it: neither interval nor wish is forgotten."""
    for earlier, later in view.pairs():
        restart = view.last_restart(later.at)
        if restart is None or seconds(restart, later.at) > HOUR or earlier.at > restart:
            continue
        wait = timedelta(seconds=max(earlier.given.wait, 0))
        due = max(earlier.at + timedelta(hours=1), earlier.end + wait, later.fresh or earlier.at)
        rule.check(later.at >= due, f"{later.hops[0]} comes {seconds(later.at, due):.0f} s early after a restart")


def _p8(view: View, rule: Rule) -> None:
    for polls in view.polls.values():
        for poll in polls:
            if poll.fresh is not None:
                early = seconds(poll.at, poll.fresh)
                rule.check(early <= 0, f"{poll.hops[0]} comes {early:.0f} s before its answer was stale")


def _p9(view: View, rule: Rule) -> None:
    """Not before what its own server asked, and not silent for ever after."""
    for home, polls in view.polls.items():
        for number, poll in enumerate(polls):
            wait = max(hop.given.wait for hop in poll.hops)
            following = polls[number + 1].at if number + 1 < len(polls) else None
            if wait >= 0 and following:
                early = seconds(following, poll.end + timedelta(seconds=wait))
                rule.check(early <= 0, f"{polls[number + 1].hops[0]} comes {early:.0f} s before its Retry-After")
            if poll.given.status in (429, 503):
                silent = (following or view.end) - poll.end
                rule.check(silent <= _LONGEST_SILENCE, f"{home} is not asked any more after {poll.end}")


def _p10(view: View, rule: Rule) -> None:
    """Nothing else of a held domain is asked; of a private host one route's 503 holds no other."""
    by_host: dict[str, list[tuple[datetime, str]]] = {}
    for asked in view.log:
        by_host.setdefault(host_of(asked.url), []).append((asked.at, asked.url))
    for holds in view.holds.values():
        for hold in holds:
            others = [
                (at, url)
                for at, url in by_host[host_of(hold.by.url)]
                if hold.by.at < at < hold.until and url != hold.by.url
            ]
            if hold.wide:
                rule.check(not others, f"{others[:1]} is asked while {hold.by} holds {hold.scope}")
            elif is_private(hold.by.url):
                rule.check(others or not _others_due(view, hold), f"{hold.by} silences its whole host")


def _others_due(view: View, hold: Hold) -> bool:
    """Whether another source of the host must have been asked during a hold: it lasted over a day of the log."""
    host = host_of(hold.by.url)
    others = [line for line in view.world.lines if host_of(line.asked) == host and line.asked != hold.by.url]
    return bool(others) and min(hold.until, view.end) - hold.by.at > _LONGEST


def _p11(view: View, rule: Rule) -> None:
    for home, polls in view.polls.items():
        source = view.source(home)
        if source is None or not (source.ttl or source.skip_hours or source.skip_days):
            continue
        for earlier, later in _after_first_good(polls):
            if source.ttl and earlier.good:
                gap = seconds(earlier.at, later.at)
                rule.check(gap >= source.ttl, f"{later.hops[0]} comes after {gap:.0f} s; its ttl is {source.ttl}")
            skipped = later.at.hour in source.skip_hours or later.at.weekday() in source.skip_days
            rule.check(not skipped, f"{later.hops[0]} comes in a time that its feed asks to skip")


def _after_first_good(polls: list[Poll]) -> list[tuple[Poll, Poll]]:
    """Pairs of polls, from the first good one on."""
    first = next((number for number, poll in enumerate(polls) if poll.good), len(polls))
    return list(pairwise(polls[first:]))


def _p12(view: View, rule: Rule) -> None:
    for home, polls in view.polls.items():
        if view.kind(home) == "dead":
            for earlier, later in _after_first_good(polls):
                gap = seconds(earlier.at, later.at)
                rule.check(gap >= DAY - _NEAR, f"{later.hops[0]} comes after {gap:.0f} s, and it has been dead a year")
        if view.kind(home) == "morning":
            _check_rhythm(view, rule, home, polls)


def _check_rhythm(view: View, rule: Rule, home: str, polls: list[Poll]) -> None:
    """After two weeks, at most 40 % of hourly requests."""
    learnt = view.world.start + timedelta(days=14)
    days = seconds(learnt, view.end) / DAY
    if days >= 2:
        a_day = sum(poll.at >= learnt for poll in polls) / days
        rule.check(a_day <= 0.4 * 24, f"{home} is asked {a_day:.1f} times a day, and has news in the morning only")


def _p13(view: View, rule: Rule) -> None:
    for home, polls in view.polls.items():
        for earlier, later in pairwise(polls):
            if not earlier.good and earlier.given.status != 410:
                _check_back_off(view, rule, earlier, later)
            elif earlier.errors and _is_brisk(view, home) and not view.held(home, earlier.at, later.at):
                rule.check(later.at - earlier.at <= _BRISK, f"{later.hops[0]}: still backs off after a good answer")
        last = polls[-1]
        if not last.good and last.given.status != 410 and not view.held(last.url, last.at, view.end):
            rule.check(view.end - last.at <= _LONGEST, f"{home} was given up after {last.at}")


def _check_back_off(view: View, rule: Rule, earlier: Poll, later: Poll) -> None:
    gap = seconds(earlier.at, later.at)
    if earlier.given.wait < 0:
        least = min(HOUR << min(earlier.errors, 10), DAY)
        rule.check(gap >= least - _NEAR, f"{later.hops[0]} comes {gap:.0f} s after failure {earlier.errors + 1}")
    if not view.held(earlier.url, earlier.at, later.at):
        rule.check(gap <= _LONGEST.total_seconds(), f"{later.hops[0]} comes only after {gap / DAY:.1f} days")


def _is_brisk(view: View, home: str) -> bool:
    """Whether a source posts so often that no rule keeps a client away for long."""
    source = view.source(home)
    if source is None or source.skip_hours or source.skip_days or len(source.plan) < 60:
        return False
    steps = [seconds(*pair) for pair in pairwise(source.plan)]
    return mean(steps) < DAY / 2 and max(steps) < 4 * DAY


def _p14(view: View, rule: Rule) -> None:
    gone: dict[str, datetime] = {}
    for asked in view.log:
        if asked.url in gone:
            rule.check(False, f"{asked}: it is gone since {gone[asked.url]}")
        elif asked.given.status == 410:
            gone[asked.url] = asked.at
            rule.check(True, asked)


WHEN = (
    ("P4", "an hour at least between two polls of a source", _p4),
    ("P7", "no early poll after a restart", _p7),
    ("P8", "max-age and Expires, also of a 304", _p8),
    ("P9", "Retry-After, 60 s to 7 days; never silent for ever", _p9),
    ("P10", "a 429 or 503 holds the domain; on private hosts less", _p10),
    ("P11", "ttl, skipHours and skipDays", _p11),
    ("P12", "the rhythm of the source", _p12),
    ("P13", "failures back off to 24 h, go on, and are forgiven", _p13),
    ("P14", "nothing after a 410", _p14),
)
