"""A story's other copies as documents carry them: only what differs from the story itself, so that it costs little."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from coranto.model import Copy, Story
from coranto.text import xml_safe
from coranto.writers.fit import rfc3339

TEXTS = ("source", "own_id", "link", "title", "published")
LISTS = ("permalinks", "categories")


def pack(copy: Copy, story: Story) -> dict[str, Any]:
    """A copy as texts (`TEXTS`) and lists of texts (`LISTS`); what it has in common with ``story`` is left out.

    A link, title or date that it does not have, unlike the story, is an empty text.
    """
    said = {"source": copy.source, "own_id": copy.own_id, "link": copy.link, "title": copy.title}
    texts = {name: xml_safe(text) for name, text in said.items()}
    texts["published"] = rfc3339(copy.published) if copy.published else ""
    packed: dict[str, Any] = {name: text for name, text in texts.items() if text != _common(story)[name]}
    lists = {name: [xml_safe(text) for text in getattr(copy, name)] for name in LISTS}
    return packed | {name: texts for name, texts in lists.items() if texts}


def unpack(packed: Mapping[str, Any], story: Story) -> Copy:
    """The inverse of `pack`.

    Raises:
        TypeError, ValueError: somebody changed it by hand.
    """
    texts = _common(story) | {name: packed[name] for name in TEXTS if name in packed}
    permalinks, categories = (tuple(packed.get(name, ())) for name in LISTS)
    if not all(isinstance(text, str) for text in (*texts.values(), *permalinks, *categories)):
        raise TypeError("a copy consists of texts")
    published = texts.pop("published")
    moment = datetime.fromisoformat(published).astimezone(UTC) if published else None
    return Copy(**texts, published=moment, permalinks=permalinks, categories=categories)


def _common(story: Story) -> dict[str, str]:
    """What a copy states if nothing else is written."""
    return {
        "source": "",
        "own_id": "",
        "link": xml_safe(story.link),
        "title": xml_safe(story.title),
        "published": rfc3339(story.published),
    }
