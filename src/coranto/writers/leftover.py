"""What a document cannot say of a story in its format's own words, kept beside them in one element of ours.

Atom has no place for a source's key, RSS none for an e-mail address, a second file or an update, and neither shows a
``<`` in a title (`coranto.writers.fit`).  Whatever reading an entry back would lose stands in
``<coranto:story xmlns:coranto="urn:coranto:story">``, under the names of `coranto.model.Story`: texts and instants
as attributes, everything else as one child for each value.  Clients pass over elements that they do not know
(RFC 4287 6.3; RSS 2.0 "Extending RSS").  An entry that says everything by itself gets none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from coranto.model import FEED, POSTS, Category, Copy, Enclosure, Person, Source, Story
from coranto.text import xml_safe
from coranto.writers import copies
from coranto.writers.fit import rfc3339, second

NAMESPACE = "urn:coranto:story"

_OURS = f"{{{NAMESPACE}}}"
_TEXTS = ("id", "title", "link", "content", "summary", "language")
_MOMENTS = ("published", "updated")
_ATTRIBUTES = (*_TEXTS, *_MOMENTS)
_CHILDREN = {"source": "source", "authors": "author", "categories": "category", "enclosures": "enclosure"}
_RELATED = "related"
_COPIES = "copies"
_IN_COPY = {"permalinks": "permalink", "categories": "category"}


def keep(entry: etree._Element, story: Story, said: Story) -> None:
    """Append to ``entry`` what it does not say.

    Args:
        entry: an entry of Atom or an item of RSS, complete but for this.
        story: what is to be read back; descriptions of categories are not.
        said: what reading ``entry`` gives now.
    """
    left = dict(_left(story, said))
    if not left:
        return
    element = etree.SubElement(entry, f"{_OURS}story", nsmap={"coranto": NAMESPACE})
    for name in _ATTRIBUTES:
        if name in left:
            element.set(name, _packed(left[name]))
    for name, child in _CHILDREN.items():
        for value in _several(left.get(name)):
            etree.SubElement(element, _OURS + child, _attributes(value))
    for url in left.get(_RELATED, ()):
        etree.SubElement(element, _OURS + _RELATED, href=url)
    for copy in left.get(_COPIES, ()):
        _add_copy(element, copy, story)


def complete(entry: etree._Element, said: Story) -> Story:
    """The story that was written: what ``entry`` says, and what `keep` put beside it.

    Raises:
        KeyError, TypeError, ValueError: somebody changed our element by hand.
    """
    element = entry.find(f"{_OURS}story")
    if element is None:
        return said
    found: dict[str, Any] = {name: str(element.attrib[name]) for name in _TEXTS if name in element.attrib}
    found |= {name: moment(str(element.attrib[name])) for name in _MOMENTS if name in element.attrib}
    found |= {
        "authors": tuple(Person(**one) for one in _children(element, "author")),
        "categories": tuple(Category(**one) for one in _children(element, "category")),
        "enclosures": tuple(_enclosure(**one) for one in _children(element, "enclosure")),
        "source": next((_source(**one) for one in _children(element, "source")), None),
        _RELATED: tuple(one["href"] for one in _children(element, _RELATED)),
    }
    # What has no child here is as the entry says: it never says more than the story does.
    story = replace(said, **{name: value for name, value in found.items() if value or name in _TEXTS})
    copied = (copies.unpack(_copy(child), story) for child in element.iterchildren(f"{_OURS}copy"))
    return replace(story, copies=tuple(copied))


def moment(text: str) -> datetime:
    """An RFC 3339 date as an instant in UTC.

    Raises:
        ValueError: it is none.
    """
    return datetime.fromisoformat(text).astimezone(UTC)


def _left(story: Story, said: Story) -> Iterator[tuple[str, Any]]:
    """The fields of ``story`` that ``said`` has otherwise, fit for XML."""
    for name in (*_ATTRIBUTES, *_CHILDREN, _RELATED, _COPIES):
        value = getattr(story, name)
        if value != getattr(said, name):  # most are equal, and need no second look
            value = _safe(value)
            if value != getattr(said, name):
                yield name, value


def _safe(value: object) -> object:
    """``value`` and all in it without what XML forbids, instants to the second; no description of a category."""
    if isinstance(value, str):
        return xml_safe(value)
    if isinstance(value, datetime):
        return second(value)
    if isinstance(value, tuple):
        return tuple(_safe(one) for one in value)
    if isinstance(value, Category):
        value = replace(value, description="")
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _safe(getattr(value, field.name)) for field in fields(value)})
    return value


def _several(value: object) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,) if value else ()


def _packed(value: object) -> str:
    return rfc3339(value) if isinstance(value, datetime) else str(value)


def _attributes(value: Person | Category | Enclosure | Source) -> dict[str, str]:
    """Every field of a value, empty ones too: some must be given; but a category's description, which is settings'."""
    return {field.name: _packed(getattr(value, field.name)) for field in fields(value) if field.name != "description"}


def _children(element: etree._Element, name: str) -> Iterator[dict[str, str]]:
    for child in element.iterchildren(_OURS + name):
        yield {str(key): str(value) for key, value in child.attrib.items()}


def _add_copy(parent: etree._Element, copy: Copy, story: Story) -> None:
    packed = copies.pack(copy, story)
    element = etree.SubElement(parent, f"{_OURS}copy", {name: packed[name] for name in copies.TEXTS if name in packed})
    for name, child in _IN_COPY.items():
        for text in packed.get(name, ()):
            etree.SubElement(element, _OURS + child, text=text)


def _copy(element: etree._Element) -> dict[str, Any]:
    packed: dict[str, Any] = {str(name): str(text) for name, text in element.attrib.items()}
    return packed | {name: [one["text"] for one in _children(element, child)] for name, child in _IN_COPY.items()}


def _enclosure(*, length: str = "0", **texts: str) -> Enclosure:
    return Enclosure(length=int(length), **texts)


def _source(*, kind: str = FEED, **texts: str) -> Source:
    return Source(kind=POSTS if kind == POSTS else FEED, **texts)
