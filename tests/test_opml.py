"""Lists of subscriptions: ours are valid, those of strangers are read without harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import feeds
from coranto.model import Category, Listing
from coranto.writers import opml
from coranto.writers.opml import OpmlError, Outline
from golden import assert_golden


def document(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="1.0"><head/><body>{body}</body></opml>'.encode()


def test_the_list_is_the_accepted_one_byte_for_byte():
    assert_golden("site/opml.xml", opml.write(feeds.site(), feeds.listings()))


def test_what_is_written_can_be_read():
    assert opml.read(opml.write(feeds.site(), feeds.listings())) == (
        Outline("广州日报", "https://news.example/guangzhouribao/atom.xml"),
        Outline("行情", "https://news.example/%E8%A1%8C%E6%83%85/atom.xml"),
    )


@pytest.mark.parametrize(
    ("formats", "file"),
    [(("json", "rss"), "rss.xml"), (("json",), "feed.json"), ((), "atom.xml"), (("rss", "atom"), "atom.xml")],
)
def test_subscribers_get_the_best_format_that_is_written(formats, file):
    (first, _) = opml.read(opml.write(feeds.site(formats=formats), feeds.listings()))
    assert first.url.endswith("/" + file)


@given(text=st.text(st.characters(exclude_categories=())))
def test_any_title_gives_a_well_formed_list(text):
    category = Category(key="k", folder="k", title=text, description=text)
    listing = Listing(category=category, base="https://news.example/k/", stories=1, newest=feeds.NOON)
    (outline,) = opml.read(opml.write(feeds.site(title=text, language=text), (listing,)))
    assert outline.title


def test_folders_name_categories():
    """OPML 2.0: outlines nest; the nearest folder counts, then the outline's own category."""
    read = opml.read(
        document(
            """<outline text="新闻"><outline title="广州" text=""><outline text="A" xmlUrl="https://a.example/"/></outline>
            <outline text="B" XMLURL=" https://b.example/ "/></outline>
            <outline type="rss" xmlurl="https://c.example/" category="/科技/AI,/x"/><outline text="no feed"/>"""
        )
    )
    assert read == (
        Outline("A", "https://a.example/", "广州"),
        Outline("B", "https://b.example/", "新闻"),
        Outline("https://c.example/", "https://c.example/", "科技/AI"),
    )


BOMB = (
    '<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml><body><outline text="&b;" xmlUrl="x"/></body></opml>'
)
EXTERNAL = (
    '<!DOCTYPE opml [<!ENTITY e SYSTEM "file:///etc/passwd">]><opml><body><outline text="x">&e;</outline></body></opml>'
)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION = f'<!DOCTYPE opml [<!ENTITY l0 "ha">{LAUGHS}]><opml><body><outline text="&l9;" xmlUrl="x">&l9;</outline></body></opml>'


@pytest.mark.timeout(10)
@pytest.mark.parametrize("attack", [BOMB, EXTERNAL, BILLION])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7", "ibm037"])
def test_entities_are_refused_in_any_encoding(attack, encoding):
    data = f'<?xml version="1.0" encoding="{encoding}"?>{attack}'.encode(encoding)
    with pytest.raises(OpmlError):
        opml.read(data)


def test_a_harmless_doctype_is_read():
    assert opml.read(b'<!DOCTYPE opml><opml><body><outline xmlUrl="https://a.example/"/></body></opml>')


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not well-formed"),
        (b"<opml><body>", "line 1: not well-formed"),
        (b"<opml>\n<outline text='a & b'/></opml>", "line 2: not well-formed"),
        (b"<rss version='2.0'/>", "its root is <rss>"),
        (b"\x00\x01", "not well-formed"),
        (b'<?xml version="1.0" encoding="no-such"?><opml/>', "not well-formed"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(data, says):
    with pytest.raises(OpmlError, match=says):
        opml.read(data)


def test_a_list_never_reads_a_file_or_the_network(tmp_path):
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY e "secret">')
    data = f'<!DOCTYPE opml SYSTEM "{secret}"><opml><body><outline text="t" xmlUrl="https://a.example/"/></body></opml>'
    assert opml.read(data.encode()) == (Outline("t", "https://a.example/"),)


def test_the_list_is_opml_2():
    root = etree.fromstring(opml.write(feeds.site(), feeds.listings()))
    assert (root.tag, root.get("version"), root.findtext("head/title")) == ("opml", "2.0", "广州新闻")
    assert {outline.get("type") for outline in root.iter("outline")} == {"rss"}
