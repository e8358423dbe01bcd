"""Logs written by hand: a client that is polite by itself, and does what it is told."""

from __future__ import annotations

from datetime import timedelta

import behaviour_kinds as kinds
from behaviour_builder import Builder
from behaviour_log import Asked
from behaviour_score import score
from behaviour_world import START, assembled

POLITE = {
    "User-Agent": "Coranto/1.2 (+editor@news.example)",
    "Accept": "application/atom+xml, application/rss+xml",
    "Accept-Encoding": "gzip",
}
LOCAL = ["127.0.0.1:8001", "127.0.0.1:8009"]


def special(kind):
    """The recipe for a kind, by the name that its sources bear."""
    builder = Builder(1, START, START + timedelta(days=1), LOCAL[-1])
    recipes = (*kinds.SPECIAL, *kinds.HOLDING)
    return next(one for one in recipes if one(builder, "a.example", "b.example").configured[0].kind == kind)


def at_home(kind):
    """The recipe for a kind, on a private host."""
    return lambda builder, _host, other: special(kind)(builder, LOCAL[0], other)


class Diary:
    """A log written by hand: a client that is polite by itself, at the hours that it is told."""

    def __init__(self, *recipes, days=30):
        builder = Builder(1, START, START + timedelta(days=days), LOCAL[-1])
        batches = [make(builder, f"h{number}.example", "other.example") for number, make in enumerate(recipes)]
        self.world = assembled(batches, START, builder.end, LOCAL)
        self.urls = [line.asked for line in self.world.lines]
        self.log, self.known = [], {}

    def ask(self, hours, url="", sends=None, **changed):
        """One request; ``sends``: other validators than the last; ``changed``: other headers, method or overlapping."""
        url = url or self.urls[0]
        home = self.world.homes.get(url, url)
        etag, modified = self.known.get(home, ("", "")) if sends is None else sends
        facts = {name: changed.pop(name) for name in ("method", "overlapping") if name in changed}
        conditional = {"If-None-Match": etag, "If-Modified-Since": modified, "A-IM": "feed" if etag or modified else ""}
        headers = POLITE | conditional | {name.replace("_", "-"): value for name, value in changed.items()}
        fields = tuple((name, value) for name, value in headers.items() if value)
        asked = Asked(at=START + timedelta(hours=hours), url=url, target=url, headers=fields, **facts)
        source = self.world.sources.get(url)
        asked.answer = source.answer(asked, asked.at).given if source else None
        self.log.append(asked)
        if asked.given.good:
            old = self.known.get(home, ("", ""))
            keep = asked.given.status != 200
            self.known[home] = asked.given.etag or old[0] * keep, asked.given.last_modified or old[1] * keep
        return asked.given

    def follow(self, hours, url="", hops=5):
        """One request, and where it leads to."""
        given = self.ask(hours, url)
        for hop in range(1, hops + 1):
            if given.location:
                given = self.ask(hours + hop * 2 / 3600, given.location)
        return given

    def forget(self):
        """Take back the last request, and what it taught."""
        asked = self.log.pop()
        self.known.pop(self.world.homes[asked.url], None)

    def rules(self, restarts=()):
        self.log.sort(key=lambda asked: asked.at)
        return score(self.log, self.world, [START + timedelta(hours=hours) for hours in restarts])

    def sins(self, restarts=()):
        return {rule.name for rule in self.rules(restarts) if rule.violations}
