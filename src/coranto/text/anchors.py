"""The place of a story on our own pages: what stands behind the ``#`` of its address there."""

from __future__ import annotations

from hashlib import sha256


def anchor(story_id: str) -> str:
    """The fragment that names the story ``story_id`` on every page of ours.

    A hash, so that it is short, plain ASCII and the same for ever (DESIGN: a story without a link links to
    ``<site.url>all/#<hash of its id>``).
    """
    return sha256(story_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
