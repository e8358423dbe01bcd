"""Charsets that are wrongly declared, and bytes and characters that have no place in a feed."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from hostile.catalogue import Path
from hostile.documents import Check, count, every, holds, item, lacks, rss, said

_NEWS = "广州日报：新增三条地铁线路"
_MORE = "记者今天从市政府获悉，明年的计划已经公布。"
_BIG5 = "廣州日報：臺灣新聞"


def _feed(label: str = "", title: str = _NEWS) -> str:
    """Undeclared if there is no label."""
    declared = f'<?xml version="1.0" encoding="{label}"?>\n' if label else '<?xml version="1.0"?>\n'
    return rss(item(title, text=_MORE), declared=declared)


def _path(
    name: str,
    body: str | bytes,
    header: str = "text/xml",
    *,
    title: str = _NEWS,
    text: str = _MORE,
    check: Check | None = None,
) -> Path:
    """A feed of one item, whose title and text must come out as they are meant."""
    checks: Iterable[Check] = (count(1), holds(text), *([check] if check else []))
    return Path(
        kind="charset", name=name, answer=said(body, header), expect="entries", titles=(title,), check=every(*checks)
    )


def _bytes(name: str, between: bytes, shown: str = "", **more: Check) -> Path:
    """Bytes that are no UTF-8, in the middle of a title; ``shown`` stands for them (□ is a character lost)."""
    body = _feed("utf-8", "广州@日报").encode().replace(b"@", between)
    return _path(name, body, "text/xml; charset=utf-8", title=f"广州{shown}日报", **more)


_BIG5_TEXT = rss(item(_BIG5, text="記者今天報導，計劃已經公布。"), declared='<?xml version="1.0" encoding="big5"?>\n')
_BIG5_TEXT = _BIG5_TEXT.replace("江城样报", "江城時報")
_BIG5_UNDECLARED = _BIG5_TEXT.replace(' encoding="big5"', "")
_WIDER = "朱镕基喆囍冇：新闻"  # of GBK, not of GB 2312

_LABELS = [
    _path("gbk-undeclared", _feed().encode("gbk")),
    _path("gbk-undeclared-served-as-utf-8", _feed().encode("gbk"), "text/xml; charset=utf-8"),
    _path("gb2312-that-is-gbk", _feed("gb2312", _WIDER).encode("gbk"), title=_WIDER),
    _path("gb2312-that-is-gb18030", _feed("gb2312", "广州㐀𠀀新闻").encode("gb18030"), title="广州㐀𠀀新闻"),
    _path("header-utf-8-xml-gbk-is-gbk", _feed("gbk").encode("gbk"), "text/xml; charset=utf-8"),
    _path("header-gbk-xml-utf-8-is-gbk", _feed("utf-8").encode("gbk"), "text/xml; charset=gbk"),
    _path("header-gb2312-xml-utf-8-is-utf-8", _feed("utf-8").encode(), "text/xml; charset=gb2312"),
    _path("header-utf-8-xml-gb2312-is-utf-8", _feed("gb2312").encode(), "text/xml; charset=utf-8"),
    _path("header-latin-1-xml-gb2312-is-gbk", _feed("gb2312").encode("gbk"), "text/xml; charset=ISO-8859-1"),
    _path("header-latin-1-xml-utf-8-is-utf-8", _feed("utf-8").encode(), "text/xml; charset=ISO-8859-1"),
    _path("header-us-ascii-is-utf-8", _feed().encode(), "text/xml; charset=us-ascii"),
    _path("both-utf-8-is-gbk", _feed("utf-8").encode("gbk"), "text/xml; charset=utf-8"),
    _path("both-gbk-is-utf-8", _feed("gbk").encode(), "text/xml; charset=gbk"),
    _path("big5", _BIG5_TEXT.encode("big5"), title=_BIG5, text="計劃已經公布"),
    _path("big5-undeclared", _BIG5_UNDECLARED.encode("big5"), title=_BIG5, text="計劃已經公布"),
    _path("utf-16-with-bom-little", codecs.BOM_UTF16_LE + _feed("utf-16").encode("utf-16-le")),
    _path("utf-16-with-bom-big", codecs.BOM_UTF16_BE + _feed("utf-16").encode("utf-16-be")),
    _path("utf-16-without-bom-little", _feed("utf-16").encode("utf-16-le")),
    _path("utf-16-without-bom-big", _feed("utf-16").encode("utf-16-be")),
    _path("utf-16-served-as-utf-8", _feed("utf-8").encode("utf-16"), "text/xml; charset=utf-8"),
    _path("utf-16-that-is-utf-8", _feed("utf-16").encode()),
    _path("utf-16-in-the-header-that-is-utf-8", _feed("utf-16").encode(), "text/xml; charset=utf-16"),
    _path("one-bom", codecs.BOM_UTF8 + _feed("utf-8").encode()),
    _path("two-boms", codecs.BOM_UTF8 * 2 + _feed("utf-8").encode()),
    _path("bom-before-gb2312-that-is-utf-8", codecs.BOM_UTF8 + _feed("gb2312").encode()),
    _path("unknown-name", _feed("klingon").encode()),
    _path("unknown-name-of-gbk", _feed("klingon").encode("gbk"), "text/xml; charset=x-none"),
    _path("name-of-a-codec-that-is-no-charset", _feed("zlib").encode(), "text/xml; charset=unicode_escape"),
]

_AROUND = [
    _path("blank-lines-before-the-declaration", b"\r\n\n  \n" + _feed("gb2312").encode("gbk")),
    _path(
        "php-warning-before-the-declaration",
        b"<br />\n<b>Warning</b>: mysql_connect() [<a href='x'>x</a>]: Access in <b>/x.php</b> on line <b>7</b><br />\n"
        + _feed("utf-8").encode(),
    ),
    _path(
        "php-notice-in-plain-text-before", b"Notice: Undefined index: a in /x.php on line 3\n" + _feed("utf-8").encode()
    ),
    _path("junk-after-the-root", _feed("utf-8") + "<!-- 0.03 s -->\n<script>alert(1)</script> & <b>x"),
    _path("a-second-document-after-the-root", _feed("utf-8") + rss(item("第二份", 5))),
]

_BAD_BYTES = [
    _bytes("stray-byte", b"\xff", "□"),
    _bytes("stray-continuation-bytes", b"\x80\x80", "□□"),
    _bytes("half-a-character", b"\xe5\xb9", "□"),
    _bytes("overlong-slash", b"\xc0\xaf", "□□"),
    _bytes("overlong-tag", b"\xe0\x80\xbcscript\xe0\x80\xbe", "□□□script□□□"),
    _bytes("beyond-unicode", b"\xf4\x90\x80\x80", "□" * 4),
    _bytes("surrogates-as-bytes", b"\xed\xa0\x80\xed\xb0\x80", "□" * 6),
    _bytes("nul", b"\0"),
    _bytes("c0-controls", bytes(byte for byte in range(1, 32) if byte not in b"\t\n\r")),
    _bytes("c1-controls", "\x80\x9f".encode(), "€Ÿ"),
    _bytes("ansi-codes", b"\x1b[31m\x1b]0;x\x07\x1b[0m", "[31m]0;x[0m"),
    _bytes("u+fffe-and-u+ffff", "\ufffe\uffff".encode()),
    _path(
        "stray-byte-in-gb2312",
        _feed("gb2312", "广州@ 日报").encode("gbk").replace(b"@", b"\xff"),
        title="广州□ 日报",
    ),
]

_REFERENCES = (
    "0",
    "1",
    "8",
    "11",
    "x1F",
    "xD800",
    "xDFFF",
    "xFFFE",
    "xFFFF",
    "x110000",
    "xFFFFFFFF",
    "9999999999",
    "-1",
    "x",
)


def _by_number(code: str) -> Path:
    known = {"-1": "&#-1;", "x": "&#x;"}  # are no references, so they are text
    return _path(
        f"reference-{code.lower()}", _feed("utf-8", f"广州&#{code};日报"), title=f"广州{known.get(code, '')}日报"
    )


_UTF7 = "+ADw-script+AD4-alert(1)+ADw-/script+AD4-广州"
_MARKS = "a" + "\u0301\u0489" * 5000

_CHARACTERS = [
    _path("utf-7-declared", _feed("utf-7", _UTF7), title=_UTF7, check=lacks("alert(1)</script>")),
    _path("utf-7-in-the-header", _feed("utf-8", _UTF7), "text/xml; charset=UTF-7", title=_UTF7),
    _path("right-to-left-override", _feed("utf-8", "\u202e广州\u2066日报"), title="\u202e广州\u2066日报"),
    _path("zero-width", _feed("utf-8", "广\u200b州\u200d日\u2060报"), title="广\u200b州\u200d日\u2060报"),
    _path("emoji", _feed("utf-8", "广州👨‍👩‍👧‍👦🇨🇳👍🏽日报"), title="广州👨‍👩‍👧‍👦🇨🇳👍🏽日报"),
    _path("emoji-as-two-surrogate-references", _feed("utf-8", "广州&#xD83D;&#xDE00;日报"), title="广州日报"),
    Path(
        kind="charset",
        name="10000-combining-marks",
        answer=said(_feed("utf-8", f"广州{_MARKS}日报")),
        expect="entries",
        check=every(count(1), holds("广州a")),
    ),
]

PATHS = [*_LABELS, *_AROUND, *_BAD_BYTES, *map(_by_number, _REFERENCES), *_CHARACTERS]
