"""feedparser's own 2,242 test files: how far our parse agrees, and that nothing active is left of its sanitiser cases.

`python tests/feedparser_cases.py` prints the score with every difference and what is out of scope.
"""

from __future__ import annotations

import pytest

from coranto.readers.parse import ParseError, parse
from feedparser_cases import Expectation, OfflineError, expectations
from feedparser_cases_judge import Score, scored
from feedparser_cases_tables import DIFFERENT, OWN_TEXTS
from parsing import ATOM, CONTEXT, atom, item, only, rss

BAR = 99.0  # percent of the expectations over fields that our model holds


@pytest.fixture(scope="module")
def score() -> Score:
    try:
        return scored()
    except OfflineError as error:
        pytest.skip(f"{error}; they are read when a package registry answers")


def test_our_parse_agrees_with_what_feedparser_expects(score):
    assert score.files > 2200
    assert score.in_scope > 1500
    assert score.share >= BAR


def test_every_difference_is_known_and_still_is_one(score):
    assert score.differ.keys() == DIFFERENT.keys(), {
        name: score.differ.get(name) for name in score.differ.keys() ^ DIFFERENT
    }
    assert score.by_table.keys() == OWN_TEXTS.keys()


def test_what_is_out_of_scope_is_counted(score):
    stated = score.in_scope + sum(score.outside.values())
    assert score.outside["bozo: not held"] > 1900
    assert stated > 4000


def test_nothing_active_is_left_of_any_file(score):  # R27
    assert score.active == {}
    assert score.pieces > 3500


def test_no_file_is_an_exception_but_ours_and_none_is_slow(score):
    assert score.errors == {}
    seconds, name = score.slowest
    assert seconds < 2, name


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("not bozo and feed['title'] == u'a'", [(("bozo",), "false", None), (("feed", "title"), "==", "a")]),
        ("entries[0].tags[1].term == 'a' + 'b'", [(("entries", 0, "tags", 1, "term"), "==", "ab")]),
        ("entries[0]['guid'] == entries[1]['guid'] == 'x'", [(("entries", i, "id"), "==", "x") for i in (0, 1)]),
        ("not entries[0].has_key('link')", [(("entries", 0, "link"), "lacks", None)]),
        ("len(feed['links']) == 1", [(("feed", "links"), "len", 1)]),
        ("__import__('os').system('x') == 0", [((), "code", "__import__('os').system('x') == 0")]),
    ],
)
def test_an_expectation_is_read_and_never_run(code, expected):
    assert list(expectations(code)) == [Expectation(*one) for one in expected]


# What these files have shown, without them.


def test_a_feed_that_has_lost_its_last_sign_alone_is_whole():  # R14: nothing else can be lost
    assert only(item("<title>a</title>")[:-1]).title == "a"
    for body in (item("<title>a</title>")[:-2], rss("<item><title><![CDATA[a</title></item>")[:-1]):
        with pytest.raises(ParseError) as caught:
            parse(body, "", CONTEXT)
        assert caught.value.kind == "cut"


def test_a_feed_under_the_doctype_of_a_page_is_a_feed():
    doctype = b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://a.example/">'
    assert only(doctype + item("<title>a</title>")).title == "a"
    with pytest.raises(ParseError) as caught:
        parse(doctype + b"<p>x</p>" + item("<title>a</title>"), "", CONTEXT)
    assert caught.value.kind == "html"


@pytest.mark.parametrize(
    "inner", ["<author><name>x</name></author>", "<subtitle>x</subtitle>", "<updated>2021-12-24</updated>"]
)
def test_a_feed_that_only_says_something_of_itself_is_an_empty_feed(inner):
    body = f'<feed xmlns="http://www.w3.org/2005/Atom">{inner}</feed>'
    assert parse(body.encode(), "", CONTEXT).entries == ()


def test_a_language_may_stand_at_the_feed_the_entry_or_its_text():
    for body in (
        ATOM.replace("<feed ", '<feed xml:lang="zh-CN" ').format("<entry><title>t</title><summary>s</summary></entry>"),
        atom('<title>t</title><summary xml:lang="zh-CN">s</summary>'),
        atom('<title xml:lang="zh-CN">t</title>'),
    ):
        assert only(body).words.language == "zh-CN"


def test_a_relative_base_is_relative_to_the_one_around_it():
    inner = '<entry xml:base="c/"><title>t</title><content type="html" xml:base="d/">&lt;a href="x"&gt;x&lt;/a&gt;</content></entry>'
    words = only(ATOM.replace("<feed ", '<feed xml:base="b/" ').format(inner)).words
    assert 'href="https://paper.example/feeds/b/c/d/x"' in words.content


def test_a_podcasts_words_for_search_are_no_categories_but_its_categories_are():
    itunes = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    inner = '<title>t</title><itunes:keywords>a, b</itunes:keywords><itunes:category text="Technology"/>'
    assert only(rss(f"<item>{inner}</item>", itunes)).categories == ("广州样报", "Technology")


@pytest.mark.parametrize(
    ("label", "codec"), [("cp037", "cp037"), ("ebcdic-cp-be", "cp500"), ("ibm437", "cp437"), ("cp775", "cp775")]
)
def test_charsets_of_mainframes_and_of_dos_are_read(label, codec):
    body = f'<?xml version="1.0" encoding="{label}"?>{item("<title>Ärger</title>").decode()}'
    assert only(body.encode(codec)).title == "Ärger"


@pytest.mark.parametrize(
    ("inner", "title", "link", "text"),
    [
        ("<title>x<link>https://a.example/1</link><guid>g</guid>", "x", "https://a.example/1", ""),
        ("<title>x<guid>g</guid><description>d</description>", "x", "", "<p>d</p>"),
        ("<title>x</title><description>d", "x", "", "<p>d</p>"),
        ("<title>x</title><description>a<p>b<i>c</description>", "x", "", "a<p>b<i>c</i></p>"),
        ("<title>x</title><guid>g<pubDate>2021-12-24</pubDate>", "x", "", ""),
    ],
)
def test_an_element_that_is_never_closed_costs_no_item_behind_it(inner, title, link, text):
    first, second = parse(rss(f"<item>{inner}</item><item><title>y</title></item>"), "", CONTEXT).entries
    assert (first.title, first.link, second.title) == (title, link, "y")
    assert first.words.content in {text, text.removeprefix("<p>").removesuffix("</p>")}
