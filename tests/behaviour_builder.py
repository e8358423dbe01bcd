"""What recipes for sources are made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from behaviour_documents import Plan, steady
from behaviour_scripts import Source, Span, days, during

HISTORY = timedelta(days=30)


@dataclass(slots=True)
class Builder:
    """Makes sources; ``made`` are their names by number, so that no two are the same."""

    seed: int
    start: datetime
    end: datetime
    inside: str
    made: dict[str, int] = field(default_factory=dict)

    def name(self, kind: str) -> str:
        self.made[kind] = self.made.get(kind, 0) + 1
        return f"{kind}{self.made[kind]}"

    def span(self, first: float, last: float) -> tuple[Span, ...]:
        return (days(self.start, first, last),)

    def source(self, host: str, kind: str, plan: Plan | None = None, **more: Any) -> Source:
        name = self.name(kind)
        url = f"http://feeds.{host}/{name}.xml" if ":" not in host else f"http://{host}/{name}.xml"
        given = {"url": url, "name": name, "kind": kind, "born": self.start, "form": self._form(name)}
        return Source(**given | {"plan": self.rate(name, 1) if plan is None else plan} | more)

    def rate(self, name: str, a_day: float) -> Plan:
        """Posts at any time, from a month before the start."""
        return steady(Random(f"{self.seed} {name}"), self.start - HISTORY, self.end, a_day)

    def _form(self, name: str) -> str:
        return "atom" if Random(name).random() < 0.4 else "rss"


@dataclass(frozen=True, slots=True)
class Batch:
    """What a recipe makes: sources for settings.yaml, and those that only redirects name."""

    configured: tuple[Source, ...]
    targets: tuple[Source, ...] = ()


Recipe = Callable[[Builder, str, str], Batch]  # the host, and another one for what moves away


def one(kind: str, make: Callable[[Builder], dict[str, Any]]) -> Recipe:
    """A single source, by what is special about it."""
    return lambda builder, host, _other: Batch((builder.source(host, kind, **make(builder)),))


def outage(kind: str, manner: Callable[..., Any], first: float, last: float) -> Recipe:
    """It posts several times a day, and cannot be read for some days."""

    def make(builder: Builder) -> dict[str, Any]:
        span = builder.span(first, last)
        return {"manners": (during(span, manner),), "bad": span, "plan": builder.rate(kind, 3), "window": 60}

    return one(kind, make)
