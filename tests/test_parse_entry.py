"""The fields of one entry: each is cleaned as what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from parsing import CONTEXT, atom, item, only, rss


@pytest.mark.parametrize(
    ("isolated", "permalink"),
    [("", True), (' isPermaLink="true"', True), (" isPermaLink='False'", False), (' isPermaLink="false"', False)],
)
def test_a_guid_is_an_address_unless_it_says_not(isolated, permalink):
    entry = only(
        item(f"<link>https://a.example/x</link><guid{isolated}>https://a.example/?p=1#</guid><title>t</title>")
    )
    assert entry.own_id == "https://a.example/?p=1#"
    assert entry.permalinks == (("https://a.example/?p=1#",) if permalink else ())


def test_without_link_a_permalink_is_the_link():
    assert only(item("<guid>https://a.example/p</guid><title>t</title>")).link == "https://a.example/p"
    assert only(item("<guid isPermaLink='false'>https://a.example/p</guid><title>t</title>")).link == ""
    assert only(atom("<id>https://a.example/p</id><title>t</title>")).link == ""


@pytest.mark.parametrize(
    "own", ["0", "00", "1.0", "A", "a", "é", "e\u0301", "HTTP://A.example/%7e", "x  y", "../../etc"]
)
def test_ids_stay_as_stated(own):
    assert only(item(f"<guid>{own}</guid><title>t</title>")).own_id == own
    assert only(atom(f"<id>{own}</id><title>t</title>")).own_id == own


def test_a_monstrous_id_is_stable_and_its_own():
    ids = {only(item(f"<guid>{'g' * 2**20}{end}</guid><title>t</title>")).own_id for end in ("", "a", "b", "a")}
    assert len(ids) == 3
    assert all(len(own) < 200 for own in ids)


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("R&amp;amp;D &amp;lt;b&amp;gt;", "R&D <b>"),
        ("How to &lt;b&gt;", "How to <b>"),
        ("&lt;b&gt;bold&lt;/b&gt; news", "bold news"),
        ("a\n  b\x0bc", "a bc"),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("&#x202e;rtl &#x1F600; e&#x301;", "\u202ertl 😀 e\u0301"),
    ],
)
def test_titles_are_plain_text(stated, shown):
    assert only(item(f"<title>{stated}</title>")).title == shown


def test_nothing_active_is_left_of_any_field():  # R27
    bad = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    entry = only(
        item(
            f"<title>{bad}x</title><link>javascript:alert(1)</link><author>{bad}me</author><category>{bad}</category>"
            f"<description>{bad}ok</description><enclosure url='data:text/html,x' type='{bad}'/>"
        )
    )
    assert entry.link == ""
    assert entry.problems
    assert entry.words.enclosures == ()
    assert "<script" not in entry.words.content
    assert "onerror" not in entry.words.content
    assert [person.name for person in entry.words.authors] == ["me"]


def test_relative_links_follow_xml_base_then_the_entry_then_the_feed():
    body = "<title>t</title><link>/news/1</link><description>&lt;a href='x'&gt;l&lt;/a&gt;</description>"
    assert 'href="https://paper.example/news/x"' in only(item(body)).words.content
    based = '<title>t</title><link href="p"/><content xml:base="https://b.example/c/" type="html">&lt;a href="x"&gt;l&lt;/a&gt;</content>'
    entry = only(atom(based))
    assert entry.link == "https://paper.example/feeds/p"
    assert 'href="https://b.example/c/x"' in entry.words.content


def test_the_code_comes_from_the_own_addresses_only():  # IDENTITY A.1
    inner = "<title>t</title><link>https://a.example/1</link><guid>{}</guid><description>&lt;a href='https://a.example/?infoCode=NW202112240000000001'&gt;x&lt;/a&gt;</description>"
    assert only(item(inner.format("g"))).code == ""
    assert only(item(inner.format("https://b.example/?infoCode=nw202112240000000009"))).code == "NW202112240000000009"
    two = "<title>t</title><link>https://a.example/?infoCode=NW202112240000000001</link><guid>https://a.example/?infoCode=NW202112240000000002</guid>"
    entry = only(item(two))
    assert entry.code == ""
    assert entry.problems


def test_dates_use_the_zone_of_the_subscription_and_are_never_guessed():  # R20
    entry = only(item("<title>t</title><pubDate>2021-12-24 04:02:50</pubDate>"))
    assert entry.published == datetime(2021, 12, 23, 20, 2, 50, tzinfo=UTC)
    assert entry.updated is None
    entry = only(item("<title>t</title><pubDate>2021-13-45</pubDate>"))
    assert entry.published is None
    assert "2021-13-45" in entry.problems[0]


def test_an_atom_entry_that_was_only_updated_was_out_by_then():
    entry = only(atom("<title>t</title><updated>2021-12-24T04:02:50Z</updated>"))
    assert entry.published == entry.updated == datetime(2021, 12, 24, 4, 2, 50, tzinfo=UTC)


def test_drop_words_are_found_in_title_and_text_whatever_their_case():
    context = replace(CONTEXT, drop=("无关", "ADVERT"))
    assert only(item("<title>An advert</title>"), context).dropped == "ADVERT"
    assert (
        only(
            item("<title>t</title><description>&lt;p&gt;无&lt;b&gt;关&lt;/b&gt;&lt;/p&gt;</description>"), context
        ).dropped
        == "无关"
    )
    assert only(item("<title>t</title>"), context).dropped == ""


def test_own_categories_are_taken_only_if_the_subscription_says_so():
    body = item("<title>t</title><category>财经</category><category> 财经 </category><category/>")
    assert only(body).categories == ("广州样报", "财经")
    assert only(body, replace(CONTEXT, own_categories=False)).categories == ("广州样报",)


def test_a_break_of_xhtml_stays_one_break():
    xhtml = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a<br/>b &lt; c</p></div></content>'
    assert only(atom(f"<title>t</title>{xhtml}")).words.content == "<p>a<br>b &lt; c</p>"


@pytest.mark.parametrize("broken", ["", "<x:y/><b>"], ids=["strict", "loose"])
@pytest.mark.parametrize("namespace", ["", "http://backend.userland.com/rss2", "http://unknown.example/"])
def test_broken_xml_gives_the_same_entry_as_good_xml(broken, namespace):
    inner = (
        "<title>T &amp;lt;x&amp;gt; &amp; y</title><link>http://a.example/1?a=1&amp;b=2</link><guid>http://a.example/g#</guid>"
        "<description>&lt;p&gt;a &amp;amp; b&lt;/p&gt;</description><pubDate>2021-12-24</pubDate>"
    )
    body = rss(f"<item>{broken}{inner}</item>", f'xmlns="{namespace}"' if namespace else "")
    assert only(body) == only(item(inner))


def test_the_same_text_twice_is_no_summary():
    text = "<![CDATA[<p>one  text</p>]]>"
    encoded = f'<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">{text}</content:encoded>'
    words = only(item(f"<title>t</title><description>{text}</description>{encoded}")).words
    assert (words.content, words.summary) == ("<p>one  text</p>", "")


@pytest.mark.parametrize(
    ("stated", "name", "email"),
    [
        ("editor@paper.example (张三)", "张三", "editor@paper.example"),
        ("Ann Lee &lt;ann@paper.example&gt;", "Ann Lee", "ann@paper.example"),
        ("ann@paper.example", "ann", "ann@paper.example"),
        ("张三、李四", "张三、李四", ""),
    ],
)
def test_authors_of_rss_are_names_and_addresses(stated, name, email):
    (author,) = only(item(f"<title>t</title><author>{stated}</author>")).words.authors
    assert (author.name, author.email) == (name, email)
