"""The one state of a subscription, from all that is known of it.  Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

Health = Literal["gone", "held", "failing", "changed-shape", "losing", "moved", "slow", "healthy"]

SLOW = 5000  # milliseconds
_OVERRUNS = 2  # polls in a row: one may be a burst, or a sleep of ours
_FEW = 3  # entries: a feed that lists fewer may do so on purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What decides how a subscription is."""

    place: str = ""  # its address, fit to be shown
    gone: bool = False
    held: bool = False
    holding: int = 0  # entries that are held back
    errors: int = 0  # failed visits in a row
    error: str = ""  # why the last one failed, and what to do
    failing_since: datetime | None = None
    shape: str = ""  # how its document changed
    overruns: int = 0  # polls in a row that listed nothing but new entries
    listed: int = 0  # entries in the last document
    per_hour: int = 0  # about how many it posts; 0: not known
    move: str = ""  # where it moved or moves to, and what to do
    milliseconds: int = 0  # of its answers, a mean


class Condition(NamedTuple):
    """How a subscription is, and why, with what to do; a healthy one needs no words."""

    health: Health
    why: str = ""


def diagnose(facts: Facts) -> Condition:
    """The worst that is true of a subscription.

    gone > held > failing > changed-shape > losing > moved > slow > healthy.
    """
    for health, applies, words in _STATES:
        if applies(facts):
            return Condition(health, words(facts))
    return Condition("healthy")


def mean(before: int, seconds: float) -> int:
    """The mean time of an answer in milliseconds, after one more, which weighs a quarter: one slow answer is no rule.

    What took no time was no answer.
    """
    if seconds <= 0:
        return before
    now = max(round(seconds * 1000), 1)
    return (3 * before + now) // 4 if before else now


def _gone(facts: Facts) -> str:
    return (
        facts.error
        or "the feed is gone for good (410) and not polled again; take it out of settings.yaml, or poll it again with --release"
    )


def _held(facts: Facts) -> str:
    said = (
        f"{_count(facts.holding)} came again under new ids and links: held back, while new ones are published; ends by "
        f"itself when the feed lists them no more; if they are articles of their own: "
        f"`coranto status --release {facts.place}`"
    )
    return f"{said}; {_failing(facts)}" if facts.errors else said


def _failing(facts: Facts) -> str:
    if facts.errors == 1:
        return facts.error
    since = f" since {facts.failing_since:%Y-%m-%d %H:%M} UTC" if facts.failing_since else ""
    return f"failed {facts.errors:,} times in a row{since}: {facts.error}"


def _losing(facts: Facts) -> str:
    rate = f", about {facts.per_hour:,} an hour" if facts.per_hour else ""
    return (
        f"lists only {_count(facts.listed)}, at each of the last {facts.overruns:,} polls nothing but new ones{rate}: "
        "what came between two polls may be lost; ask its publisher for a longer feed, or set a shorter `every` for "
        "this upstream if its publisher agrees"
    )


def _slow(facts: Facts) -> str:
    return (
        f"its answers take about {facts.milliseconds / 1000:.0f} s; after 20 s we give up: tell its publisher, or set "
        "a longer `every`"
    )


def _count(number: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}"


_STATES: tuple[tuple[Health, Callable[[Facts], bool], Callable[[Facts], str]], ...] = (
    ("gone", lambda facts: facts.gone, _gone),
    ("held", lambda facts: facts.held, _held),
    ("failing", lambda facts: facts.errors > 0, _failing),
    ("changed-shape", lambda facts: facts.shape != "", lambda facts: facts.shape),
    ("losing", lambda facts: facts.overruns >= _OVERRUNS and facts.listed >= _FEW, _losing),
    ("moved", lambda facts: facts.move != "", lambda facts: facts.move),
    ("slow", lambda facts: facts.milliseconds >= SLOW, _slow),
)
