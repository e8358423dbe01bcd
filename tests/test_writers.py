"""The documents of a feed: golden files, the same bytes every time, and nothing of feedgen's defects."""

from __future__ import annotations

import json
import locale
from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree

import feeds
from coranto import writers
from coranto.model import Enclosure
from coranto.writers import FILES, atom, jsonfeed, rss
from coranto.writers.fit import fit
from golden import assert_golden
from judge import CONTENT, DC, WRITE, A, assert_valid, entry, item

SAMPLES = {
    "full": feeds.feed(feeds.story(1), feeds.full_story()),
    "hostile": feeds.feed(feeds.hostile_story()),
    "english": feeds.english_feed(feeds.story(1, title="Rain", summary="Rain.", content="", categories=())),
    "empty": feeds.feed(),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_document_is_the_accepted_one_byte_for_byte(name):
    for file, data in writers.documents(SAMPLES[name]):
        assert_golden(f"{name}/{file}", data)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_valid(name):
    assert_valid(SAMPLES[name])


def test_a_missing_golden_file_fails(monkeypatch):
    monkeypatch.delenv("ACCEPT", raising=False)
    with pytest.raises(AssertionError, match="missing"):
        assert_golden("no-such-file.xml", b"")


def test_documents_writes_only_the_formats_that_are_asked_for_and_always_the_page():
    assert [name for name, _ in writers.documents(feeds.feed(feeds.story()))] == [*FILES.values(), "index.html"]
    one = feeds.feed(feeds.story(), formats=("json", "atom"))
    assert [name for name, _ in writers.documents(one)] == ["atom.xml", "feed.json", "index.html"]
    assert [name for name, _ in writers.documents(feeds.feed(formats=()))] == ["index.html"]


def test_documents_gives_what_each_writer_gives():
    feed = feeds.feed(feeds.story(1), feeds.hostile_story())
    assert {name: data for name, data in writers.documents(feed) if name != "index.html"} == {
        FILES[name]: write(feed) for name, write in WRITE.items()
    }


def test_bytes_do_not_depend_on_the_clock_or_the_locale():
    """E6; feedgen's updated and lastBuildDate default to now."""
    feed = feeds.feed(feeds.story(1), feeds.full_story())
    before = dict(writers.documents(feed))
    current = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("zh_CN.UTF-8", "de_DE.UTF-8", "C.UTF-8"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert dict(writers.documents(feed)) == before
    finally:
        locale.setlocale(locale.LC_TIME, current)
    year = str(datetime.now(UTC).year).encode()
    assert not any(year in data for data in before.values())


def test_a_fitted_feed_stays_as_it_is():
    feed = fit(feeds.feed(feeds.story(1), feeds.full_story(), feeds.hostile_story()))
    assert fit(feed) == feed


def test_stories_stand_in_the_order_of_the_feed():
    """feedgen prepends."""
    stories = (feeds.story(1), feeds.story(2), feeds.story(3))
    feed = feeds.feed(*stories)
    assert [one.text for one in etree.fromstring(atom.write(feed)).iterfind(f"{A}entry/{A}id")] == [
        s.id for s in stories
    ]
    assert [one.text for one in etree.fromstring(rss.write(feed)).iterfind("channel/item/guid")] == [
        s.id for s in stories
    ]
    assert [one["id"] for one in json.loads(jsonfeed.write(feed))["items"]] == [s.id for s in stories]


def test_atom_links_keep_their_attributes_and_the_article_comes_last():
    """feedgen loses rel, type, length of an entry's links; feed2imap takes the last link."""
    links = [dict(link.attrib) for link in entry(feeds.full_story()).findall(A + "link")]
    assert [link["rel"] for link in links] == ["related", "related", "enclosure", "enclosure", "alternate"]
    mp3 = {
        "rel": "enclosure",
        "type": "audio/mpeg",
        "length": "1234",
        "href": "https://paper.example/a.mp3",
        "title": "录音",
    }
    assert links[2] == mp3
    assert links[3]["length"] == "0"


def test_atom_entry_without_content_has_one_alternate_link_only():
    links = entry(feeds.story(content="")).findall(A + "link")
    assert [(link.get("rel"), link.get("type")) for link in links] == [("alternate", "text/html")]


def test_atom_dates_are_in_utc_with_z_and_without_fractions():
    """elfeed drops offsets; SimplePie rounds fractions."""
    china = timezone(timedelta(hours=8))
    moment = datetime(2022, 1, 3, 12, 0, 5, 999_999, tzinfo=china)
    made = entry(feeds.story(published=moment, updated=moment))
    assert made.findtext(A + "published") == made.findtext(A + "updated") == "2022-01-03T04:00:05Z"


def test_an_update_never_lies_before_the_publication():
    """RFC 4287 4.2.9."""
    story = feeds.story(updated=feeds.NOON - timedelta(days=9))
    made = entry(story)
    assert made.findtext(A + "updated") == made.findtext(A + "published")
    assert jsonfeed.read(jsonfeed.write(feeds.feed(story)))[0].updated == story.updated


def test_atom_text_types():
    made = entry(feeds.story())
    assert {name: made.find(A + name).get("type") for name in ("title", "summary", "content")} == {
        "title": "text",
        "summary": "text",
        "content": "html",
    }


def test_atom_source_says_id_title_and_links_and_the_entrys_date():
    """RFC 4287 4.2.11, E14: provenance for the next reader."""
    source = entry(feeds.full_story()).find(A + "source")
    assert [source.findtext(A + name) for name in ("id", "title", "updated")] == [
        "https://paper.example/feed",
        "样报",
        "2022-01-03T04:00:00Z",
    ]
    assert {link.get("rel"): link.get("href") for link in source.findall(A + "link")} == {
        "self": "https://paper.example/rss.xml",
        "alternate": "https://paper.example/",
    }


def test_a_story_of_our_own_has_no_source():
    assert entry(feeds.story()).find(A + "source") is None
    assert item(feeds.story()).find("source") is None


def test_atom_entry_says_its_language_only_where_it_is_another():
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert entry(feeds.full_story()).get(lang) == "en"
    assert entry(feeds.story(language="zh-CN")).get(lang) is None
    assert entry(feeds.story(language="n'importe quoi")).get(lang) is None


def test_atom_category_has_term_and_label():
    category = entry(feeds.story()).find(A + "category")
    assert dict(category.attrib) == {"term": "guangzhouribao", "label": "广州日报"}


def test_atom_feed_links_to_itself_and_to_one_page_last():
    links = etree.fromstring(atom.write(feeds.feed(feeds.story()))).findall(A + "link")
    assert [link.get("rel") for link in links] == ["self", "related", "related", "alternate"]
    assert links[0].get("href") == "https://news.example/guangzhouribao/atom.xml"
    assert links[-1].get("href") == "https://news.example/guangzhouribao/"


def test_rss_item_has_guid_link_date_and_category_term():
    """rss-parser, feedsmith, atoma and tt-rss show no link without a link element."""
    story = feeds.full_story()
    made = item(story)
    assert (made.findtext("guid"), made.find("guid").get("isPermaLink")) == (story.id, "false")
    assert made.findtext("link") == story.link
    assert made.findtext("pubDate") == "Mon, 03 Jan 2022 03:58:00 +0000"
    assert [one.text for one in made.findall("category")] == ["guangzhouribao", "行情"]


def test_rss_keeps_authors_without_e_mail():
    """feedgen drops them."""
    assert [one.text for one in item(feeds.full_story()).findall(DC + "creator")] == ["王小明", "李雷"]


def test_rss_carries_the_first_enclosure_that_is_on_the_web():
    """RSS 2.0 enclosure: over HTTP; Best Practices: one."""
    files = (Enclosure(url="ftp://a.example/x"), *feeds.full_story().enclosures)
    found = item(feeds.story(enclosures=files)).findall("enclosure")
    assert [dict(one.attrib) for one in found] == [
        {"url": "https://paper.example/a.mp3", "length": "1234", "type": "audio/mpeg"}
    ]


def test_rss_source_names_the_feed_it_comes_from():
    source = item(feeds.full_story()).find("source")
    assert (source.get("url"), source.text) == ("https://paper.example/rss.xml", "样报")


def test_rss_channel_link_is_the_page_and_its_description_is_never_empty():
    """feedgen's channel link is the last link of any rel."""
    channel = etree.fromstring(rss.write(feeds.english_feed(feeds.story()))).find("channel")
    assert channel.findtext("link") == "https://news.example/guangzhouribao/"
    assert channel.findtext("description") == "Weather"
    assert channel.find("image") is None
    assert channel.findtext("lastBuildDate") == "Mon, 03 Jan 2022 03:59:00 +0000"


def test_rss_content_survives_the_end_of_a_cdata_section():
    """Jekyll's feeds break on it (FEATURES 52)."""
    content = "<p>a ]]> b</p>"
    assert item(feeds.story(content=content)).findtext(CONTENT) == content


def test_rss_description_of_plain_text_reads_as_that_text():
    """Readers take a description for HTML: no markup may arise, no entity may be eaten."""
    made = item(feeds.story(summary="<script>1</script> a<b ?x=1&copy=2 &lt; Q & A"))
    assert made.findtext("description") == "＜script>1＜/script> a＜b ?x=1&amp;copy=2 &amp;lt; Q & A"
