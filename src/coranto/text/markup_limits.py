"""Bounds for foreign HTML before a real parser sees it.  Pure, and linear in the length of its input.

The sanitiser costs the square of the nesting depth, of a tag's attributes and of a text's references (40,000 ``<div>``:
7.5 s; 500,000 ``&#``: 8 s), so depth, attributes, signs and size are bounded first (RELIABILITY 4).  Everyday entries
are far below every bound and pass untouched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from coranto.text import boundary

MAX_CHARS = 1_000_000
MAX_SIGNS = 100_000  # each ``<`` and ``&``, and what the sanitiser takes for a no-break space until it has looked
MAX_DEPTH = 256
MAX_ATTRIBUTES = 32
_EASY_CHARS = 32_768  # so short a text cannot hold enough attributes to hurt
_ROOM = 10_000  # a cut text grows again by the end tags of what it left open; it must not be cut twice
_SIGN = re.compile("[<&\u0080-\u00bf]")

_LONGEST_REFERENCE = 40  # the longest name has 33
_BEGUN_REFERENCE = re.compile(r"&#?\w*")
_COMMENT_EDGE = re.compile(r"<!--|-->")
_DATA_ADDRESS = re.compile(r"data:[a-z]+/[^\"'\s<>)]{512,}")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]*+)((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*+)>|<[!?/][^<>]*>")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+)))?")

_VOID = "area base br col embed hr image img input link meta param source track wbr"
VOID = frozenset(_VOID.split())
_BLOCKS = (
    "address article aside blockquote center details div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr main menu nav ol p pre section summary table ul"
)
# What an opening tag ends (HTML 13.2.6.4.7): name -> (what it ends, how far up it looks).
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **{name: (frozenset({"p"}), frozenset({"table", "td", "th", "caption", "object"})) for name in _BLOCKS.split()},
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"})),
    **{name: (frozenset({"dt", "dd"}), frozenset({"dl"})) for name in ("dt", "dd")},
    **{name: (frozenset({"td", "th"}), frozenset({"tr", "table"})) for name in ("td", "th")},
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    **{name: (frozenset({"thead", "tbody", "tfoot"}), frozenset({"table"})) for name in ("thead", "tbody", "tfoot")},
}


def bounded(html: str) -> str:
    """``html`` no longer than ``MAX_CHARS``, nested no deeper than ``MAX_DEPTH``, with few signs and attributes.

    What already is so comes back as it is.  Pictures inside addresses (``data:``) go first: they are not shown, and
    would cost the text its room.
    """
    html = _DATA_ADDRESS.sub("", html)
    if len(html) > MAX_CHARS:
        html = _beginning(html, MAX_CHARS - _ROOM)
    if len(html) > MAX_SIGNS and len(_SIGN.findall(html)) > MAX_SIGNS:
        html = _beginning(html, next(islice(_SIGN.finditer(html), MAX_SIGNS - _ROOM, None)).start())
    if len(html) <= _EASY_CHARS and html.count("<") - html.count("</") <= MAX_DEPTH:
        return html
    return _Nesting().flatten(without_comments(html))


def _beginning(html: str, size: int) -> str:
    """At most ``size`` characters, and no half of a tag, of a reference or of a character at the end."""
    tag = html.rfind("<", max(0, size - _ROOM), size)
    if tag >= 0 and html.find(">", tag, size) < 0:
        size = tag
    reference = html.rfind("&", max(0, size - _LONGEST_REFERENCE), size)
    if reference >= 0 and _BEGUN_REFERENCE.fullmatch(html, reference, size):
        size = reference
    return html[: boundary(html, size)]


def without_comments(html: str) -> str:
    """``html`` without ``<!-- … -->``; an unclosed one hides what follows, as in a browser."""
    if "<!--" not in html:
        return html
    kept, start, inside = [], 0, False
    for edge in _COMMENT_EDGE.finditer(html):
        opens = edge[0] == "<!--"
        if opens and not inside:
            kept.append(html[start : edge.start()])
        if opens or inside:
            inside, start = opens, edge.end()
    if not inside:
        kept.append(html[start:])
    return "".join(kept)


class _Nesting:
    """Writes tags again so that every parser sees the same, well nested tree.

    No tag inside an attribute, no end without a start, nothing deeper than ``MAX_DEPTH``.
    """

    def __init__(self) -> None:
        self._open: list[str] = []
        self._skipped: Counter[str] = Counter()
        self._out: list[str] = []

    def flatten(self, html: str) -> str:
        """``html``, well nested."""
        start = 0
        for tag in _TAG.finditer(html):
            self._out.append(html[start : tag.start()].replace("<", "&lt;"))
            start = tag.end()
            if tag[2]:
                self._tag(tag[2].lower(), tag[3], ends=tag[1] == "/")
        self._out.append(html[start:].replace("<", "&lt;"))
        self._close_to(0)
        return "".join(self._out)

    def _tag(self, name: str, attributes: str, *, ends: bool) -> None:
        if name in VOID:
            if not ends:
                self._out.append(f"<{name}{_attributes(attributes)}>")
        elif ends:
            self._end(name)
        elif len(self._open) >= MAX_DEPTH:
            self._skipped[name] += 1
        else:
            self._imply_ends(name)
            self._open.append(name)
            self._out.append(f"<{name}{_attributes(attributes)}>")

    def _end(self, name: str) -> None:
        if self._skipped[name]:
            self._skipped[name] -= 1
        elif name in self._open:
            self._close_to(len(self._open) - 1 - self._open[::-1].index(name))

    def _imply_ends(self, name: str) -> None:
        ended, limits = _ENDS.get(name, (frozenset(), frozenset()))
        if ended.isdisjoint(self._open):
            return
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place] in limits:
                return
            if self._open[place] in ended:
                self._close_to(place)
                return

    def _close_to(self, place: int) -> None:
        self._out.extend(f"</{name}>" for name in reversed(self._open[place:]))
        del self._open[place:]


def _attributes(text: str) -> str:
    if not text.strip(" \t\n/"):
        return ""
    found: Iterable[re.Match[str]] = _ATTRIBUTE.finditer(text)
    return "".join(_written(one) for _, one in zip(range(MAX_ATTRIBUTES), found, strict=False))


def _written(attribute: re.Match[str]) -> str:
    value = attribute[2] or attribute[3] or attribute[4] or ""
    value = value.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    return f' {attribute[1]}="{value}"'
