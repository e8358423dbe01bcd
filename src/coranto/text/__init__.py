"""Strings: what may stand in XML, what counts as the same title, where a text may be cut.  Pure, and light."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# XML 1.0 2.2: everything else makes a whole feed unreadable.  U+FEFF inside a text is a stray BOM.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LINES = {ord("\n"): None, ord("\t"): None}
_BLANKS = re.compile(r"\s+")
# A full stop inside 3.14 and a question mark inside an address end nothing.  A closing quote belongs to its sentence.
_SENTENCE_END = re.compile(r"(?:[。！？…；]|[.!?;](?![!-~]))[”’」』）》\"')]*")
# What joins the character before it: marks and modifiers of emoji (UAX 29, Extend), tags of flags, Hangul vowels and ends.
_STICKY = re.compile(
    "[\u200c\u200d\ufe00-\ufe0f\uff9e\uff9f\u0e33\u0eb3\u1160-\u11ff\ud7b0-\ud7fb"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
_MARKS = frozenset({"Mn", "Mc", "Me"})
_LONGEST_CHARACTER = 64  # code points; a family of emoji has 11


def xml_safe(text: str) -> str:
    """``text`` without the characters that XML 1.0 forbids, every line end a line feed (cleaned when it is read)."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # As almost all texts are, and C sees it at once.
    if text.isprintable() or text.replace("\n", "").isprintable() or text.translate(_LINES).isprintable():
        return text
    return _NOT_XML.sub("", text)


def one_line(text: str) -> str:
    """``text`` safe for XML, in one line, runs of blanks folded: for titles, names and log values."""
    return " ".join((text if text.isprintable() else xml_safe(text)).split())


@lru_cache(maxsize=2048)  # a title is compared, stored and made a witness of
def fold(text: str) -> str:
    """What makes two titles the same: NFKC, no case, no blanks at all (IDENTITY A.3)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _BLANKS.sub("", unicodedata.normalize("NFKC", folded))


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters of plain ``text``: at a sentence's end if one is near, else with an ellipsis.

    Never inside what a reader sees as one character: a letter with its marks, an emoji of several parts, a flag.
    """
    text = one_line(text)
    if len(text) <= limit:
        return text
    ends = (found.end() for found in _SENTENCE_END.finditer(text, 0, limit + 1))
    end = max((end for end in ends if end <= limit and not _is_inside(text, end)), default=0)
    if end > limit // 2:
        return text[:end]
    return text[: boundary(text, limit - 1)].rstrip() + "…"


def boundary(text: str, at: int) -> int:
    """The last place up to ``at`` that is not inside what a reader sees as one character."""
    while at > 0 and _is_inside(text, at):
        at -= 1
    return at


def _is_inside(text: str, at: int) -> bool:
    """Whether ``at`` is inside a character; one of more marks than any script has may be cut."""
    start = at
    while 0 < start < len(text) and at - start < _LONGEST_CHARACTER and _joins(text, start):
        start -= 1
    return 0 < at - start < _LONGEST_CHARACTER


def _joins(text: str, at: int) -> bool:
    """Whether the code points on both sides of ``at`` are one character (UAX 29, what of it matters in a title)."""
    char, before = text[at], text[at - 1]
    if _STICKY.match(char) or unicodedata.category(char) in _MARKS or before == "\u200d":
        return True
    if _is_flag_letter(char) and _is_flag_letter(before):
        letters = 1
        while letters < at and letters < _LONGEST_CHARACTER and _is_flag_letter(text[at - 1 - letters]):
            letters += 1
        return letters % 2 == 1
    return False


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
