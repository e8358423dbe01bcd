"""Charsets: labels lie, bytes break, and the first title is still right (RELIABILITY 1, E11)."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coranto.readers.charset import decode

TEXT = "<rss><channel><title>广州日报：“两岸”新闻</title></channel></rss>"
BIG5 = "<rss><channel><title>廣州日報：臺灣新聞</title></channel></rss>"


def declared(label: str, text: str = TEXT) -> str:
    return f'<?xml version="1.0" encoding="{label}"?>\n{text}'


@pytest.mark.parametrize(
    ("body", "content_type", "used"),
    [
        (declared("utf-8").encode(), "text/xml", "utf-8"),
        (TEXT.encode(), "", "utf-8"),
        (codecs.BOM_UTF8 + declared("gb2312").encode(), "", "utf-8"),
        (codecs.BOM_UTF8 * 2 + TEXT.encode(), "", "utf-8"),
        (declared("gb2312").encode("gbk"), "", "gb18030"),
        (declared("GBK").encode("gbk"), "text/xml; charset=GB2312", "gb18030"),
        (declared("utf-8").encode("gbk"), "", "gb18030"),
        (declared("utf-8").encode("gbk"), "text/xml; charset=utf-8", "gb18030"),
        (declared("gbk").encode("gbk"), "text/xml; charset=utf-8", "gb18030"),
        (declared("gbk").encode("gbk"), "text/xml; charset=ISO-8859-1", "gb18030"),
        (declared("utf-8").encode(), "text/xml; charset=gb2312", "utf-8"),
        (declared("gb2312").encode(), "text/xml; charset=utf-8", "utf-8"),
        (declared("utf-8").encode(), "text/xml; charset=ISO-8859-1", "utf-8"),
        (TEXT.encode("gbk"), "text/xml", "gb18030"),
        (declared("utf-16").encode(), "text/xml; charset=utf-16", "utf-8"),
        (declared("utf-16").encode("utf-16"), "", "utf-16-le"),
        (declared("utf-16").encode("utf-16-le"), "", "utf-16-le"),
        (declared("utf-16").encode("utf-16-be"), "", "utf-16-be"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "", "utf-16-be"),
        (declared("utf-32").encode("utf-32"), "", "utf-32-le"),
        (declared("klingon").encode(), "text/xml; charset=x-none", "utf-8"),
        (declared("klingon").encode("gbk"), "", "gb18030"),
        (b"\r\n \n" + declared("gb2312").encode("gbk"), "", "gb18030"),
        (b"<b>Warning</b>: x\n" + declared("gb2312").encode("gbk"), "", "gb18030"),
    ],
)
def test_the_title_is_right_whatever_the_labels_say(body, content_type, used):
    text, encoding = decode(body, content_type)
    assert TEXT in text
    assert encoding == used
    assert "\ufeff" not in text


@pytest.mark.parametrize("label", ["big5", "Big5-HKSCS", "x-none"])
def test_big5_is_read_declared_or_not(label):
    assert BIG5 in decode(declared(label, BIG5).encode("big5"), "")[0]


@pytest.mark.parametrize(("label", "codec"), [("gb2312", "gbk"), ("utf-8", "utf-8")])
@pytest.mark.parametrize("bad", [b"\xff", b"\x80\x80", b"\xc0"])
def test_one_bad_byte_costs_one_character_not_the_feed(label, codec, bad):  # LIBRARIES 1
    head, tail = declared(label).split("两岸")
    text, _ = decode(head.encode(codec) + bad + "两岸".encode(codec) + b" " + tail.encode(codec), "")
    assert "广州日报" in text
    assert "新闻</title>" in text
    assert "\ufffd" in text or bad == b"\x80\x80" or codec == "gbk"


def test_a_stray_byte_in_an_english_feed_is_replaced():
    assert decode(b'<?xml version="1.0" encoding="utf-8"?><t>one \xff two</t>', "")[0].endswith("<t>one \ufffd two</t>")


@pytest.mark.parametrize("content_type", ["", "text/xml; charset=utf-8", "text/xml; charset=us-ascii"])
def test_latin_letters_survive_a_wrong_label(content_type):
    assert decode("<t>Café naïve, œuvre…</t>".encode("cp1252"), content_type)[0] == "<t>Café naïve, œuvre…</t>"


def test_utf7_is_never_decoded():
    text, encoding = decode(b'<?xml version="1.0" encoding="utf-7"?><t>+ADw-script+AD4-</t>', "text/xml; charset=UTF-7")
    assert encoding == "utf-8"
    assert "<script>" not in text


@pytest.mark.parametrize("label", ["idna", "punycode", "rot13", "unicode_escape", "base64", "undefined", "zlib"])
def test_what_is_no_charset_is_no_label(label):
    assert decode(declared(label).encode(), f"text/xml; charset={label}")[1] == "utf-8"


def test_the_declaration_names_what_we_pass_on():
    assert decode(declared("gb2312").encode("gbk"), "")[0].startswith('<?xml version="1.0" encoding="utf-8"?>')


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=60), st.sampled_from(["", "utf-8", "gbk", "big5", "utf-16", "iso-2022-jp", "euc-kr", "\udcff"])
)
def test_any_bytes_become_text(body, label):
    text, encoding = decode(body, f"text/xml; charset={label}")
    text.encode()
    codecs.lookup(encoding)


@settings(max_examples=100, deadline=None)
@given(st.text("广州日报讯记者今天从市政府获悉新增三条地铁线路。，“”", min_size=6, max_size=60))
def test_chinese_text_is_read_in_any_charset_without_a_label(text):
    for codec in ("utf-8", "gbk", "utf-16"):
        assert decode(f"<t>{text}</t>".encode(codec), "")[0] == f"<t>{text}</t>"
