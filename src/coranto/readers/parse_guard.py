"""What must be true of a document before feedparser sees it, and the text that it then sees.  Pure.

First: is it a feed at all (R13), whole (R14), and of a bearable size (RELIABILITY 4)?  Then small damage is mended here
(stray bytes, bare ampersands, HTML entities without a DTD), so that feedparser's strict parser can read what its loose
one would only guess at.
"""

from __future__ import annotations

import html
import html.entities
import re
import sys
from datetime import UTC, datetime, tzinfo

from coranto.readers import discover, parse_scan
from coranto.readers.parse_raw import MOST_BYTES, MOST_ENTRIES, ParseError
from coranto.text import dates, xml_safe

_MAGIC = (
    (b"\x89PNG", "image"),
    (b"GIF8", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"RIFF", "image"),
    (b"\0\0\1\0", "image"),
    (b"%PDF", "binary"),
    (b"PK\3\4", "binary"),
    (b"\x1f\x8b", "binary"),
    (b"BZh", "binary"),
    (b"\x28\xb5\x2f\xfd", "binary"),
)
_CAPTCHA = re.compile(
    r"captcha|challenge-platform|cf-chl|just a moment|are you (?:a )?human|verify(?:ing)? (?:that )?you|checking your browser"
    r"|人机验证|安全验证|访问验证|滑动验证|验证码|请完成验证",
    re.IGNORECASE,
)
_DAMAGE = re.compile(
    r"(?P<keep><!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|<\?[^>]*>?)"
    r"|&(?:#(?P<number>[0-9]{1,9}|x[0-9a-f]{1,8});|(?P<name>[a-z][a-z0-9]{0,31});)?"
    r"|<![^<>]*>?|<(?![^\W\d]|[/?])",
    re.DOTALL | re.IGNORECASE,
)
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_DATE = re.compile(
    r"<(?:\w+:)?(?:pubdate|published|updated|date|issued|modified)\b[^<>]*>\s*+(?:<!\[CDATA\[)?([^<\]]{1,100})",
    re.IGNORECASE,
)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def judge_bytes(body: bytes) -> None:
    """Refuse what cannot be text of a feed.

    Raises:
        ParseError: too-big, empty, image or binary.
    """
    if len(body) > MOST_BYTES:
        raise ParseError("too-big", f"the document has {len(body):,} bytes; at most {MOST_BYTES:,} are read")
    if not body.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise ParseError("empty", "an empty document came; the last good entries stay")
    for magic, kind in _MAGIC:
        if body.startswith(magic):
            raise ParseError(kind, f"{'an image' if kind == 'image' else 'a binary file'} came instead of a feed")


def prepare(text: str, url: str, zone: tzinfo) -> tuple[str, parse_scan.Scan, tuple[str, ...]]:
    """The text that feedparser may read, what the scan found, and what was odd.

    The root alone is left: what stands before and behind it (warnings of PHP, a DTD, a second document) is cut away.

    Raises:
        ParseError: html, captcha, opml, sitemap, text, empty, cut, entity, too-big, not-a-feed.
    """
    text = xml_safe(text)
    try:
        root = parse_scan.root_of(text)
    except ParseError as error:
        raise _named(error, text, url) from None
    if text.rstrip().endswith(f"</{root['name']}"):
        text += ">"  # the last sign alone is lost: nothing else can be
    found = parse_scan.scan(text, root)
    if found.end < 0:
        raise ParseError("cut", f"the document is cut: its <{root['name']}> never ends; the last good entries stay")
    edits, problems = _trim(text, found, zone)
    return _mend(_edited(text, found, edits)), found, problems


def _named(error: ParseError, text: str, url: str) -> ParseError:
    """The same error, with what a person can do about it."""
    if error.kind == "text" and not re.sub(r"<\?[^>]*>?", "", text[:1000]).strip():
        return ParseError("empty", "a document without content came; the last good entries stay")
    if error.kind != "html":
        return error
    named = discover.feeds_in(text, "", url)
    if named:
        return ParseError("html", f"{error}; it names the feed {named[0].url} : subscribe to that address")
    if _CAPTCHA.search(text[:200_000]):
        return ParseError("captcha", "a captcha page came instead of a feed; ask the publisher to let feed readers in")
    return ParseError("html", f"{error}, and it names no feed; check the address")


def _trim(text: str, found: parse_scan.Scan, zone: tzinfo) -> tuple[list[tuple[int, int, str]], tuple[str, ...]]:
    """The edits to make; of too many entries the newest stay (RELIABILITY 4)."""
    if found.starts <= MOST_ENTRIES:
        return found.edits, ()
    if found.starts > len(found.items) + MOST_ENTRIES // 10:
        raise ParseError("too-big", f"{found.starts:,} entries, one inside the other")
    newest = sorted(found.items, key=lambda span: _when(text[span[0] : span[1]], zone), reverse=True)[:MOST_ENTRIES]
    edits = [(start, end, "") for start, end in set(found.items) - set(newest)]
    return found.edits + edits, (f"{found.starts:,} entries; only the newest {MOST_ENTRIES:,} were read",)


def _when(item: str, zone: tzinfo) -> datetime:
    stated = _DATE.search(item)
    return (dates.parse(stated[1], zone) if stated else None) or _LONG_AGO


def _edited(text: str, found: parse_scan.Scan, edits: list[tuple[int, int, str]]) -> str:
    """The root with the edits applied, insertions first; of two that overlap the one that starts first counts."""
    pieces, at = [], found.start
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], edit[0] != edit[1], -edit[1])):
        if start >= at:
            pieces += [text[at:start], new]
            at = end
    return "".join([*pieces, text[at : found.end]])


def _mend(text: str) -> str:
    """Text in which no reference and no bare sign breaks XML; CDATA and comments as they are."""
    return _DAMAGE.sub(_mended, text)


def _mended(found: re.Match[str]) -> str:
    if found["keep"] is not None:
        return found["keep"]
    if found["number"]:
        return _by_number(found[0], found["number"].lower())
    if found["name"]:
        return _by_name(found[0], found["name"])
    return {"<": "&lt;", "&": "&amp;"}.get(found[0], "")  # a declaration inside the root is none


def _by_number(reference: str, number: str) -> str:
    code = int(number[1:], 16) if number[0] == "x" else int(number)
    return reference if code <= sys.maxunicode and xml_safe(chr(code)) else ""


def _by_name(reference: str, name: str) -> str:
    """HTML's names are none of XML without a DTD."""
    if name in _OF_XML:
        return reference
    meant = html.entities.html5.get(name + ";")
    return html.escape(meant, quote=False) if meant else f"&amp;{name};"
