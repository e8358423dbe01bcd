"""One pass over the tags of an XML feed before feedparser sees it.  Pure.

feedparser is quadratic in authors and attributes, reads a cut document as if it were whole, and forgets what stands
in several places (skipHours, deleted-entry).  The pass bounds the first, finds the second, keeps the third.  It is a
tokeniser, no parser: it must work on broken documents too.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, field

from coranto.readers.parse_raw import ParseError

# Each alternative ends for sure, so that no input makes the pass go back: an unclosed comment takes the rest.
TOKEN = re.compile(
    r"<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)|<\?[^>]*>?|<!(?P<declares>[A-Za-z]+)[^>]*>?"
    r"|<(?P<end>/?)(?P<name>[^\W\d][^\s<>/\"'=]*+)(?P<attributes>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+|[^<>]*)>",
    re.DOTALL,
)
_ROOTS = frozenset({"rss", "rdf", "feed", "entry", "channel"})
_PAGES = frozenset({"html", "head", "body", "title", "meta", "script", "style"})
_ITEMS = frozenset({"item", "entry"})
_NAMES = frozenset({"author", "creator", "managingeditor", "webmaster", "publisher", "contributor", "owner"})
# HTML in the raw leaves these open.  Not link: that is an element of feeds.
_VOID = frozenset({"br", "hr", "img", "input", "meta", "wbr", "col", "embed", "area"})
# Elements of an item that hold text alone, and those that stand beside them: where one of these starts, the text ends.
_TEXTS = frozenset({"title", "link", "guid", "pubdate", "id", "updated", "published"})
_FIELDS = _TEXTS | {"description", "author", "category", "content", "encoded", "summary"}
_KEPT = frozenset({"hour", "day"})
_PERMALINK = re.compile(r"ispermalink\s*+=\s*+[\"']?\s*+(\w+)", re.IGNORECASE)
_REF = re.compile(r"\bref\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)

_HEAD = 64 * 1024  # where a root must start
_MOST_TAGS = 400_000
_MOST_SIGNS = 2_000_000  # of markup, references too: each is a piece for the parser
_DEEPEST = 500
_LONGEST_TAG = 1024 * 1024  # a picture as a data: address
_MOST_ATTRIBUTES = 200
_LONGEST_NAME = 1000  # an author's element, markup and all
_LONG_WORD = re.compile(r"[\w.+-]{150}", re.ASCII)  # in these feedparser's search for an e-mail is quadratic
_LONGEST_REF = 2048


@dataclass(slots=True)
class Scan:
    """What the pass found; positions are indexes into the text."""

    root: str  # local name, lower case
    start: int
    end: int = -1  # behind the root's end tag; -1: it never ends
    items: list[tuple[int, int]] = field(default_factory=list)
    starts: int = 0  # start tags of items, nested ones too
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    children: set[str] = field(default_factory=set)  # of the root
    hours: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)


def root_of(text: str) -> re.Match[str]:
    """The root's start tag of a feed; what stands before it (blank lines, a warning of PHP) is no part of it.

    Raises:
        ParseError: There is none, or the document declares entities (kinds entity, html, opml, sitemap, not-a-feed).
    """
    first = ""
    for token in TOKEN.finditer(text):
        declares = (token["declares"] or "").lower()
        if declares == "entity" or (declares == "doctype" and "<!entity" in token[0].lower()):
            raise ParseError(
                "entity", "the document declares entities, which is how parsers are attacked; it is not read"
            )
        if declares == "doctype" and re.match(r"<!doctype\s+html\b", token[0], re.IGNORECASE):
            first = first or "html"  # what follows may be a feed all the same
        name = local(token["name"] or "")
        if name in _ROOTS and not token["end"]:
            return token
        first = first or name
        if (name and first in _PAGES) or token.start() > _HEAD:
            break
    raise _no_root(first)


def _no_root(first: str) -> ParseError:
    if first == "opml":
        return ParseError("opml", "this is a list of subscriptions (OPML); use `coranto opml import`")
    if first in {"urlset", "sitemapindex"}:
        return ParseError("sitemap", "this is a sitemap for search engines; look for the site's feed")
    if first in _PAGES or first in {"div", "p", "a", "br", "b", "center", "h1", "table", "span", "noscript"}:
        return ParseError("html", "a web page came instead of a feed")
    if first:
        return ParseError("not-a-feed", f"an XML document <{first[:40]}> came instead of a feed")
    return ParseError("text", "plain text came instead of a feed")


def local(name: str) -> str:
    """A tag's name without prefix, lower case."""
    return name.rpartition(":")[2].lower()


def scan(text: str, root: re.Match[str]) -> Scan:
    """Walk over all tags from the root on.

    Raises:
        ParseError: Too many tags, too deep, or a tag with too much in it (kind too-big).
    """
    if text.count("<") + text.count("&") > _MOST_SIGNS:
        raise ParseError("too-big", f"the document has more than {_MOST_SIGNS:,} signs of markup")
    found = Scan(root=local(root["name"]), start=root.start())
    walk = _Walk(text, found)
    for number, token in enumerate(TOKEN.finditer(text, root.start())):
        if number > _MOST_TAGS:
            raise ParseError("too-big", f"the document has more than {_MOST_TAGS:,} tags")
        if token["name"]:
            walk.tag(token)
        if found.end >= 0:
            break
    return found


class _Walk:
    """The open elements while the tags pass by."""

    def __init__(self, text: str, found: Scan) -> None:
        self.text = text
        self.found = found
        self.open: list[tuple[str, int, int, str]] = []  # name, start and end of its start tag, name as written
        self.count: Counter[str] = Counter()
        self.in_items = 0

    def tag(self, token: re.Match[str]) -> None:
        if token["end"]:
            self._close(token)
            return
        _check(token)
        name = local(token["name"])
        if len(self.open) > 1 and name in _FIELDS and self.open[-1][0] in _TEXTS and self.open[-2][0] in _ITEMS:
            self._end_unclosed(token.start())
        if len(self.open) == 1:
            self.found.children.add(name)
        self._note(name, token)
        if name in _VOID:
            return
        if not token["attributes"].endswith("/"):
            self._push(name, token)
        elif name in _ITEMS and not self.in_items and self.open:
            self.found.items.append(token.span())
        elif not self.open:
            self.found.end = token.end()

    def _note(self, name: str, token: re.Match[str]) -> None:
        """What feedparser would lose."""
        if name in _ITEMS:
            self.found.starts += 1
        if name in {"guid", "id"} and not token["attributes"].endswith("/"):
            self.found.edits.append((*token.span(), _plain_id(name, token)))
        if name == "deleted-entry" and (ref := _REF.search(token["attributes"])):
            self.found.withdrawn.append(html.unescape(ref[1] or ref[2] or "")[:_LONGEST_REF])

    def _push(self, name: str, token: re.Match[str]) -> None:
        if len(self.open) >= _DEEPEST:
            raise ParseError("too-big", f"elements are nested more than {_DEEPEST} deep")
        self.open.append((name, *token.span(), token["name"]))
        self.count[name] += 1
        self.in_items += name in _ITEMS

    def _close(self, token: re.Match[str]) -> None:
        """Close an element, and those inside it that were never closed."""
        name = local(token["name"])
        if not self.count[name]:
            return
        while True:
            last, start, inner, written = self.open.pop()
            self.count[last] -= 1
            self.in_items -= last in _ITEMS
            if last == name:
                break
            if self.in_items and last not in _ITEMS:
                self.found.edits.append((token.start(), token.start(), f"</{written}>"))
        self._closed(name, start, inner, token)

    def _end_unclosed(self, at: int) -> None:
        """Write the end tag that is missing: feedparser would take all that follows for the element's text."""
        name, _, _, written = self.open.pop()
        self.count[name] -= 1
        self.found.edits.append((at, at, f"</{written}>"))

    def _closed(self, name: str, start: int, inner: int, token: re.Match[str]) -> None:
        if not self.open:
            self.found.end = token.end()
        elif name in _ITEMS and not self.in_items:
            self.found.items.append((start, token.end()))
        elif self._is_to_go(name, inner, token):
            self.found.edits.append((start, token.end(), ""))
        elif name in _KEPT and not self.in_items:
            kept = self.found.hours if name == "hour" else self.found.days
            kept.append(self.text[inner : token.start()][:40].strip())

    def _is_to_go(self, name: str, inner: int, token: re.Match[str]) -> bool:
        """An author who is none, and a podcast's words for search, which would pass for categories."""
        if name in _NAMES:
            return _monstrous(self.text, inner, token.start())
        return name == "keywords" and ":" in token["name"]


def _monstrous(text: str, start: int, end: int) -> bool:
    """Whether what should be an author's name is none, and costs feedparser seconds."""
    return end - start > _LONGEST_NAME or _LONG_WORD.search(text, start, end) is not None


def _plain_id(name: str, token: re.Match[str]) -> str:
    """The start tag of an id that feedparser leaves as it is.

    It resolves ids against xml:base, even Atom's, and forgets isPermaLink once a link stands before the guid: so that
    goes into an element of its own.
    """
    stated = _PERMALINK.search(token["attributes"])
    permalink = name == "guid" and not (stated and stated[1].lower() == "false")
    tag = f'<{token["name"]} isPermaLink="false">'
    return f"<ispermalink>true</ispermalink>{tag}" if permalink else tag


def _check(token: re.Match[str]) -> None:
    attributes = token["attributes"]
    if len(attributes) > _LONGEST_TAG or attributes.count("=") > 50 * _MOST_ATTRIBUTES:
        raise ParseError("too-big", f"a tag <{token['name'][:40]}> of {len(attributes):,} characters")
    if attributes.count("=") > _MOST_ATTRIBUTES and len(re.findall(r"=\s*[\"']", attributes)) > _MOST_ATTRIBUTES:
        raise ParseError("too-big", f"a tag <{token['name'][:40]}> has more than {_MOST_ATTRIBUTES} attributes")
