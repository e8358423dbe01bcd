"""What checking one rule of POLITENESS gives."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Rule:
    """A rule and how it was kept.

    Attributes:
        name: "P1".
        what: what it asks, short.
        seen: how many checks were made; 0 means that nothing in the log put it to the test.
        violations: one line each.
    """

    name: str
    what: str
    seen: int = 0
    violations: list[str] = field(default_factory=list)

    def check(self, kept: object, violation: object) -> None:
        """Count a check; ``violation`` becomes a line if the rule was not kept."""
        self.seen += 1
        if not kept:
            self.violations.append(str(violation))
