"""How a field of feedparser is found in our model, and when the two are the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn, TypeAlias
from urllib.parse import urljoin

from coranto.model import Entry, Person, Source
from coranto.readers import parse as parsing
from coranto.readers import parse_entry
from coranto.readers.parse_raw import RawItem
from coranto.text import dates
from feedparser_cases import Expectation
from inactive import active, addresses_of, text_of

if TYPE_CHECKING:
    from feedparser_cases_judge import Reading


Path: TypeAlias = "tuple[str | int, ...]"
Rules: TypeAlias = "tuple[tuple[str, Callable[..., str]], ...]"


class OutOfScopeError(Exception):
    """Our model has no such field."""


def agree_feed(reading: Reading, path: Path, expected: Expectation) -> str:
    """What the document says of itself; empty if it agrees."""
    return _agree(_FEED, reading, path, expected, "feed")


def agree_entry(reading: Reading, number: int, path: Path, expected: Expectation) -> str:
    """What an entry says; empty if it agrees."""
    return _agree(_ENTRY, _One(reading, number), path, expected, "entries")


def _agree(rules: Rules, owner: object, path: Path, expected: Expectation, name: str) -> str:
    """By the first rule whose pattern fits the path; numbers in it are dots."""
    dotted = ".".join("#" if isinstance(step, int) else step for step in path)
    for pattern, agree in rules:
        if re.fullmatch(pattern, dotted):
            return agree(owner, path, expected)
    raise OutOfScopeError(f"{name}.{dotted}: not held")


class _One:
    """One entry of a reading."""

    def __init__(self, reading: Reading, number: int) -> None:
        self.reading, self.number = reading, number

    @property
    def item(self) -> RawItem:
        return self.reading.item(self.number)

    @property
    def entry(self) -> Entry:
        return self.reading.entry(self.number)


def _feed_title(reading: Reading, _path: Path, expected: Expectation) -> str:
    return _same_words(_source(reading).title, expected.value, html=reading.raw.title.html)


def _feed_link(reading: Reading, path: Path, expected: Expectation) -> str:
    value = expected.value
    if isinstance(value, dict):
        path, value = (*path, "href"), value["href"] if value["rel"] == "alternate" else ""
    if path[-1] == "rel":
        return (
            _same("alternate" if reading.raw.link else "", value) if value == "alternate" else _not_held("other links")
        )
    if not value or (len(path) > 1 and _rel_of(reading, str(value)) not in {"", "alternate"}):
        return _not_held("other links")
    return _same_address(reading, _source(reading).link, value)


def _feed_language(reading: Reading, _path: Path, expected: Expectation) -> str:
    said = parse_entry.language(reading.raw.language)
    return _same(said, "" if expected.relation == "lacks" else expected.value)


def _feed_id(reading: Reading, _path: Path, expected: Expectation) -> str:
    return (
        _same_id(reading, reading.raw.id, expected.value) if _is_atom(reading) else _not_held("the id of an RSS feed")
    )


def _feed_author(reading: Reading, path: Path, expected: Expectation) -> str:
    if not _is_atom(reading):
        return _not_held("the author of an RSS feed")
    return _same_person(reading, reading.raw.authors, path, expected.value)


def _title(one: _One, _path: Path, expected: Expectation) -> str:
    return _same_words(one.entry.title, expected.value, html=one.item.title.html)


def _words(one: _One, _path: Path, expected: Expectation) -> str:
    value = chr(int(str(expected.value))) if expected.relation == "ord" else str(expected.value)
    return _same_html(one.reading, one.entry, value)


def _language(one: _One, path: Path, expected: Expectation) -> str:
    if path[0] == "title_detail" and (one.item.content.value or one.item.summary.value):
        return _not_held("a title in another language than its text")
    return _same(one.entry.words.language, parse_entry.language(str(expected.value)))


def _author(one: _One, path: Path, expected: Expectation) -> str:
    return _same_person(one.reading, one.entry.words.authors or one.reading.raw.authors, path, expected.value)


def _categories(one: _One, path: Path, expected: Expectation) -> str:
    names = one.entry.categories
    if expected.relation == "len":
        return _same(len(names), expected.value)
    said = dict(enumerate(names)).get(int(path[1]) if len(path) > 1 else 0, "")
    return ("" if said != expected.value else said) if expected.relation == "!=" else _same(said, expected.value)


def same_text(one: str, other: str) -> bool:
    """Whether two texts differ in blanks and in what XML forbids only."""
    return _letters(one) == _letters(other)


def _letters(text: str) -> str:
    return re.sub(r"[\s\x00-\x20\x7f-\x9f\ufeff\ufffe\uffff]+", "", text)


def _same(ours: object, expected: object) -> str:
    return "" if ours == expected else repr(ours)


def _not_held(what: str) -> NoReturn:
    raise OutOfScopeError(f"{what}: not held")


def _source(reading: Reading) -> Source:
    return parsing._source(reading.raw, reading.context)


def _same_id(reading: Reading, ours: str, expected: object) -> str:
    """An id is kept as stated: feedparser resolves it (RFC 4287 4.2.6 forbids that)."""
    return "" if expected in {ours, urljoin(reading.context.url, ours)} else repr(ours)


def _same_words(ours: str, expected: object, *, html: bool) -> str:
    meant = text_of(str(expected)) if html else str(expected)
    return "" if same_text(ours, meant) else repr(ours)


def _same_type(html: bool, kind: object) -> str:  # noqa: FBT001
    return "" if html == ("html" in str(kind)) else f"html={html}"


def _same_html(reading: Reading, entry: Entry, expected: str) -> str:
    """The same text and the same addresses, in the content or in the summary."""
    if b"application/octet-stream" in reading.case.body:
        return _not_held("content that is no text")
    words = entry.words
    bad = active(words.content)
    if bad:
        return f"active: {bad}"
    meant = text_of(expected)
    texts = (text_of(words.content), words.summary)
    if not any(same_text(text, meant) for text in texts) and not any(same_text(text, expected) for text in texts):
        return repr(words.content or words.summary)
    wanted = {urljoin(reading.context.url, one) for one in addresses_of(expected)}
    extra = addresses_of(words.content) - wanted
    missing = (
        {one for one in wanted - addresses_of(words.content) if one.startswith("http")} if words.content else wanted
    )
    return f"addresses {sorted(extra)} for {sorted(missing)}" if extra or missing else ""


def _type_of_words(one: _One, _path: Path, expected: Expectation) -> str:
    item, kind = one.item, str(expected.value)
    text = item.content if item.content.value else item.summary
    if not text.value and kind not in {"text/plain", "text/html", "application/xhtml+xml"}:
        return _not_held("content that is no text")
    return _same_type(text.html, kind)


def _same_address(reading: Reading, ours: str, expected: object) -> str:
    return _same(ours, urljoin(reading.context.url, str(expected)))


def _link(one: _One, path: Path, expected: Expectation) -> str:
    reading, entry, value = one.reading, one.entry, expected.value
    if path == ("guidislink",):
        return _same(entry.own_id == entry.link, expected.relation == "true")
    if expected.relation == "lacks":
        return _same(entry.link, "")
    if path == ("link",):
        return _same_address(reading, entry.link, value)
    if isinstance(value, dict):
        rel, href = str(value.get("rel")), str(value.get("href"))
    else:
        rel, href = (str(value), "") if path[-1] == "rel" else ("", str(value))
    rel = rel or _rel_of(reading, href)
    held = {
        "alternate": [entry.link],
        "via": entry.permalinks,
        "enclosure": [one.url for one in entry.words.enclosures],
    }
    if rel and rel not in held:
        return _not_held(f"a link rel={rel}")
    of_rel = [one for name, found in held.items() for one in found if one and rel in {"", name}]
    return "" if (of_rel if not href else urljoin(reading.context.url, href) in of_rel) else repr(of_rel)


def _rel_of(reading: Reading, href: str) -> str:
    """The rel of the link that is meant, where the file states one."""
    links = re.findall(r"<[\w:]*link\b[^>]*>", reading.decoded[0])
    meant = [link for link in links if f'"{href}"' in link] or links
    found = re.search(r'\brel="([^"]+)"', meant[0]) if meant else None
    return found[1] if found else ""


def _enclosure(one: _One, path: Path, fact: Expectation) -> str:
    files, expected = one.entry.words.enclosures, fact.value
    at = int(path[1])
    if at >= len(files):
        return "no enclosure"
    ours = {"href": files[at].url, "type": files[at].type, "length": str(files[at].length)}
    if isinstance(expected, dict):
        return _same(ours, {key: value for key, value in expected.items() if key in ours})
    return _same(ours[str(path[2])], expected)


def _same_person(reading: Reading, people: tuple[Person, ...], path: Path, expected: object) -> str:
    if not people and b"<name>" not in reading.case.body:
        return _not_held("a person without a name")
    at = int(path[1]) if path[0] == "authors" and len(path) > 1 else 0
    if at >= len(people):
        return "no author"
    one = people[at]
    whole = (
        f"{one.name} ({one.email})" if one.email and one.name != one.email.partition("@")[0] else one.email or one.name
    )
    fields = {"name": one.name, "email": one.email, "href": one.uri}
    return _same(whole if path == ("author",) else fields[str(path[-1])], expected)


def _date(one: _One, path: Path, fact: Expectation) -> str:
    item, name, expected = one.item, str(path[0]), fact.value
    stated = item.published if name.startswith("published") or not item.updated else item.updated
    if not name.endswith("_parsed"):
        return _same(stated, expected)
    meant = datetime(*expected[:6], tzinfo=UTC)
    return _same(dates.parse(stated, UTC), meant)


def _is_atom(reading: Reading) -> bool:
    return "<feed" in reading.decoded[0] or "<entry" in reading.decoded[0]


_FEED: Rules = (
    (r"title|title_detail\.value", _feed_title),
    (r"title_detail\.type", lambda reading, _, expected: _same_type(reading.raw.title.html, expected.value)),
    (r"link|links\.#|links\.#\.(?:href|rel)", _feed_link),
    (r"language", _feed_language),
    (r"id", _feed_id),
    (r"ttl", lambda reading, _, expected: _same(reading.raw.ttl, 60 * int(str(expected.value)))),
    (r"author|author_detail\..*|authors\..*", _feed_author),
)
_ENTRY: Rules = (
    (r"title|title_detail\.value", _title),
    (r"title_detail\.type", lambda one, _, expected: _same_type(one.item.title.html, expected.value)),
    (r"summary|summary_detail\.value|content\.#\.value", _words),
    (r"summary_detail\.type|content\.#\.type", _type_of_words),
    (r"(?:title_detail|summary_detail|content\.#)\.language", _language),
    (r"(?:summary_detail|content\.#)\.base", lambda one, _, expected: _same(one.item.base, expected.value)),
    (r"id", lambda one, _, expected: _same_id(one.reading, one.entry.own_id, expected.value)),
    (r"link|guidislink|links\.#|links\.#\.(?:href|rel)", _link),
    (r"enclosures\..*", _enclosure),
    (r"author|author_detail\..*|authors\..*", _author),
    (r"category|tags|tags\.#\.term", _categories),
    (r"(?:published|updated)(?:_parsed)?", _date),
)
