"""An entry as stated to an Entry as we keep it: every field cleaned as what it is (RELIABILITY 2).  Pure."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from coranto import identity
from coranto.model import Enclosure, Entry, Person, Words
from coranto.readers.parse_raw import ParseContext, RawItem, Text
from coranto.text import cut, dates, markup, one_line, xml_safe

_LONGEST_ID = 4096
_LONGEST_TITLE = 1000
_LONGEST_NAME = 200
_MADE_TITLE = 60  # characters of a title that we make
_MOST_LINKS = 20
_MOST_ENCLOSURES = 100
_MOST_NAMES = 20
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
_EMAIL = re.compile(r"[^\s@<>()\"',;:]{1,64}@[^\s@<>()\"',;:]{1,190}")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}")
_WEB = ("http://", "https://")


class EmptyEntryError(Exception):
    """An entry says nothing that a person could read."""


def entry(item: RawItem, context: ParseContext) -> Entry:
    """The entry that a feed's item states.

    Raises:
        EmptyEntryError: It has neither title nor text: it is skipped, and named (R24).
    """
    links, permalinks = _links(item, context)
    words, text = _words(item, links[0] if links else "", context)
    title = _title(item.title, text, words)
    code, trouble = identity.code_of([[], list(dict.fromkeys(links + permalinks))], "", context.rules)
    published, updated, unread = _dates(item, context)
    return Entry(
        source=context.source,
        own_id=_own_id(item.own_id),
        link=links[0] if links else "",
        permalinks=tuple(dict.fromkeys(links[1:] + permalinks)),
        code=code,
        title=title,
        published=published,
        updated=updated,
        categories=_categories(item, context),
        fullness=len(text),
        dropped=_dropped(f"{title}\n{text}\n{words.summary}", context.drop),
        words=words,
        problems=tuple(problem for problem in (trouble, *unread, *_odd_links(item, links)) if problem),
    )


def plain_text(text: Text) -> str:
    """A piece of text in one line, without markup."""
    return markup.plain(text.value) if text.html else one_line(text.value)


def web_address(address: str, base: str) -> str:
    """An absolute http(s) address, or empty."""
    found = markup.absolute(xml_safe(address).strip(), base)
    return found if found.lower().startswith(_WEB) else ""


def language(stated: str) -> str:
    """A BCP 47 tag, or empty."""
    tag = stated.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else ""


@lru_cache(maxsize=1024)  # a newspaper has few authors, and names them in each entry
def person(name: str, email: str = "", uri: str = "") -> Person | None:
    """A person with a name; what only looks like a name, address or e-mail is left out."""
    email = email.strip() if _EMAIL.fullmatch(email.strip()) else ""
    shown = cut(markup.plain(name), _LONGEST_NAME) or email.partition("@")[0]
    return Person(name=shown, email=email, uri=web_address(uri, "")) if shown else None


class _Links(NamedTuple):
    own: tuple[str, ...]
    further: tuple[str, ...]


def _links(item: RawItem, context: ParseContext) -> _Links:
    return _Links(_all_absolute(item.links, context.url), _all_absolute(item.permalinks, context.url))


def _all_absolute(addresses: Iterable[str], base: str) -> tuple[str, ...]:
    found = (web_address(address, base) for address in addresses)
    return tuple(dict.fromkeys(address for address in found if address))[:_MOST_LINKS]


def _base(item: RawItem, link: str, context: ParseContext) -> str:
    """What addresses in the words are relative to: xml:base, else the entry's link, else the document."""
    return web_address(item.base, context.url) if item.base else link or context.url


def _words(item: RawItem, link: str, context: ParseContext) -> tuple[Words, str]:
    """The words of an entry, and its text without markup.

    The fuller of content and summary is the content: RSS uses `description` for either.  A summary that says the same
    as the content is none.
    """
    base = _base(item, link, context)
    content, summary = _fragment(item.content, base), plain_text(item.summary)
    text = markup.plain(content)
    if item.summary.html and len(summary) > len(text):
        content, summary = _fragment(item.summary, base), text
        text = markup.plain(content)
    if summary[:1] == text[:1] and fold_blanks(summary) == fold_blanks(text):
        summary = "" if content else summary
    words = Words(
        content=content,
        summary=summary,
        authors=item.authors,
        enclosures=_enclosures(item, context.url),
        language=language(item.language),
    )
    return words, text or summary


def fold_blanks(text: str) -> str:
    """Text for comparison: without any blanks."""
    return "".join(text.split())


def _fragment(text: Text, base: str) -> str:
    """HTML of a piece of text; the lines of plain text stay lines."""
    if text.html:
        return markup.clean(text.value, base)
    blocks = re.split(r"\n[ \t]*\n", xml_safe(text.value).strip())
    paragraphs = (html.escape(block.strip(), quote=False).replace("\n", "<br>\n") for block in blocks)
    return markup.clean("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph), base)


def _title(stated: Text, text: str, words: Words) -> str:
    title = plain_text(stated) or cut(words.summary or text, _MADE_TITLE)
    if not title:
        raise EmptyEntryError("it has neither title nor text")
    return cut(title, _LONGEST_TITLE)


def _own_id(stated: str) -> str:
    """The id as stated; a monstrous one by its hash, which is as stable and as different."""
    own = xml_safe(stated).strip()
    if len(own) <= _LONGEST_ID:
        return own
    return f"{own[:100]}…sha256:{hashlib.sha256(own.encode()).hexdigest()}"


def _dates(item: RawItem, context: ParseContext) -> tuple[datetime | None, datetime | None, list[str]]:
    """Both dates, and what could not be read of them; an unreadable date is none (R20)."""
    read = [(stated, dates.parse(stated, context.zone)) for stated in (item.published, item.updated)]
    unread = [f"date not understood: {cut(stated, 60)}" for stated, at in read if stated.strip() and at is None]
    return read[0][1], read[1][1], list(dict.fromkeys(unread))


def _categories(item: RawItem, context: ParseContext) -> tuple[str, ...]:
    own = item.terms if context.own_categories else ()
    names = (cut(markup.plain(term), _LONGEST_NAME) for term in own[:_MOST_NAMES])
    return tuple(dict.fromkeys((*context.categories, *(name for name in names if name))))


def _enclosures(item: RawItem, base: str) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for stated in item.enclosures[: 2 * _MOST_ENCLOSURES]:
        url = web_address(stated.url, base)
        kind = stated.type.partition(";")[0].strip().lower()
        if url and url not in found:
            kind = kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"
            title = cut(markup.plain(stated.title), _LONGEST_NAME)
            found[url] = replace(stated, url=url, type=kind, title=title)
    return tuple(found.values())[:_MOST_ENCLOSURES]


def _dropped(text: str, words: tuple[str, ...]) -> str:
    """The first of settings' words that the entry has, without regard to case and full width."""
    if not words:
        return ""
    seen = unicodedata.normalize("NFKC", text).casefold()
    return next((word for word in words if word and unicodedata.normalize("NFKC", word).casefold() in seen), "")


def _odd_links(item: RawItem, links: tuple[str, ...]) -> list[str]:
    stated = next((link for link in item.links if link.strip()), "")
    return [f"link is no web address: {cut(stated, 100)}"] if stated and not links else []
