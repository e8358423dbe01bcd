"""The words of a post: Markdown to clean HTML, authors, summary, enclosures, language.  Pure; loaded when needed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

from coranto.model import Enclosure, Person, Words
from coranto.text import furniture, one_line
from coranto.text.markup import absolute, clean, plain

# Kramdown, Jekyll's Markdown, knows tables and strikethrough beside CommonMark; HTML passes, and is cleaned after.
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
# An autolink inside an HTML block is no Markdown: as a tag it would vanish, and its address with it.
_STRAY_AUTOLINK = re.compile(r"<(https?://[^\s<>\"']+)>", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
_TYPES = {
    "aac": "audio/aac",
    "flac": "audio/flac",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
}


def words_of(fields: dict[str, object], text: str, path: str, base: str) -> Words:
    """What a person reads of a post.

    Args:
        fields: the front matter, keys in lower case.
        text: the article as written, without closing link and navigation.
        path: the file's path; Markdown is not rendered in ``.html`` (Jekyll).
        base: what relative addresses are resolved against.
    """
    html = text if path.lower().endswith(".html") else str(_MARKDOWN.render(text))
    html = furniture.without_widgets(_STRAY_AUTOLINK.sub(r'<a href="\1">\1</a>', html))
    digest = plain(_rendered(furniture.digest(text)))
    return Words(
        content=clean(html, base),
        summary=_summary(fields) or digest,
        authors=_authors(fields) or _credited(text, digest),
        enclosures=_enclosures(fields, base),
        language=_language(fields),
    )


def _rendered(text: str) -> str:
    return str(_MARKDOWN.render(text)) if text else ""


def _summary(fields: dict[str, object]) -> str:
    stated = (_string(fields.get(key)) for key in ("summary", "description", "excerpt"))
    return next((text for text in map(plain, stated) if text), "")


def _authors(fields: dict[str, object]) -> tuple[Person, ...]:
    stated = fields.get("authors") or fields.get("author")
    people = stated if isinstance(stated, list) else [stated]
    return tuple(dict.fromkeys(person for person in map(_person, people) if person))


def _person(stated: object) -> Person | None:
    said = stated if isinstance(stated, dict) else {"name": stated}
    name = plain(_string(said.get("name")))
    uri = absolute(_string(said.get("uri") or said.get("url")))
    return Person(name=name, email=one_line(_string(said.get("email"))), uri=uri) if name else None


def _credited(text: str, digest: str) -> tuple[Person, ...]:
    """The medium that the article names as its source (SEED 5: credit line, else the name that ends a digest)."""
    whole = plain(text)
    name = furniture.credit(whole)
    if not name:
        only = "" if "\n\n" in text else whole
        name = furniture.byline(digest) or furniture.byline(only)
    return (Person(name=one_line(name)),) if name else ()


def _enclosures(fields: dict[str, object], base: str) -> tuple[Enclosure, ...]:
    stated = fields.get("enclosures") or fields.get("enclosure")
    found = (_enclosure(one, base) for one in (stated if isinstance(stated, list) else [stated]))
    return tuple(dict.fromkeys(one for one in found if one))


def _enclosure(stated: object, base: str) -> Enclosure | None:
    said = stated if isinstance(stated, dict) else {"url": stated}
    url = absolute(_string(said.get("url")), base)
    if not url.lower().startswith("http"):
        return None
    length = _string(said.get("length")).strip()
    return Enclosure(
        url=url,
        type=_media_type(_string(said.get("type")).strip(), url),
        length=int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0,
        title=plain(_string(said.get("title"))),
    )


def _media_type(stated: str, url: str) -> str:
    if re.fullmatch(r"[\w.+-]+/[\w.+-]+", stated, re.ASCII):
        return stated.lower()
    return _TYPES.get(urlsplit(url).path.rpartition(".")[2].lower(), "application/octet-stream")


def _language(fields: dict[str, object]) -> str:
    stated = _string(fields.get("lang") or fields.get("language")).strip()
    return stated.replace("_", "-") if _LANGUAGE.fullmatch(stated) else ""


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
