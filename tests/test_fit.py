"""What makes a feed fit to be published: addresses, ids, titles, languages."""

from __future__ import annotations

import pytest

import feeds
from coranto.text.anchors import anchor
from coranto.writers.addresses import address, email, identifier, iri, language, media_type
from coranto.writers.fit import headline
from judge import A, assert_valid, entry, item


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("https://a.example/x?y=1&z=%20#f", "https://a.example/x?y=1&z=%20#f"),
        (' https://a.example/a b"<>{}|\\^` ', "https://a.example/a%20b%22%3C%3E%7B%7D%7C%5C%5E%60"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/100%zz%41", "https://a.example/100%25zz%41"),
        ("https://例子.example:8080/文?q=文", "https://xn--fsqu00a.example:8080/%E6%96%87?q=%E6%96%87"),
        ("https://user:pw@例子.example/", "https://user:pw@xn--fsqu00a.example/"),
        ("https://[::1]/x", "https://[::1]/x"),
        ("https://[broken/", ""),
        ("https://.例子/", ""),
        ("https://［例子/", ""),
        ("", ""),
    ],
)
def test_iri_is_a_valid_uri_or_nothing(given_, expected):
    assert iri(given_) == expected
    assert iri(expected) == expected


@pytest.mark.parametrize(
    "bad",
    ["javascript:alert(1)", "JavaScript:1", "data:text/html,x", "/relative", "http:///x", "file:///etc/passwd", ""],
)
def test_an_address_opens_a_page_or_is_nothing(bad):
    assert address(bad) == ""


@pytest.mark.parametrize(
    "good", ["tag:a.example,2021:x", "https://例子.example/文", "urn:isbn:1", "http://a.example/?p=1"]
)
def test_a_valid_id_is_never_touched(good):
    assert identifier(good) == good


@pytest.mark.parametrize("bad", ["", "12345", "a/b", "http:x", "http://[x", "no scheme: at all", "urn:uuid:1", "urn:x"])
def test_an_id_that_is_no_iri_gets_one_from_its_hash(bad):
    assert identifier(bad).startswith("urn:sha256:")


def test_an_id_with_illegal_characters_is_encoded():
    assert identifier("tag:a.example,2021:a b%") == "tag:a.example,2021:a%20b%25"


def test_languages_media_types_and_e_mails_are_valid_or_replaced():
    assert [language(tag) for tag in ("zh-CN", "zh_Hant_TW", "en", "中文", "x y")] == [
        "zh-CN",
        "zh-Hant-TW",
        "en",
        "",
        "",
    ]
    assert [media_type(text) for text in ("audio/mpeg", "text/html; charset=utf-8", "mp3", "")] == [
        "audio/mpeg",
        "text/html; charset=utf-8",
        "application/octet-stream",
        "application/octet-stream",
    ]
    assert [email(text) for text in ("a@b.example", "a@b", "a b@c.example", "")] == ["a@b.example", "", "", ""]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("AT&amp;T 利润<10%", "AT&T 利润＜10%"),
        ("&amp;amp;lt;", "＜"),
        ("&amp;" * 2 + "amp;" * 9, "&＆amp;amp;amp;amp;amp;amp;amp;"),
        ("a\n\tb\x00 ", "a b"),
        ("&nosuch; & co", "＆nosuch; & co"),
        ("\ufffd", "□"),
        ("]]> 😀 👩‍💻 مرحبا", "]]> 😀 👩‍💻 مرحبا"),
    ],
)
def test_titles_are_plain_text_escaped_once(title, shown):
    """Markup and entities show raw in many clients."""
    assert headline(title) == shown


def test_a_title_is_never_empty():
    assert entry(feeds.story(title="\x00", summary="One. Two.")).findtext(A + "title") == "One. Two."
    assert entry(feeds.story(title="", summary="")).findtext(A + "title") == feeds.story().link


def test_a_story_without_a_link_links_to_its_place_on_our_page():
    """DESIGN, "Links"."""
    story = feeds.story(link="")
    place = f"https://news.example/all/#{anchor(story.id)}"
    assert entry(story).find(A + "link").get("href") == place
    assert item(story).findtext("link") == place


def test_a_feed_with_nothing_to_say_is_valid():
    bare = feeds.feed(
        feeds.story(content="", summary="", title=""), title="", description="\x01", site_title=" ", language=""
    )
    assert_valid(bare)
