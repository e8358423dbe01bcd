"""Worst cases of regular expressions: strings built from a pattern's own parts, and how long it takes over them.

A pattern that may go back over what it has read takes time that grows with the square of a text's length, or doubles
with each character.  Such a text is: what leads to a repeat, then very much of what it repeats, then what ends the match.
"""

from __future__ import annotations

import re
import re._parser as grammar  # type: ignore[import-not-found]  # no part of the public API; there since Python 3.11
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import Any

Pattern = re.Pattern[str] | re.Pattern[bytes]

LONG = 32_768  # characters: their square is a thousand million steps, a second or more
SECONDS = 0.25  # of processor time; what is linear takes a hundredth of it
NOTABLE = 0.01  # from here on it is tried whether four times the length takes more than eight times the time
_MANY = 65  # times: a repeat that is bounded by less costs no more than a factor
_SAMPLE = "a0 <>\"'/=-.:&#@,\n\\!x(一\u00e9\u0000"
_TAILS = ("\u0001", "\n!")


class TooLongError(Exception):
    """A pattern was still at work when its time was over."""


@dataclass(frozen=True)
class Attack:
    """A text that may be made as long as one likes."""

    before: str
    pump: str
    tail: str = ""

    def text(self, long: int) -> str:
        return self.before + self.pump * (long // len(self.pump)) + self.tail


@dataclass
class _Parts:
    """What attacks on one pattern are made of."""

    before: set[str] = field(default_factory=set)  # what leads to a repeat
    pumps: set[str] = field(default_factory=set)  # what it repeats
    groups: dict[int, str] = field(default_factory=dict)


def attacks(pattern: Pattern) -> Iterator[Attack]:
    """Texts on which the pattern does its worst."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    parts = _Parts()
    tree = grammar.parse(source, pattern.flags & ~re.DEBUG & ~re.UNICODE)
    whole = _example(tree, "", parts)
    if not parts.pumps:
        return
    pumps = parts.pumps | set(_literals(tree)) | {char for char in _SAMPLE if char in source}
    yield from (Attack("", unit) for unit in (whole, whole[:-1], whole[:-2]) if unit)
    for before in sorted(parts.before):
        yield Attack("", before or "a")
        for pump in sorted(pumps - {""}):
            yield Attack("", before + pump)
            yield from (Attack(before, pump, tail) for tail in _TAILS)


def slow(pattern: Pattern, methods: Iterable[str], long: int = LONG) -> str:
    """A text over which the pattern takes more than time that grows with its length; empty if there is none."""
    methods = tuple(methods)
    tries = ((attack, method) for attack in attacks(pattern) for method in methods)
    return next((f"{method}: {attack}" for attack, method in tries if _is_slow(pattern, method, attack, long)), "")


def _is_slow(pattern: Pattern, method: str, attack: Attack, long: int) -> bool:
    first = _seconds(pattern, method, attack.text(long))
    if first <= NOTABLE or first > SECONDS:
        return first > SECONDS
    again = min(first, _seconds(pattern, method, attack.text(long)))
    return again > NOTABLE and _seconds(pattern, method, attack.text(4 * long)) > 8 * again


def _seconds(pattern: Pattern, method: str, text: str) -> float:
    """Processor time, or infinity when it was cut off."""
    given: Any = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
    try:
        with at_most(8 * SECONDS if len(text) > LONG + 100 else SECONDS):
            started = time.thread_time()
            _apply(pattern, method, given)
            return time.thread_time() - started
    except TooLongError:
        return inf


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TooLongError after so much processor time; also out of the engine of `re`, which looks for signals."""

    def over(*_: object) -> None:
        raise TooLongError

    former = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)


def _apply(pattern: Any, method: str, text: Any) -> None:
    if method in {"match", "fullmatch"}:
        getattr(pattern, method)(text)
    elif method == "search":
        pattern.search(text)
    else:
        for _ in pattern.finditer(text):
            pass


# -- an example of what a pattern matches


def _example(tree: Any, before: str, parts: _Parts) -> str:
    """One text that the tree matches, or nearly; notes its repeats on the way."""
    text = ""
    for operation, value in tree:
        say: Callable[[Any, str, _Parts], str] = _SAYING.get(str(operation), lambda *_: "")
        text += say(value, before + text, parts)
    return text


def _repeat(value: Any, before: str, parts: _Parts) -> str:
    least, most, body = value
    once = _example(body, before, parts)
    if most >= _MANY:
        parts.before.add(before)
        parts.pumps |= {once, *_alternatives(body), *_members(body)}
    return once * max(1, min(least, 3))


def _branch(value: Any, before: str, parts: _Parts) -> str:
    first, *_ = [_example(one, before, parts) for one in value[1]]
    return first


def _group(value: Any, before: str, parts: _Parts) -> str:
    text = _example(value[-1], before, parts)
    if value[0] is not None:
        parts.groups[value[0]] = text
    return text


def _within(value: Any, before: str, parts: _Parts) -> str:
    """An assertion takes no room, though its repeats are at work."""
    _example(value[1], before, parts)
    return ""


def _member(value: Any, *_: object) -> str:
    return next(iter(_accepted(value)), "")


_SAYING: dict[str, Callable[[Any, str, _Parts], str]] = {
    "LITERAL": lambda value, *_: chr(value),
    "NOT_LITERAL": lambda value, *_: "b" if value == ord("a") else "a",
    "ANY": lambda *_: "a",
    "IN": _member,
    "MAX_REPEAT": _repeat,
    "MIN_REPEAT": _repeat,
    "POSSESSIVE_REPEAT": _repeat,
    "BRANCH": _branch,
    "SUBPATTERN": _group,
    "ATOMIC_GROUP": _example,
    "GROUPREF": lambda value, _, parts: parts.groups.get(value, ""),
    "ASSERT": _within,
    "ASSERT_NOT": _within,
}


def _alternatives(tree: Any) -> Iterator[str]:
    """Each branch of what is repeated is a pump of its own."""
    for operation, value in tree:
        if str(operation) == "BRANCH":
            yield from (_example(one, "", _Parts()) for one in value[1])
        elif str(operation) == "SUBPATTERN":
            yield from _alternatives(value[-1])


def _members(tree: Any) -> set[str]:
    """Some of the characters of a repeated set: another part of the pattern may want the same."""
    sets = [value for operation, value in tree if str(operation) == "IN"]
    return set().union(*(_accepted(one)[:6] for one in sets)) if sets else set()


def _accepted(members: Any) -> list[str]:
    """Characters of a set: those of the sample, or else its first."""
    compiled = re.compile(_as_source(members), re.DOTALL)
    return [char for char in _SAMPLE if compiled.fullmatch(char)] or [_first(members)]


def _as_source(members: Any) -> str:
    said = ""
    for operation, value in members:
        if str(operation) == "LITERAL":
            said += re.escape(chr(value))
        elif str(operation) == "RANGE":
            said += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        elif str(operation) == "CATEGORY":
            said += _CATEGORIES[str(value)]
    return f"[{'^' if str(members[0][0]) == 'NEGATE' else ''}{said}]"


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def _first(members: Any) -> str:
    operation, value = members[0]
    return chr(value[0] if str(operation) == "RANGE" else value)


def _literals(tree: Any) -> Iterator[str]:
    """The words of a pattern: runs of plain characters, wherever they stand."""
    run = ""
    for operation, value in tree:
        if str(operation) == "LITERAL":
            run += chr(value)
            continue
        if len(run) > 1:
            yield run
        run = ""
        for inner in value if isinstance(value, (list, tuple)) else [value]:
            for one in inner if isinstance(inner, list) else [inner]:
                if isinstance(one, grammar.SubPattern):
                    yield from _literals(one)
    if len(run) > 1:
        yield run
