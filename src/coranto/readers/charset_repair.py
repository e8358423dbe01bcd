"""Bytes of a charset of two-byte characters, some of them bad, to text.  Pure, bounded.

A codec that meets a bad byte skips it alone.  Where that byte was the first of two, every later character of the line
is read from the wrong halves.  Here the cheapest way through the bytes is taken instead: common characters cost
nothing, rare ones a little, lost ones most, so that one bad byte costs one character (E11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# What a text consists of: a way through the bytes that meets other characters is likely to be off by one.
_COMMON = {
    "gb18030": re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]"),
    "big5hkscs": re.compile(rb"[\xa1\xa4-\xc6][\x40-\x7e\xa1-\xfe]"),
    "cp949": re.compile(rb"[\xa1\xa3\xb0-\xc8][\xa1-\xfe]"),
    "euc_jp": re.compile(rb"[\xa1\xa3-\xa5\xb0-\xcf][\xa1-\xfe]"),
    "cp932": re.compile(rb"[\x81-\x83\x88-\x97][\x40-\x7e\x80-\xfc]"),
}
# From a high byte on, as long as the bytes may be halves of characters.
_HALVES = rb"[\x30-\x39\x40-\x7e\x80-\xff]"  # what may be a part of a character
_LONGEST = 4096
_STRETCH = re.compile(_HALVES + rb"{0,4096}")
_BUDGET, _PRICE = 64 * 1024, 128  # bytes to mend, and what each place costs beside its length: then the codec goes on
_LOST = "\ufffd"
_RARE, _GONE = 1, 3  # what a character costs


def decode(body: bytes, encoding: str) -> str:
    """``body`` in an encoding, every bad byte a U+FFFD; in charsets of two-byte characters the rest stays right."""
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        if encoding not in _COMMON:
            return body.decode(encoding, "replace")
    return "".join(_pieces(body, encoding))


def _pieces(body: bytes, encoding: str) -> Iterator[str]:
    at, budget = 0, _BUDGET
    while budget > 0:
        try:
            yield str(memoryview(body)[at:], encoding)
        except UnicodeDecodeError as error:
            bad = at + error.start
        else:
            return
        before, behind = _halves(body[max(at, bad - _LONGEST) : bad][::-1]), _halves(body[bad : bad + _LONGEST])
        start = bad - before if before < _LONGEST else bad  # the codec came this far: it is in step
        end = bad + max(behind, 1)
        yield body[at:start].decode(encoding)
        yield _cheapest(body[start:end], encoding)
        at, budget = end, budget - _PRICE - (end - start)
    yield body[at:].decode(encoding, "replace")


def _halves(some: bytes) -> int:
    """How many bytes at the start may be parts of characters."""
    found = _STRETCH.match(some)
    return len(found[0]) if found else 0


def _cheapest(stretch: bytes, encoding: str) -> str:
    """The text of the cheapest way through the bytes, found from the end: [cost, characters to come]."""
    ways: list[tuple[int, int, str]] = [(0, 0, "")] * (len(stretch) + 1)  # cost of the rest, length and text of a step
    for at in range(len(stretch) - 1, -1, -1):
        steps = _steps(stretch[at : at + 4], encoding)
        ways[at] = min(((cost + ways[at + length][0], length, text) for cost, length, text in steps), key=_cost)
    texts, at = [], 0
    while at < len(stretch):
        _, length, text = ways[at]
        texts.append(text)
        at += length
    return "".join(texts)


def _cost(way: tuple[int, int, str]) -> tuple[int, int]:
    return way[0], -way[1]  # of two as cheap the longer one: a byte is damaged more often than added


@lru_cache(maxsize=4096)
def _steps(four: bytes, encoding: str) -> tuple[tuple[int, int, str], ...]:
    """What may stand at the start of four bytes: (cost, length, text)."""
    if four[0] < 0x80:
        return ((0, 1, chr(four[0])),)
    found = [(_GONE, 1, _LOST)]
    for length in (1, 2, 3, 4)[: 4 if encoding == "gb18030" else 3]:  # GB 18030 has characters of four
        text = _character(four[:length], encoding)
        if text and length <= len(four):
            found.append((0 if _COMMON[encoding].fullmatch(four[:length]) else _RARE, length, text))
    if len(four) > 1 and four[1] >= 0x80 and (four[0] in {0x80, 0xFF} or four[1] in {0x80, 0xFF}):
        found.append((_GONE, 2, _LOST))
    return tuple(found)


def _character(some: bytes, encoding: str) -> str:
    """The one character that these bytes are, or nothing."""
    try:
        text = some.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return text if len(text) == 1 else ""
