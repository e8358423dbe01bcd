"""Bytes of an XML or JSON document to text, whatever charset was declared.  Pure.

Labels lie, in both directions, and half of our sources write Chinese (E11): bytes that are good UTF-8 are UTF-8; a
label that the bytes obey comes next; one bad byte costs one character, never the feed (LIBRARIES 1).  UTF-7 is never
decoded: it hides markup.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from coranto.readers import charset_repair

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
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "big5hkscs", "cp950"), "big5hkscs"),
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_ALIASES = {  # of WHATWG Encoding 4.2, unknown to Python
    **dict.fromkeys(("gb_2312", "gb_2312-80", "csgb2312"), "gbk"),
    **dict.fromkeys(("cn-big5", "x-big5"), "big5"),
    "windows-31j": "cp932",
    "windows-949": "cp949",
    "windows-874": "tis-620",
}
_KNOWN = re.compile(
    r"gb18030|hz|big5hkscs|cp932|cp949|utf-8|iso8859-\d+|cp125\d|cp1125|cp437|cp7[37]\d|cp8[5-7]\d|koi8-[rut]|euc_jp"
    r"|iso2022_(?:jp|kr)|tis-620|ptcp154|mac-.*"
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})")
_DECLARATION = re.compile(r"(<\?xml[^>]{0,200}?encoding\s*=\s*)([\"'])[^\"'>]*\2")
_HTTP_LABEL = re.compile(r"charset\s*+=\s*+[\"']?\s*+([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_HEAD = 4096
_SAMPLE = 128 * 1024  # bytes that are looked at, from the first one beyond ASCII on
_FEW = 4  # characters that speak against a label of Latin-1: less may be two accents side by side
_MANY = 20  # characters that speak against a label of another Asian charset, or for Korean without one

# Chinese, Japanese and Korean in seven bits: what shows that a document obeys such a label.
_SEVEN_BITS = {"hz": b"~{", "iso2022_jp": b"\x1b", "iso2022_kr": b"\x1b"}
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm" on a mainframe (XML 1.0 appendix F)
_EBCDICS = re.compile(r"cp(?:037|273|424|500|875|1026|1140)")

_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_UTF8_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")
_UTF8_MORE = re.compile(rb"[\xe1-\xef][\x80-\xbf]{2}|\xe0[\xa0-\xbf][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{3}")
_RUN = re.compile(rb"[\x80-\xff]+")
_EUC = re.compile(rb"[\xa1-\xfe]{2,}")  # GB 2312, JIS X 0208, KS X 1001
_PAIR = re.compile(rb"[\xa1-\xfe]{2}")
_GB2312 = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_KANA = re.compile(rb"\xa4[\xa1-\xf3]|\xa5[\xa1-\xf6]")
_HANGUL = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")  # Chinese goes on to \xf7: half of its text is beyond
_SJIS_KANA = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]")
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
    text = charset_repair.decode(body[start:], encoding).lstrip("\ufeff")
    return _DECLARATION.sub(r"\g<1>\g<2>utf-8\g<2>", text[:_HEAD], count=1) + text[_HEAD:], encoding


def nothing_but_utf8_is_named(body: bytes, content_type: str) -> bool:
    """Whether no label of a document speaks of another encoding; whether it is good UTF-8 is for who reads it."""
    return all(label == "utf-8" for label in _labels(body, content_type))


def _by_first_bytes(body: bytes) -> tuple[str, int]:
    """What a BOM or the zeros of the first characters say, and where the text starts."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            wide = encoding != "utf-8"
            return (encoding if wide else ""), len(bom) if wide else 0
    if body.startswith(_EBCDIC):
        declared = _DECLARED.search(body[:_HEAD].decode("cp037").encode("ascii", "replace"))
        return _python_name(declared[1].decode("ascii") if declared else "", _EBCDICS) or "cp037", 0
    return _ZEROS.get("".join("0" if byte == 0 else "x" for byte in body[:4]), ""), 0


def _labels(body: bytes, content_type: str) -> list[str]:
    """The encodings that the HTTP header and the XML declaration name, the unknown and the unsafe left out."""
    http = _HTTP_LABEL.search(content_type)
    declared = _DECLARED.search(body[:_HEAD])
    named = [http[1]] if http else []
    named += [declared[1].decode("ascii")] if declared else []
    return [known for name in named if (known := _python_name(name, _KNOWN))]


def _python_name(label: str, known: re.Pattern[str]) -> str:
    """Python's name of a label, widened; empty for UTF-7, UTF-16 (its bytes would have told) and nonsense."""
    try:
        label = label.lower().removeprefix("x-")
        name = codecs.lookup(_ALIASES.get(label, label)).name
    except (LookupError, ValueError):
        return ""
    name = _WIDER.get(name, name)
    return name if known.fullmatch(name) else ""


def _by_labels(body: bytes, labels: list[str]) -> str:
    foreign = [label for label in labels if label != "utf-8"]
    if not _NOT_ASCII.search(body):
        return next((label for label in foreign if _SEVEN_BITS.get(label, b"\0") in body), "utf-8")
    if _is_utf8(body, foreign):
        return "utf-8"
    look = _Look.of(body)
    for label in sorted(foreign, key=_takes_all):
        # Latin-1 is what servers say who know nothing: it counts only where the bytes look like no other charset.
        if label != "cp1252" and _damage(body, label) <= _bearable(body) and not look.denies(label):
            return label
    if "cp1252" not in foreign or look.is_sure():
        guessed = next((name for name in look.likely() if _damage(body, name) <= _bearable(body)), "")
        if guessed:
            return guessed
    if "cp1252" not in foreign and "utf-8" in labels and 2 * look.in_words < look.high:
        return "utf-8"
    return "cp1252"


def _takes_all(label: str) -> bool:
    """Whether a charset can read any bytes at all, so that reading them proves nothing."""
    return label.startswith(("cp1", "cp4", "cp7", "cp8", "iso8859", "koi8", "mac", "ptcp", "tis"))


def _is_utf8(body: bytes, foreign: list[str]) -> bool:
    """Whether the bytes are UTF-8, a few bad ones aside, and not a short text of the stated charset that looks so."""
    bad = _damage(body, "utf-8")
    if bad == 0 and not foreign:
        return True
    pairs, more = len(_UTF8_PAIR.findall(body)), len(_UTF8_MORE.findall(body))
    if bad == 0:
        return more > 0 or not foreign[0].startswith(("gb", "big5", "cp9", "euc"))
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


@dataclass(frozen=True, slots=True)
class _Look:
    """Counts that tell Asian charsets apart by their commonest letters.

    In EUC (GB 2312, JIS X 0208, KS X 1001) both bytes of a character are high, so runs of high bytes are even; in Big5
    and Shift_JIS the second byte is often a letter.
    """

    high: int  # bytes beyond ASCII
    in_words: int  # beside plain letters
    runs: int
    uneven: int  # runs of odd length
    characters: int  # pairs of high bytes
    kana: int  # of them, in EUC-JP
    hangul: int
    sjis_kana: int
    gb2312: int
    big5: int  # high bytes that Big5 accounts for

    @classmethod
    def of(cls, body: bytes) -> _Look:
        first = _NOT_ASCII.search(body)
        body = body[max(0, first.start() - 1) :][:_SAMPLE] if first else b""
        runs = _RUN.findall(body)
        stretches = _EUC.findall(body)
        return cls(
            high=sum(map(len, runs)),
            in_words=len(_IN_A_WORD.findall(body)),
            runs=len(runs),
            uneven=sum(len(run) % 2 for run in runs),
            characters=sum(len(stretch) // 2 for stretch in stretches),
            kana=sum(_count(_KANA, stretch) for stretch in stretches),
            hangul=sum(_count(_HANGUL, stretch) for stretch in stretches),
            sjis_kana=len(_SJIS_KANA.findall(body)),
            gb2312=len(_GB2312.findall(body)),
            big5=sum(len(_NOT_ASCII.findall(pair)) for pair in _BIG5.findall(body)),
        )

    def likely(self) -> Iterator[str]:
        """The charsets that the bytes look like, the surest first."""
        if 8 * self.sjis_kana >= self.high:
            yield "cp932"
        if self._is_uneven_big5():
            yield "big5hkscs"
        if 5 * self.kana >= self.characters > 0:
            yield "euc_jp"
        if self.characters >= _MANY and self.hangul >= 0.95 * self.characters:
            yield "cp949"
        if 2 * self.gb2312 >= 0.7 * self.high:
            yield "gb18030"
        if self.big5 >= 0.85 * self.high:
            yield "big5hkscs"

    def is_sure(self) -> bool:
        """Whether this is no text with accents: they come alone, and beside plain letters."""
        return max(self.characters, self.sjis_kana) >= _FEW and self.in_words < self.runs

    def denies(self, label: str) -> bool:
        """Whether a text of such length in that charset would look otherwise."""
        if self.characters < _MANY:
            return False
        return {
            "gb18030": self._is_uneven_big5(),
            "big5hkscs": self.uneven == 0,
            "cp932": self.sjis_kana == 0,
            "euc_jp": self.kana == 0,
            "cp949": 2 * self.hangul < self.characters,
        }.get(label, False)

    def _is_uneven_big5(self) -> bool:
        return 4 * self.uneven >= self.runs and self.big5 >= 0.85 * self.high


def _count(pattern: re.Pattern[bytes], stretch: bytes) -> int:
    """How many pairs of a stretch fit; where it is odd, a bad byte may have taken the first half of its first pair."""
    starts = range(1 + len(stretch) % 2)
    return max(sum(pattern.fullmatch(pair) is not None for pair in _PAIR.findall(stretch, at)) for at in starts)
