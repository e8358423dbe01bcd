"""The request itself: validators, headers, targets, pace (POLITENESS P1 to P3, P5, P19, P20, P22 to P27).  Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from behaviour_log import Asked, host_of, is_private, seconds
from behaviour_polls import Poll, View
from behaviour_rule import Rule

_AGENT = re.compile(r"Coranto/[0-9][^\s()]* \(\+[^\s()][^()]*\)\Z")
_NOISE = 0.001  # seconds; a simulated clock adds up fractions
_TWICE = 60  # seconds; two requests for one address so close are one poll that was not content
_FEED_TYPES = ("application/rss+xml", "application/atom+xml")


# ---- conditional requests


def _p1(view: View, rule: Rule) -> None:
    for poll, taken, refused in _histories(view):
        for hop in poll.hops:
            made_up = _tokens(*hop.validators) - taken - refused
            if any(hop.validators):
                rule.check(not made_up, f"{hop} sends {sorted(made_up)}, which its source never gave")


def _p2(view: View, rule: Rule) -> None:
    for poll, taken, _ in _histories(view):
        for hop in poll.hops:
            if any(hop.validators) and _tokens(*hop.validators) <= taken:  # else P1 and P3 name it
                rule.check(hop.validators == poll.known, f"{hop} sends {hop.validators}; the last were {poll.known}")


def _p3(view: View, rule: Rule) -> None:
    for poll, taken, refused in _histories(view):
        for hop in poll.hops:
            if refused:
                bad = _tokens(*hop.validators) & (refused - taken)
                rule.check(not bad, f"{hop} sends {sorted(bad)}, which came with no whole feed")


def _p5(view: View, rule: Rule) -> None:
    for poll in _all(view):
        for hop in poll.hops:
            if any(poll.known):
                rule.check(any(hop.validators), f"{hop} is unconditional, though {poll.known} were given")


def _p26(view: View, rule: Rule) -> None:
    for asked in view.log:
        conditional, asks = any(asked.validators), "feed" in asked.header("a-im").lower()
        rule.check(conditional == asks, f"{asked} is {'' if conditional else 'un'}conditional, A-IM is {asks}")


def _all(view: View) -> Iterator[Poll]:
    return (poll for polls in view.polls.values() for poll in polls)


def _histories(view: View) -> Iterator[tuple[Poll, set[str], set[str]]]:
    """Each poll with all validators that its source gave before, with good answers and with others."""
    for polls in view.polls.values():
        taken: set[str] = set()
        refused: set[str] = set()
        for poll in polls:
            yield poll, taken, refused
            for hop in poll.hops:
                (taken if hop.given.good else refused).update(_tokens(hop.given.etag, hop.given.last_modified))


def _tokens(*values: str) -> set[str]:
    return {value for value in values if value}


# ---- pace


def _p19(view: View, rule: Rule) -> None:
    last: dict[str, datetime] = {}
    for asked in view.log:
        host = host_of(asked.url)
        rule.check(asked.overlapping <= 1, f"{asked} is one of {asked.overlapping} at once on {host}")
        if host in last:
            gap = seconds(last[host], asked.at)
            pause = view.pause if is_private(asked.url) else 1.5
            rule.check(gap >= pause - _NOISE, f"{asked} comes {gap:.3f} s after the one before on {host}")
        last[host] = asked.at


def _p20(view: View, rule: Rule) -> None:
    """No minute has over three times the mean, and five: a few at once are chance, with so few a minute."""
    minutes = Counter(poll.at.replace(second=0, microsecond=0) for poll in _all(view) if _settled(view, poll.at))
    begin = view.world.start + timedelta(days=2)
    bound = 3 * max(4.0, sum(minutes.values()) * 60 / max(seconds(begin, view.end), 60)) + 5
    for minute, count in sorted(minutes.items()):
        rule.check(count <= bound, f"{minute:%m-%d %H:%M} has {count} polls, over {bound:.1f}")


def _settled(view: View, at: datetime) -> bool:
    """After the first two days, and not in the hour after a restart."""
    restart = view.last_restart(at)
    return at >= view.world.start + timedelta(days=2) and (restart is None or seconds(restart, at) >= 3600)


# ---- the request


def _p22(view: View, rule: Rule) -> None:
    for asked in view.log:
        agent = asked.header("user-agent")
        rule.check(_AGENT.match(agent), f"{asked} has the User-Agent {agent!r}")


def _p23(view: View, rule: Rule) -> None:
    bare = {url.partition("?")[0].lower() for url in view.world.sources}
    for asked in view.log:
        extra = [name for name in ("cookie", "cookie2", "referer") if asked.has(name)]
        rule.check(not extra, f"{asked} has {', '.join(extra)}")
        altered = asked.url not in view.world.sources and re.split("[?#]", asked.url)[0].lower() in bare
        rule.check(not altered, f"{asked} is not the address as configured")


def _p24(view: View, rule: Rule) -> None:
    for asked in view.log:
        accept = asked.header("accept")
        rule.check(all(media in accept for media in _FEED_TYPES), f"{asked} has Accept {accept!r}")
        coding = asked.header("accept-encoding")
        rule.check("gzip" in re.split(r"[,;\s]+", coding.lower()), f"{asked} has Accept-Encoding {coding!r}")


def _p25(view: View, rule: Rule) -> None:
    """Only GET, and only what settings or an earlier redirect name."""
    named = {line.asked for line in view.world.lines}
    bare = {url.partition("?")[0].lower() for url in view.world.sources}
    for asked in view.log:
        rule.check(asked.method == "GET", f"{asked} is no GET")
        altered = asked.url not in view.world.sources and re.split("[?#]", asked.url)[0].lower() in bare  # see P23
        rule.check(asked.url in named or altered, f"{asked} was named by nobody")
        if asked.given.location:
            named.add(asked.given.location)


def _p27(view: View, rule: Rule) -> None:
    for urls in _by_url(view.log).values():
        for earlier, later in pairwise(urls):
            gap = seconds(earlier.at, later.at)
            rule.check(gap >= _TWICE, f"{later} comes {gap:.1f} s after the same one")


def _by_url(log: object) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for asked in log:
        found.setdefault(asked.url, []).append(asked)
    return found


MANNERS = (
    ("P1", "validators come back byte for byte", _p1),
    ("P2", "the newest pair of validators, and no older one", _p2),
    ("P3", "no validators of an answer that was refused", _p3),
    ("P5", "unconditional only while no validators are known", _p5),
    ("P19", "one at a time on a host, 1.5 s between starts", _p19),
    ("P20", "no minute with over 3 times the mean and 5", _p20),
    ("P22", "User-Agent: Coranto/<version> (+contact)", _p22),
    ("P23", "the address as configured; no Cookie, no Referer", _p23),
    ("P24", "Accept names feeds, Accept-Encoding gzip", _p24),
    ("P25", "only GET, only configured addresses and redirects", _p25),
    ("P26", "A-IM with each conditional request, and no other", _p26),
    ("P27", "one request an address and poll", _p27),
)
