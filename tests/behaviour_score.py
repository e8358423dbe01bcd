"""Scores a client against POLITENESS, from the log of a behaviour server alone.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from behaviour_log import Asked
from behaviour_polls import View
from behaviour_rule import Rule
from behaviour_rules_manners import MANNERS
from behaviour_rules_moved import MOVED
from behaviour_rules_when import WHEN
from behaviour_world import World

# Not judged by a log of daily life: P6 (refreshing by hand, judged with P4), P15 (clock steps), P21 (one address in two
# lines is refused by settings; two workers show in P27), P28 (endless bodies, tests of the client), P29 (with P2),
# P30 (--offline sends nothing), P31 (WebSub is not there).
_RULES: tuple[tuple[str, str, Callable[[View, Rule], None]], ...] = (*MANNERS, *WHEN, *MOVED)


def score(
    log: Sequence[Asked], world: World, restarts: Sequence[datetime] = (), *, private_pause: float = 1.5
) -> list[Rule]:
    """Check every rule.

    Args:
        log: in the order of starts.
        world: whose scripts were played.
        restarts: when the client was started anew.
        private_pause: what settings say of the pause between two starts on a private host.

    Returns:
        One Rule for each, in the order of their numbers.
    """
    view = View(log, world, restarts, private_pause)
    rules = []
    for name, what, check in _RULES:
        rule = Rule(name, what)
        check(view, rule)
        rules.append(rule)
    return sorted(rules, key=lambda rule: int(rule.name[1:]))


def table(rules: Sequence[Rule], examples: int = 0) -> str:
    """The rules in rows; the last line is "N violations".

    Args:
        rules: as scored.
        examples: how many violations are written out below each rule.
    """
    return "\n".join(_lines(rules, examples))


def _lines(rules: Sequence[Rule], examples: int) -> Iterator[str]:
    wide = max((len(rule.what) for rule in rules), default=0)
    yield f"{'rule':<5} {'asks':<{wide}} {'checks':>9} {'violations':>10}"
    for rule in rules:
        yield f"{rule.name:<5} {rule.what:<{wide}} {rule.seen:>9,} {len(rule.violations):>10,}"
        yield from (f"      {violation}" for violation in rule.violations[:examples])
    yield f"{sum(len(rule.violations) for rule in rules)} violations"
