"""Feeds that a web page names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coranto.readers.discover import Found, feeds_in, guesses

BASE = "https://paper.example/news/index.html"


def found(body: str, base: str = BASE) -> list[str]:
    return [feed.url for feed in feeds_in(body, "text/html", base)]


def test_atom_stands_before_rss_before_json():
    page = """<link rel="alternate" type="application/feed+json" href="/f.json">
    <link rel="alternate" type="application/rss+xml" href="/rss"><LINK REL="Alternate" TYPE="application/atom+xml; charset=utf-8" HREF="atom" title=" 广州\n样报 ">"""
    assert feeds_in(page, "", BASE) == (
        Found("https://paper.example/news/atom", "application/atom+xml", "广州 样报"),
        Found("https://paper.example/rss", "application/rss+xml"),
        Found("https://paper.example/f.json", "application/feed+json"),
    )


def test_anchors_that_look_like_feeds_come_after_links():
    page = '<a href="/feed/">RSS</a><a href="news.rss">x</a><a href="/feedback">no</a><a href="/atom.html">no</a><link rel=alternate type=application/rss+xml href=/r>'
    assert found(page) == [
        "https://paper.example/r",
        "https://paper.example/feed/",
        "https://paper.example/news/news.rss",
    ]


def test_comments_and_apis_come_last():
    page = """<link rel=alternate type=application/json href=/wp-json/wp/v2/posts><link rel=alternate type=application/rss+xml href=/comments/feed/>
    <link rel=alternate type=application/rss+xml href=/feed/>"""
    assert found(page)[0] == "https://paper.example/feed/"


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "file:///etc/passwd", "//[", "http://[::1", "", "data:text/xml,x", "mailto:a@b.example"],
)
def test_only_web_addresses_are_named(href):
    assert found(f'<link rel=alternate type=application/rss+xml href="{href}"><a href="{href}">x</a>') == []


def test_the_base_element_and_the_feed_scheme_are_understood():
    assert found("<base href='https://cdn.example/x/'><a href='feed.xml'>f</a>") == ["https://cdn.example/x/feed.xml"]
    assert found("<a type='application/rss+xml' href='feed:https://a.example/x'>f</a>") == ["https://a.example/x"]


def test_stylesheets_and_translations_are_no_feeds():
    assert (
        found(
            "<link rel=stylesheet type=text/css href=/feed><link rel=alternate hreflang=de href=/de><link rel=alternate type=text/html href=/x>"
        )
        == []
    )


def test_bytes_of_a_chinese_page_are_read_in_their_charset():
    page = '<meta charset=gbk><link rel=alternate type=application/rss+xml title="广州样报订阅" href=/r>'.encode("gbk")
    assert feeds_in(page, "text/html; charset=gbk", BASE)[0].title == "广州样报订阅"


def test_guesses_are_below_the_page_and_at_the_root():
    tried = guesses(BASE)
    assert tried[0] == "https://paper.example/news/feed"
    assert {
        "https://paper.example/atom.xml",
        "https://paper.example/rss.xml",
        "https://paper.example/index.xml",
        "https://paper.example/feed.json",
    } <= set(tried)
    assert len(tried) == len(set(tried))
    assert len(guesses("https://paper.example")) == len(tried) // 2
    assert guesses("file:///etc/passwd") == ()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<link ",
                "<a ",
                "rel=alternate ",
                "type=application/rss+xml ",
                'href="',
                "//[",
                "]",
                '"',
                ">",
                "<!",
                "<![",
                "x",
                "&#0;",
                "<base href=::>",
            ]
        ),
        max_size=20,
    )
)
def test_any_page_gives_web_addresses_only(pieces):
    assert all(url.startswith(("http://", "https://")) for url in found("".join(pieces)))
