"""Strings: what may stand in XML, what counts as the same title, where a text may be cut.  Pure, and light."""

from __future__ import annotations

import re
import unicodedata

# XML 1.0 2.2: everything else makes a whole feed unreadable.  U+FEFF inside a text is a stray BOM.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BLANKS = re.compile(r"\s+")
_SENTENCE_ENDS = "。！？!?…；;."


def xml_safe(text: str) -> str:
    """``text`` without the characters that XML 1.0 forbids, every line end a line feed (cleaned when it is read)."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """``text`` safe for XML, in one line, runs of blanks folded: for titles, names and log values."""
    return _BLANKS.sub(" ", xml_safe(text)).strip()


def fold(text: str) -> str:
    """What makes two titles the same: NFKC, no case, no blanks at all (IDENTITY A.3)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _BLANKS.sub("", unicodedata.normalize("NFKC", folded))


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters of plain ``text``: at a sentence's end if one is near, else with an ellipsis.

    Never inside a surrogate pair or before a combining mark.
    """
    text = one_line(text)
    if len(text) <= limit:
        return text
    window = text[:limit]
    end = max(window.rfind(mark) for mark in _SENTENCE_ENDS)
    if end >= limit // 2:
        return window[: end + 1]
    end = limit - 1
    while end > 1 and _sticks_to_the_left(text[end]):
        end -= 1
    return text[:end].rstrip() + "…"


def _sticks_to_the_left(char: str) -> bool:
    return unicodedata.combining(char) != 0 or char in "\u200d\ufe0f"
