"""The pages for people: readable by everybody, runnable by nobody."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import html as lxml_html

import feeds
from coranto.text.anchors import anchor
from coranto.writers import html
from golden import assert_golden


def page(*stories, **fields):
    return lxml_html.fromstring(html.category_page(feeds.feed(*stories, **fields)).decode())


def index(**fields):
    return lxml_html.fromstring(html.index_page(feeds.site(**fields), feeds.listings()).decode())


def test_the_index_is_the_accepted_one_byte_for_byte():
    assert_golden("site/index.html", html.index_page(feeds.site(), feeds.listings()))
    assert_golden("site/index.en.html", html.index_page(feeds.site(language="en", title="Example News"), ()))


def test_a_page_offers_every_format_to_the_reader_and_to_the_browser():
    """LIBRARIES 4, "Markup": autodiscovery on every page, copyable addresses."""
    made = page(feeds.story(), formats=("atom", "json"))
    offered = [(link.get("type"), link.get("href")) for link in made.xpath("//head/link[@rel='alternate']")]
    assert offered == [
        ("application/atom+xml", "https://news.example/guangzhouribao/atom.xml"),
        ("application/feed+json", "https://news.example/guangzhouribao/feed.json"),
    ]
    assert [code.text for code in made.xpath("//code")] == [url for _, url in offered]


def test_a_story_stands_under_its_anchor():
    story = feeds.full_story()
    (article,) = page(story).xpath("//article")
    assert article.get("id") == anchor(story.id)
    assert re.fullmatch("[0-9a-f]{16}", anchor(story.id))
    assert article.get("lang") == "en"
    assert article.xpath("h2/a/@href") == [story.link]
    assert article.xpath(".//time/@datetime") == ["2022-01-03T03:58:00Z"]
    assert article.xpath(".//time/text()") == ["2022-01-03 03:58 UTC"]
    assert "王小明、李雷" in article.text_content()
    assert "样报" in article.text_content()
    assert set(story.related) <= set(article.xpath(".//a/@href"))
    assert {file.url for file in story.enclosures} <= set(article.xpath(".//a/@href"))


def test_the_full_text_is_folded_away():
    (details,) = page(feeds.story()).xpath("//details")
    assert [child.tag for child in details] == ["summary", "p", "p"]
    assert page(feeds.story(content="")).xpath("//details") == []


@pytest.mark.parametrize("made", [page(feeds.story(1), feeds.hostile_story()), index()])
def test_a_page_has_one_heading_a_skip_link_and_no_script(made):
    assert len(made.xpath("//h1")) == 1
    assert made.xpath("//body/*[1]/@href") == ["#stories"]
    assert len(made.xpath("//*[@id='stories']")) == 1
    assert made.xpath("//script | //@*[starts-with(name(), 'on')] | //@style") == []
    assert not any(url.lower().startswith(("javascript", "data")) for url in made.xpath("//@href | //@src"))
    policy = made.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; ")


def test_texts_are_escaped():
    story = feeds.story(
        title='"><img src=x>', summary="<img src=x onerror=alert(1)> &lt;", source=replace(feeds.PAPER, title="<hr>")
    )
    made = page(story, title="<i>", description="<i>", site_title="<i>", category=feeds.MARKET)
    assert made.xpath("//img | //i | //hr") == []


def test_a_page_speaks_chinese_to_chinese_readers_and_english_to_all_others():
    assert "订阅" in page(feeds.story()).text_content()
    assert "订阅" in page(feeds.story(), language="zh_Hant").text_content()
    english = page(feeds.story(), language="en")
    assert english.get("lang") == "en"
    assert "Subscribe" in english.text_content()
    assert page(feeds.story(), language="").get("lang") == "und"
    assert index(language="en").get("lang") == "en"


def test_a_page_without_stories_says_so():
    assert "还没有文章" in page().text_content()


def test_the_index_lists_categories_with_count_date_and_formats():
    first, second = index().xpath("//article")
    assert first.xpath("h2/a/@href") == ["https://news.example/guangzhouribao/"]
    assert second.xpath("h2/a/@href") == ["https://news.example/%E8%A1%8C%E6%83%85/"]
    assert "42" in first.text_content()
    assert "第1条" in first.text_content()
    assert first.xpath(".//time/@datetime") == ["2022-01-03T04:00:00Z"]
    assert [url.rsplit("/", 1)[1] for url in first.xpath("p/a/@href")] == ["atom.xml", "rss.xml", "feed.json"]


def test_the_index_offers_the_feed_of_all_stories_and_the_opml_list():
    made = index()
    assert made.xpath("//head/link[@rel='alternate']/@href")[0] == "https://news.example/all/atom.xml"
    assert {"https://news.example/all/", "https://news.example/opml.xml"} <= set(made.xpath("//a/@href"))
    assert index(updated=None).xpath("//header//time") == []
