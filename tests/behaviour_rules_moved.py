"""Redirects (POLITENESS P16 to P18).  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from behaviour_log import Asked, is_private
from behaviour_polls import Poll, View
from behaviour_rule import Rule

_BELIEVED = timedelta(days=7)
_LATEST = _BELIEVED + timedelta(hours=26)  # the first poll after 7 days is the last of the old address
_MOST_REQUESTS = 6
_NOTHING_THERE = (404, 410)


@dataclass(slots=True)
class _Move:
    """What a client may believe of where a source is.

    Attributes:
        target: where permanent redirects led to with a good answer.
        since: from when on, without a break.
        polls: how often.
        left: the old address answered 404 or 410: its last word.
    """

    target: str = ""
    since: datetime | None = None
    polls: int = 0
    left: bool = False

    def note(self, poll: Poll, old: str) -> None:
        """A poll of the old address."""
        if poll.permanent:
            same = poll.hops[-1].url == self.target
            self.since, self.polls = (self.since, self.polls + 1) if same and self.since else (poll.at, 1)
            self.target = poll.hops[-1].url
        elif poll.hops[-1].url == old and poll.given.status in _NOTHING_THERE:
            self.left = True
        elif poll.good:
            self.target, self.since, self.polls = "", None, 0

    def believed(self, at: datetime) -> bool:
        old_enough = self.since is not None and at - self.since >= _BELIEVED and self.polls >= 2
        return bool(self.target) and (old_enough or self.left)


def _p16(view: View, rule: Rule) -> None:
    """Never before seven days; and not the old address any more after the poll that follows them."""
    for home, polls in view.polls.items():
        move = _Move()
        for poll in polls:
            if poll.url == home:
                overdue = move.since is not None and poll.at - move.since > _LATEST and move.polls >= 2
                if move.target:
                    held = overdue and view.held(home, move.since, poll.at)
                    rule.check(not overdue or held, f"{poll.hops[0]}: it moved for good on {move.since}")
                move.note(poll, home)
            elif home in view.world.sources:
                rule.check(move.believed(poll.at) and poll.url == move.target, f"{poll.hops[0]}: believed too early")
                if not poll.good:  # it may go back to what settings say, and begin anew
                    move = _Move(left=move.left, target=move.target if move.left else "")


def _p17(view: View, rule: Rule) -> None:
    """No circle is walked twice, no private address is asked that settings do not name."""
    for polls in view.polls.values():
        for poll in polls:
            urls = [hop.url for hop in poll.hops]
            if poll.hops[0].given.location:
                rule.check(len(set(urls)) == len(urls), f"{poll.hops[0]}: walked in a circle")
    for asked in view.log:
        stranger = is_private(asked.url) and urlsplit(asked.url).netloc not in view.world.private
        rule.check(not stranger, f"{asked}: a private address that settings do not name")


def _p18(view: View, rule: Rule) -> None:
    secret = {line.asked for line in view.world.lines if line.secret}
    for home, polls in view.polls.items():
        for poll in polls:
            if len(poll.hops) > 1:
                rule.check(len(poll.hops) <= _MOST_REQUESTS, f"{poll.hops[0]}: {len(poll.hops)} requests in a poll")
            _check_secrets(rule, poll.hops, home if home in secret else "")


def _check_secrets(rule: Rule, hops: Sequence[Asked], owner: str) -> None:
    for hop in hops:
        if not owner or _origin(hop.url) != _origin(owner):
            own = [name for name in ("authorization", "x-own-key") if hop.has(name)]
            rule.check(not own, f"{hop}: has {', '.join(own)} of another origin")


def _origin(url: str) -> tuple[str | None, int]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or 80


MOVED = (
    ("P16", "a move for good is believed after 7 days, no other", _p16),
    ("P17", "no circles, no inside address", _p17),
    ("P18", "6 requests a poll at most; secrets stay at home", _p18),
)
