"""How a long run tells how far it is.  The terminal's bars are the command line's business."""

from __future__ import annotations

from typing import Literal, Protocol

Stage = Literal["posts", "upstreams", "feeds"]


class Progress(Protocol):
    """Hears how far a stage is."""

    def step(self, stage: Stage, done: int, total: int) -> None:
        """``done`` of ``total`` posts, upstreams or categories are through."""


class Silent:
    """Tells nobody."""

    def step(self, stage: Stage, done: int, total: int) -> None:
        """Nothing."""
