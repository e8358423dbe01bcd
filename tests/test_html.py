"""The pages for people: readable by everybody, runnable by nobody."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import html as lxml_html

import feeds
from coranto.model import Voice
from coranto.text.anchors import anchor
from coranto.writers import html
from coranto.writers.fit import fit
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
    assert article.xpath(".//time/@datetime") == ["2022-01-03T03:58:00Z", "2022-01-03T04:00:00Z"]
    assert article.xpath(".//time/text()") == ["2022年1月3日 03:58", "2022年1月3日 04:00"]
    assert "更新于 2022年1月3日 04:00" in article.text_content()
    assert "王小明、李雷" in article.text_content()
    assert "样报" in article.text_content()
    assert set(story.related) <= set(article.xpath(".//a/@href"))
    assert {file.url for file in story.enclosures} <= set(article.xpath(".//a/@href"))


def test_the_full_text_is_folded_away():
    (details,) = page(feeds.story()).xpath("//details")
    assert [child.tag for child in details] == ["summary", "div"]
    assert [child.tag for child in details.xpath("div/*")] == ["p", "p"]
    assert page(feeds.story(content="")).xpath("//details") == []


def test_a_text_that_is_its_own_summary_stands_there_once_and_open():
    made = page(feeds.story(content="<p>末班车 23:10</p>", summary="末班车 23:10"))
    assert made.xpath("//details") == []
    assert made.text_content().count("末班车 23:10") == 1


def test_pictures_of_a_folded_text_wait_until_they_are_looked_at():
    made = page(feeds.story(content='<p><img src="https://a.example/x.png" alt="船"></p>'))
    assert made.xpath("//details//img/@loading") == ["lazy"]


def test_times_are_those_of_the_sites_zone_and_the_page_says_so():
    made = page(feeds.full_story(), timezone="Asia/Shanghai")
    assert made.xpath("//article//time/text()") == ["2022年1月3日 11:58", "2022年1月3日 12:00"]
    assert "Asia/Shanghai" in made.xpath("//footer")[0].text_content()
    english = page(feeds.full_story(), timezone="Asia/Shanghai", language="en")
    assert english.xpath("//article//time/text()")[0] == "3 January 2022, 11:58"
    assert english.xpath("//header//time/text()") == ["Monday, 3 January 2022"]


def test_a_page_leads_to_others_by_relative_links_and_not_where_none_is():
    story = feeds.story(categories=(feeds.GUANGZHOU, feeds.MARKET))
    assert set(page(story).xpath("//article/p/a/@href")) >= {"../guangzhouribao/", "../%E8%A1%8C%E6%83%85/"}
    made = page(story, linked=frozenset({feeds.GUANGZHOU.key}))
    assert "../%E8%A1%8C%E6%83%85/" not in made.xpath("//a/@href")
    assert made.xpath("//link[@rel='stylesheet']/@href")[0].startswith("../assets/style.css?v=")


def test_a_story_of_several_sources_says_who_tells_it_and_what_joins_them():
    voices = (
        Voice(source="", link="https://news.example/1", title="莲花山", keys=("code:NW1", "url:a.example/1")),
        Voice(source="港口<网>", link="javascript:alert(1)", title="航道", keys=("code:NW1",)),
    )
    (told,) = page(feeds.story(content="", voices=voices)).xpath("//article/details")
    assert told.xpath("summary")[0].text_content() == "2 个来源"
    first, second = told.xpath(".//li")
    assert "本站" in first.text_content()
    assert "采用其正文" in first.text_content()
    assert first.xpath(".//code/text()") == ["NW1", "a.example/1"]
    assert "港口＜网>" in second.text_content()
    assert second.xpath(".//a") == []
    assert page(feeds.story(content="", voices=voices[:1])).xpath("//article/details") == []


def test_every_address_can_be_opened_in_a_reader():
    first = page(feeds.story()).xpath("//ul[contains(@class, 'addresses')]/li")[0]
    assert first.xpath(".//a/@href") == [
        "feed:https://news.example/guangzhouribao/atom.xml",
        "https://www.inoreader.com/feed/https%3A%2F%2Fnews.example%2Fguangzhouribao%2Fatom.xml",
        "https://feedly.com/i/subscription/feed/https%3A%2F%2Fnews.example%2Fguangzhouribao%2Fatom.xml",
    ]


@pytest.mark.parametrize("made", [page(feeds.story(1), feeds.hostile_story()), index()])
def test_a_page_has_one_heading_a_skip_link_and_no_script_but_ours(made):
    assert len(made.xpath("//h1")) == 1
    assert made.xpath("//body/*[1]/@href") == ["#stories"]
    assert len(made.xpath("//*[@id='stories']")) == 1
    assert made.xpath("//style | //@*[starts-with(name(), 'on')] | //@style | //script/text()") == []
    assert all("assets/page.js?v=" in source for source in made.xpath("//script/@src"))
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
    first, second = index().xpath("//ul[contains(@class, 'index')]/li")
    assert first.xpath("h3/a/@href") == ["guangzhouribao/"]
    assert second.xpath("h3/a/@href") == ["%E8%A1%8C%E6%83%85/"]
    assert "42" in first.text_content()
    assert "第1条" in first.text_content()
    assert first.xpath(".//time/@datetime") == ["2022-01-03T04:00:00Z"]
    assert [url.rsplit("/", 1)[1] for url in first.xpath("p/a/@href")] == ["atom.xml", "rss.xml", "feed.json"]


def test_the_index_begins_with_the_newest_stories_and_where_they_are_filed():
    newest = feeds.feed(feeds.story(1), feeds.full_story())
    made = lxml_html.fromstring(html.index_page(feeds.site(), feeds.listings(), newest).decode())
    lines = made.xpath("//ol[contains(@class, 'newest')]/li")
    assert [line.xpath("a/text()")[0] for line in lines] == [story.title for story in fit(newest).stories]
    assert lines[0].xpath("span/a/@href")[0] == "guangzhouribao/"


def test_the_index_offers_the_feed_of_all_stories_and_the_opml_list():
    made = index()
    assert made.xpath("//head/link[@rel='alternate']/@href")[0] == "https://news.example/all/atom.xml"
    assert {"all/", "opml.xml"} <= set(made.xpath("//a/@href"))
    assert index(updated=None).xpath("//header//time") == []


def test_the_page_for_what_is_not_there_leads_home():
    made = lxml_html.fromstring(html.missing_page("广州新闻", "zh-CN").decode())
    assert made.xpath("//h1")[0].text == "没有这个页面"
    assert "/" in made.xpath("//main//a/@href")
    assert made.xpath("//link[@rel='stylesheet']/@href")[0].startswith("/assets/")
