"""Jekyll-style posts: a file's bytes to an entry.  Pure; Markdown is rendered only when the words are asked for.

Jekyll's rules hold for file names, dates, categories, tags and ``published: false``; where real posts differ from
what Jekyll expects, SEED 5 says what is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from coranto import identity
from coranto.model import Entry, Words
from coranto.readers.posts_matter import Matter, PostError, read
from coranto.text import dates, furniture, one_line
from coranto.text.markup import absolute, plain
from coranto.text.naming import label_from_tag

__all__ = ["Post", "PostContext", "PostError", "Unpublished", "parse"]

_UPDATED = ("updated", "last_modified_at", "modified")
_LINKS = ("link", "external_url", "canonical_url", "source_url")
_FALSE = frozenset({"false", "no", "off"})  # what YAML 1.1, and so Jekyll, takes for false
_DATED = re.compile(r"(?:(\d{4}-\d{1,2}-\d{1,2})-)?(.*)", re.DOTALL | re.ASCII)  # Jekyll: 2021-12-24-slug.md


class Unpublished(Exception):  # noqa: N818  no error: the author said so
    """The post says ``published: false``: it is to be withdrawn, not reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostContext:
    """What a post's folder and the site say about all its posts."""

    source: str  # Source.key
    zone: tzinfo  # of dates without one
    category_title: str = ""  # "{}新闻"
    drop: tuple[str, ...] = ()
    rules: identity.Rules
    base: str = ""  # the absolute address that relative links are resolved against


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post: its facts at once, its words when they are asked for."""

    entry: Entry  # without words
    text: str  # the article as written, without closing link and navigation
    fields: dict[str, object] = field(repr=False)  # the front matter, keys in lower case
    context: PostContext

    def words(self) -> Words:
        """The content as clean HTML, summary, authors, enclosures and language."""
        from coranto.readers.posts_words import words_of  # Markdown is heavy, and most runs need none

        return words_of(self.fields, self.text, self.entry.name, self.context.base)


def parse(data: bytes, path: str, context: PostContext) -> Post:
    """The post in the file ``path`` (below the fixed part of its pattern, with ``/``) whose bytes are ``data``.

    Raises:
        PostError: the file is no post that could be published; nothing of it may be used (R7, SEED K2).
        Unpublished: its author says ``published: false``.
    """
    matter = read(data)
    if _text(matter, "published").lower() in _FALSE:
        raise Unpublished(path)
    return _Reading(matter, path, context).post()


class _Reading:
    """One post being read: collects the problems on the way."""

    def __init__(self, matter: Matter, path: str, context: PostContext) -> None:
        self._matter = matter
        self._path = path
        self._context = context
        self._body = furniture.taken_apart(matter.body)
        self._problems: list[str] = []
        self._day, self._slug = _day_and_slug(path)

    def post(self) -> Post:
        title = self._title()
        stated = tuple(link for key in _LINKS if (link := self._stated_link(key)))
        closing = absolute(self._body.link)
        links = tuple(dict.fromkeys(link for link in (*stated, closing) if link))  # the best first
        code = self._code(stated, closing)
        text = plain(self._body.text)
        categories = _names(self._matter, "category", "categories")
        entry = Entry(
            source=self._context.source,
            name=self._path,
            link=links[0] if links else "",
            permalinks=links[1:],
            code=code,
            title=title,
            published=self._published(code),
            updated=self._updated(),
            categories=categories,
            label=self._label(categories),
            fullness=len(text),
            dropped=_first_found(self._context.drop, title, text),
            problems=tuple(self._problems),
        )
        return Post(entry=entry, text=self._body.text, fields=self._matter.fields, context=self._context)

    def _title(self) -> str:
        if "title" in self._matter.fields:
            title = one_line(_text(self._matter, "title"))
            if not title:
                raise PostError("the title is empty: write one, or leave the line out", self._line("title"))
            return title
        title = one_line(" ".join(word[:1].upper() + word[1:] for word in self._slug.split("-")))  # Jekyll's titleize
        if not title:
            raise PostError("there is no title: add a line `title: …`", 1)
        return title

    def _stated_link(self, key: str) -> str:
        stated = _text(self._matter, key).strip()
        link = absolute(stated)
        if link[:4].lower() == "http":
            return link
        if stated:
            self._problems.append(f"line {self._line(key)}: {key} is no absolute http(s) address")
        return ""

    def _code(self, stated_links: tuple[str, ...], closing: str) -> str:
        stated = one_line(_text(self._matter, "infocode"))
        places = ((stated,) if stated else (), stated_links, (closing,) if closing else ())
        code, problem = identity.code_of(places, self._path, self._context.rules)
        if problem:
            self._problems.append(problem)
        return code

    def _published(self, code: str) -> datetime:
        """Front matter, then the file's name, then the infoCode; never a guess, never now (R20)."""
        for find in (self._stated_date, self._date_of_name):
            if (found := find()) is not None:
                return found
        day = identity.date_in_code(code) if code else None
        found = self._instant(day.isoformat()) if day else None
        if found is None:
            raise PostError("there is no readable date: write `date: 2021-12-24 04:02:50 +0800`", self._line("date"))
        return found

    def _stated_date(self) -> datetime | None:
        return self._date_in("date")

    def _date_of_name(self) -> datetime | None:
        return self._instant(self._day)

    def _updated(self) -> datetime | None:
        found: Iterator[datetime | None] = (self._date_in(key) for key in _UPDATED)
        return next((instant for instant in found if instant), None)

    def _date_in(self, key: str) -> datetime | None:
        stated = one_line(_text(self._matter, key))
        found = self._instant(stated)
        if stated and found is None:
            self._problems.append(f"line {self._line(key)}: {key} is no date: {stated[:40]}")
        return found

    def _instant(self, text: str) -> datetime | None:
        return dates.parse(text, self._context.zone) if text else None

    def _label(self, categories: tuple[str, ...]) -> str:
        """What the tag rule calls the one category; with several nobody knows which one a tag names (SEED 3)."""
        if len(categories) != 1 or not self._context.category_title:
            return ""
        return label_from_tag(self._context.category_title, _names(self._matter, "tag", "tags"))

    def _line(self, key: str) -> int:
        return self._matter.lines.get(key, 1)


def _day_and_slug(path: str) -> tuple[str, str]:
    name = path.rpartition("/")[2]
    found = _DATED.fullmatch(name.rpartition(".")[0] or name)
    return (found[1] or "", found[2]) if found else ("", "")


def _text(matter: Matter, key: str) -> str:
    value = matter.fields.get(key, "")
    if isinstance(value, (list, dict, set)):
        if key == "title":
            raise PostError("the title is a list: put it between 'quotes'", matter.lines.get(key, 1))
        return ""
    return str(value)


def _names(matter: Matter, one: str, many: str) -> tuple[str, ...]:
    """Names as Jekyll reads them: ``one`` is a name as it is, ``many`` a list, or a string split on blanks."""
    names = [*_listed(matter.fields.get(one), lambda text: [text]), *_listed(matter.fields.get(many), str.split)]
    return tuple(dict.fromkeys(name for name in map(one_line, names) if name))


def _listed(value: object, apart: Callable[[str], list[str]]) -> list[str]:
    if isinstance(value, list):
        return [one for one in value if isinstance(one, str)]
    return apart(value) if isinstance(value, str) else []


def _first_found(words: tuple[str, ...], *texts: str) -> str:
    """The first of settings' ``drop`` words that stands in a text, whatever its case."""
    if not words:
        return ""
    folded = "\n".join(texts).casefold()
    return next((word for word in words if word and word.casefold() in folded), "")
