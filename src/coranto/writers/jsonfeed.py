"""A feed as JSON Feed 1.1, which can be read back without loss.

What the format has no place for stands in each item's ``_coranto`` (JSON Feed 1.1, "Extensions"):

``categories``
    key, folder and title of each category; ``tags`` holds the titles only.
``source``
    where an aggregated story comes from (as atom:source).
``related``
    the addresses of the story's other copies.
``copies``
    those of upstreams, as far as they differ from the story (`coranto.writers.copies`): what they are known again by.
any field of the story's own
    as it was, where what the document shows had to differ to be valid (`coranto.writers.fit`).

So losing the store loses no story, id or date that stands in a published folder (DESIGN 3.7).
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from coranto.model import FEED, POSTS, Category, Enclosure, Feed, Person, Source, Story
from coranto.text import xml_safe
from coranto.writers import FILES, copies
from coranto.writers.fit import fit, rfc3339

VERSION = "https://jsonfeed.org/version/1.1"
EXTENSION = "_coranto"

_TEXTS = ("id", "title", "link", "summary", "content", "language")
_PERSON = ("name", "email", "uri")
_ENCLOSURE = ("url", "type", "length", "title")
_CATEGORY = ("key", "folder", "title")
_SOURCE = ("key", "kind", "id", "title", "link", "feed_url")

Item = dict[str, Any]


def write(feed: Feed) -> bytes:
    """``feed`` as the bytes of a JSON Feed document, items in the order of its stories."""
    return render(feed, fit(feed))


def render(feed: Feed, shown: Feed) -> bytes:
    """The document of ``shown``, the fitted form of ``feed``: one line an item, so that a diff shows what changed."""
    head = _compact(_head(shown)).removesuffix("}")
    items = ",\n".join(
        _compact(_item(story, fitted)) for story, fitted in zip(feed.stories, shown.stories, strict=True)
    )
    return f'{head},"items":[\n{items}\n]}}\n'.encode()


def read(data: bytes) -> tuple[Story, ...]:
    """The stories of a document that `write` made: its exact inverse, but for descriptions of categories.

    An item that somebody broke by hand is left out; the others are read.

    Raises:
        ValueError: it is no JSON, or no JSON Feed.
    """
    document = json.loads(data)
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise ValueError("not a JSON Feed: it has no list of items")  # noqa: TRY004 (a file's fault, not a caller's)
    stories = (_read_item(item) for item in document["items"])
    return tuple(story for story in stories if story)


def _compact(value: Item) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _head(feed: Feed) -> Item:
    head: Item = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.base,
        "feed_url": feed.base + FILES["json"],
        "description": feed.description,
        "icon": feed.icon,
        "language": feed.language,
        "authors": [{"name": feed.site_title, "url": feed.site_url}],
        "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else [],
    }
    return {name: value for name, value in head.items() if value}


def _item(story: Story, shown: Story) -> Item:
    item: Item = {"id": shown.id, "url": shown.link, "title": shown.title}
    if shown.content:
        item["content_html"] = shown.content
    else:
        item["content_text"] = shown.summary  # one of the two must be there
    item["summary"] = shown.summary
    item["date_published"] = rfc3339(shown.published)
    item["date_modified"] = rfc3339(shown.updated)
    lists = {
        "authors": [_author(person) for person in shown.authors],
        "tags": [category.title for category in shown.categories],
        "language": shown.language,
        "attachments": [_attachment(file) for file in shown.enclosures],
        EXTENSION: _extension(story, shown),
    }
    item.update((name, value) for name, value in lists.items() if value)
    return item


def _author(person: Person) -> Item:
    author: Item = {"name": person.name}
    if person.uri:
        author["url"] = person.uri
    return author


def _attachment(file: Enclosure) -> Item:
    attachment: Item = {"url": file.url, "mime_type": file.type}
    if file.title:
        attachment["title"] = file.title
    if file.length:
        attachment["size_in_bytes"] = file.length
    return attachment


def _extension(story: Story, shown: Story) -> Item:
    """What the item itself does not say, or says in other words."""
    ours: Item = {}
    if story.categories:
        ours["categories"] = [_pack(category, _CATEGORY) for category in story.categories]
    if story.source:
        ours["source"] = _pack(story.source, _SOURCE)
    if story.related:
        ours["related"] = [xml_safe(url) for url in story.related]
    if story.copies:
        ours["copies"] = [copies.pack(copy, story) for copy in story.copies]
    for name in _TEXTS:
        said = xml_safe(getattr(story, name))
        if said != getattr(shown, name):
            ours[name] = said
    if rfc3339(story.updated) != rfc3339(shown.updated):
        ours["updated"] = rfc3339(story.updated)
    if story.authors != shown.authors or any(person.email for person in story.authors):
        ours["authors"] = [_pack(person, _PERSON) for person in story.authors]
    if story.enclosures != shown.enclosures:
        ours["enclosures"] = [_pack(file, _ENCLOSURE) for file in story.enclosures]
    return ours


def _pack(value: object, names: tuple[str, ...]) -> Item:
    fields = {name: getattr(value, name) for name in names}
    return {name: xml_safe(field) if isinstance(field, str) else field for name, field in fields.items()}


def _read_item(item: Item) -> Story | None:
    try:
        return _read_story(item, item.get(EXTENSION, {}))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _read_story(item: Item, ours: Item) -> Story:
    story = Story(
        id=_text(ours.get("id", item["id"])),
        title=_text(ours.get("title", item["title"])),
        link=_text(ours.get("link", item["url"])),
        published=_moment(item["date_published"]),
        updated=_moment(_text(ours.get("updated", item["date_modified"]))),
        content=_text(ours.get("content", item.get("content_html", ""))),
        summary=_text(ours.get("summary", item["summary"])),
        authors=_people(item, ours),
        categories=tuple(Category(**_unpack(packed, _CATEGORY)) for packed in ours.get("categories", ())),
        enclosures=_files(item, ours),
        language=_text(ours.get("language", item.get("language", ""))),
        source=_read_source(ours["source"]) if "source" in ours else None,
        related=tuple(_text(url) for url in ours.get("related", ())),
    )
    return replace(story, copies=tuple(copies.unpack(packed, story) for packed in ours.get("copies", ())))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"not a text: {value!r}")
    return value


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _unpack(packed: Item, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _text(packed[name]) for name in names}


def _people(item: Item, ours: Item) -> tuple[Person, ...]:
    if "authors" in ours:
        return tuple(Person(**_unpack(packed, _PERSON)) for packed in ours["authors"])
    return tuple(Person(name=author["name"], uri=author.get("url", "")) for author in item.get("authors", ()))


def _files(item: Item, ours: Item) -> tuple[Enclosure, ...]:
    if "enclosures" in ours:
        return tuple(
            Enclosure(length=int(packed["length"]), **_unpack(packed, ("url", "type", "title")))
            for packed in ours["enclosures"]
        )
    return tuple(
        Enclosure(
            url=file["url"],
            type=file["mime_type"],
            length=int(file.get("size_in_bytes", 0)),
            title=file.get("title", ""),
        )
        for file in item.get("attachments", ())
    )


def _read_source(packed: Item) -> Source:
    texts = _unpack(packed, _SOURCE)
    return Source(**{**texts, "kind": POSTS if texts["kind"] == POSTS else FEED})
