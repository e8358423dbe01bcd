"""The source doctor: how a subscription is, since when, and what to do about it.  Pure.

``shape``: what a document shows when it is compared with what is known of its source; ``health``: the one state that
follows from all that is known.
"""

from __future__ import annotations

from coranto.doctor.health import Condition, Facts, Health, diagnose
from coranto.doctor.shape import Item, Reading, compare, reappearing, recoded, to_hold

__all__ = [
    "Condition",
    "Facts",
    "Health",
    "Item",
    "Reading",
    "compare",
    "diagnose",
    "reappearing",
    "recoded",
    "to_hold",
]
