"""What the server did, counted; `/metrics` tells it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Answers by (what was asked for, status), and the octets of their bodies.

    What was asked for is ``feed``, ``page``, ``other`` or ``operators``: never a name that a stranger chose, so that
    there are few.  All counting is done in the thread of the server's loop.
    """

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    octets: int = 0

    def count(self, kind: str, status: int, octets: int) -> None:
        """One answer was given."""
        self.answers[kind, status] += 1
        self.octets += octets
