"""Bytes of an XML or JSON document to text, whatever charset was declared.  Pure.

Labels lie, in both directions, and half of our sources write Chinese (E11): bytes that are good UTF-8 are UTF-8; a
label that the bytes obey comes next; one bad byte costs one character, never the feed (LIBRARIES 1).  UTF-7 is never
decoded: it hides markup.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Which of the first four bytes are zero tells UTF-16 and UTF-32 without a BOM (XML 1.0 appendix F).
_ZEROS = {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}
# What pages call gb2312 is GBK, what they call latin-1 is windows-1252 (WHATWG Encoding 4.2).
_WIDER = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "hz"), "gb18030"),
    **dict.fromkeys(("big5", "big5hkscs", "cp950"), "big5hkscs"),
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_KNOWN = re.compile(
    r"gb18030|big5hkscs|cp1252|cp932|cp949|utf-8|iso8859-\d+|cp125\d|cp8[57]\d|cp866|koi8-[rut]|euc_jp|iso2022_jp|mac-.*"
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})")
_DECLARATION = re.compile(r"(<\?xml[^>]{0,200}?encoding\s*=\s*)([\"'])[^\"'>]*\2")
_HTTP_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_HEAD = 4096

_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_UTF8_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")
_UTF8_MORE = re.compile(rb"[\xe1-\xef][\x80-\xbf]{2}|\xe0[\xa0-\xbf][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{3}")
_GB2312 = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
# A letter with an accent beside one without: é of latin-1, where a stray byte would stand anywhere.
_IN_A_WORD = re.compile(rb"(?<=[A-Za-z])[\xc2-\xd6\xd8-\xf6\xf8-\xfe]|[\xc2-\xd6\xd8-\xf6\xf8-\xfe](?=[A-Za-z])")
_BIG5 = re.compile(rb"[\xa1\xa4-\xc6][\x40-\x7e\xa1-\xfe]")


def decode(body: bytes, content_type: str) -> tuple[str, str]:
    """The text of a document, without BOM, and the encoding that was used.

    The encoding in its XML declaration is rewritten to utf-8: encoded as such it goes on to the parser.

    Args:
        body: The document as it came.
        content_type: The HTTP header of that name; may be empty.
    """
    encoding, start = _by_first_bytes(body)
    if not encoding:
        encoding = _by_labels(body, _labels(body, content_type))
    text = body[start:].decode(encoding, "replace").lstrip("\ufeff")
    return _DECLARATION.sub(r"\g<1>\g<2>utf-8\g<2>", text[:_HEAD], count=1) + text[_HEAD:], encoding


def _by_first_bytes(body: bytes) -> tuple[str, int]:
    """What a BOM or the zeros of the first characters say, and where the text starts."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            wide = encoding != "utf-8"
            return (encoding if wide else ""), len(bom) if wide else 0
    return _ZEROS.get("".join("0" if byte == 0 else "x" for byte in body[:4]), ""), 0


def _labels(body: bytes, content_type: str) -> list[str]:
    """The encodings that the HTTP header and the XML declaration name, the unknown and the unsafe left out."""
    http = _HTTP_LABEL.search(content_type)
    declared = _DECLARED.search(body[:_HEAD])
    named = [http[1]] if http else []
    named += [declared[1].decode("ascii")] if declared else []
    return [known for name in named if (known := _known(name))]


def _known(label: str) -> str:
    """Python's name of a label, widened; empty for UTF-7, UTF-16 (its bytes would have told) and nonsense."""
    try:
        name = codecs.lookup(label.lower().removeprefix("x-")).name
    except (LookupError, ValueError):
        return ""
    name = _WIDER.get(name, name)
    return name if _KNOWN.fullmatch(name) else ""


def _by_labels(body: bytes, labels: list[str]) -> str:
    foreign = [label for label in labels if label != "utf-8"]
    if not _NOT_ASCII.search(body):
        return "iso2022_jp" if "iso2022_jp" in foreign and b"\x1b" in body else "utf-8"
    if _is_utf8(body, foreign):
        return "utf-8"
    for label in sorted(foreign, key=_takes_all):
        if _damage(body, label) <= _bearable(body):
            return label
    return _guess(body, stated="utf-8" in labels)


def _takes_all(label: str) -> bool:
    """Whether a charset can read any bytes at all, so that reading them proves nothing."""
    return label.startswith(("cp1", "cp8", "iso8859", "koi8", "mac"))


def _is_utf8(body: bytes, foreign: list[str]) -> bool:
    """Whether the bytes are UTF-8, a few bad ones aside, and not a short text of the stated charset that looks so."""
    pairs, more = len(_UTF8_PAIR.findall(body)), len(_UTF8_MORE.findall(body))
    bad = _damage(body, "utf-8")
    if bad == 0:
        return more > 0 or not foreign or not foreign[0].startswith(("gb", "big5", "cp9", "euc"))
    return more >= 4 * bad or pairs + more >= 10 * bad


def _damage(body: bytes, encoding: str) -> int:
    """How many characters of ``body`` that encoding cannot read."""
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        return body.decode(encoding, "replace").count("\ufffd") - body.count(b"\xef\xbf\xbd")
    return 0


def _bearable(body: bytes) -> int:
    """Damage that speaks of an accident, not of another charset: one in twenty characters, at least two."""
    return max(2, len(_NOT_ASCII.findall(body)) // 40)


def _guess(body: bytes, *, stated: bool) -> str:
    """Neither the bytes nor a label tell: Chinese by its letters' frequency, else the web's old default."""
    count = len(_NOT_ASCII.findall(body))
    if 2 * len(_GB2312.findall(body)) >= 0.7 * count and _damage(body, "gb18030") <= _bearable(body):
        return "gb18030"
    if _looks_big5(body, count) and _damage(body, "big5hkscs") <= _bearable(body):
        return "big5hkscs"
    if stated and 2 * len(_IN_A_WORD.findall(body)) < count:
        return "utf-8"
    return "cp1252"


def _looks_big5(body: bytes, count: int) -> bool:
    """A Big5 character is one high byte and often a letter: pairs need as many high bytes as they have."""
    return sum(len(_NOT_ASCII.findall(pair)) for pair in _BIG5.findall(body)) >= 0.85 * count
