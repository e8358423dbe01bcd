"""The three formats: valid whatever comes in, the same bytes every time, and nothing of feedgen's defects."""

from __future__ import annotations

import json
import locale
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

import feeds
import validate_feed
from coranto import writers
from coranto.anchors import anchor
from coranto.model import Category, Enclosure, Feed, Person, Source, Story
from coranto.text import xml_safe
from coranto.writers import FILES, atom, jsonfeed, rss
from coranto.writers.addresses import address, email, identifier, iri, language, media_type
from coranto.writers.fit import fit, headline
from golden import assert_golden

A = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
WRITE = {"atom": atom.write, "rss": rss.write, "json": jsonfeed.write}


def findings(data: bytes, url: str) -> list[str]:
    """What the validator says that must or should be otherwise."""
    found = validate_feed.check(data, url)
    return [f"{one['clause']} {one['where']}: {one['message']}" for one in found if one["level"] != "note"]


def assert_valid(feed: Feed) -> None:
    for name, write in WRITE.items():
        assert findings(write(feed), fit(feed).base + FILES[name]) == []


def entry(*stories: Story, **fields: object) -> etree._Element:
    found = etree.fromstring(atom.write(feeds.feed(*stories, **fields))).find(A + "entry")
    assert found is not None
    return found


def item(*stories: Story, **fields: object) -> etree._Element:
    found = etree.fromstring(rss.write(feeds.feed(*stories, **fields))).find("channel/item")
    assert found is not None
    return found


# --------------------------------------------------------------------------------------------------- golden files
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


# ------------------------------------------------------------------------------------------------- same input, same bytes
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


# ------------------------------------------------------------------------------------------------------------ Atom
def test_atom_links_keep_their_attributes_and_the_article_comes_last():
    """feedgen loses rel, type, length of an entry's links; feed2imap takes the last link (WRITING)."""
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
    """elfeed drops offsets; SimplePie rounds fractions (WRITING, "Dates")."""
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


# ------------------------------------------------------------------------------------------------------------- RSS
def test_rss_item_has_guid_link_date_and_category_term():
    """rss-parser, feedsmith, atoma and tt-rss show no link without a link element (WRITING, "Identity")."""
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


# ------------------------------------------------------------------------------------------------------- JSON Feed
def test_an_article_about_script_is_no_script():
    """Validators and filters search for the bare word; a browser shows the same text."""
    story = feeds.story(content="<p>JavaScript: the good parts</p>", summary="javascript : a <i>")
    assert_valid(feeds.feed(story))
    assert item(story).findtext(CONTENT) == "<p>JavaScript&#58; the good parts</p>"
    assert jsonfeed.read(jsonfeed.write(feeds.feed(story))) == (without_descriptions(story),)


def test_json_attachments_and_language():
    made = json.loads(jsonfeed.write(feeds.feed(feeds.full_story())))["items"][0]
    assert [file["mime_type"] for file in made["attachments"]] == ["audio/mpeg", "application/pdf"]
    assert made["language"] == "en"
    assert made["tags"] == ["广州日报", "行情"]


def test_json_has_one_line_an_item():
    lines = jsonfeed.write(feeds.feed(feeds.story(1), feeds.story(2))).decode().splitlines()
    assert len(lines) == 4
    assert json.loads(lines[1].rstrip(","))["title"] == "第1条：样例标题"


def test_reading_back_restores_even_what_was_not_fit_to_show():
    story = replace(
        feeds.hostile_story(),
        title="<b>Fat</b> &amp;lt;",
        summary="\ufffd <i>",
        content="<p>\ufffd</p>",
        authors=(Person(name="", uri="x y"),),
    )
    assert jsonfeed.read(jsonfeed.write(feeds.feed(story))) == (without_descriptions(story),)


@pytest.mark.parametrize("data", [b"", b"<rss/>", b"[]", b"{}", b'{"items": 3}', b"\xff\xfe{"])
def test_reading_something_else_raises(data):
    with pytest.raises(ValueError, match=r"JSON|Expecting|decode"):
        jsonfeed.read(data)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        3,
        {},
        {"id": 3},
        {"_coranto": 3},
        {"_coranto": {"source": {}}},
        {"_coranto": {"categories": [{"key": 1}]}},
        {"date_published": "yesterday"},
        {"_coranto": {"related": [1]}},
        {"attachments": [{"url": "https://a.example/"}]},
    ],
)
def test_an_item_that_somebody_broke_does_not_take_the_others_with_it(broken):
    document = json.loads(jsonfeed.write(feeds.feed(feeds.story(1), feeds.story(2))))
    first = document["items"][0]
    document["items"][0] = {**first, **broken} if isinstance(broken, dict) and broken else broken
    read = jsonfeed.read(json.dumps(document).encode())
    assert [story.id for story in read] == [feeds.story(2).id]


# ------------------------------------------------------------------------------------------- addresses and other tokens
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
    """WRITING, "Titles"."""
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


# ------------------------------------------------------------------------------------------------------ properties
# The validator sees UTF-8 read as Latin-1 in these letters, whoever wrote them.
TEXT = st.text(st.characters(exclude_categories=(), exclude_characters="Ãâå"), max_size=30)
CLEAN = TEXT.map(lambda text: xml_safe(text.replace("\ufffd", "")))
MARKUP = st.sampled_from(
    ["", "<b>", "</p>", "]]>", "&amp;", "&lt;", "&#1;", "%", "<script>", "\x00", "\ud800", "\ufffd"]
)
NASTY = st.lists(TEXT | MARKUP, max_size=4).map("".join)
URLS = st.builds("https://{}/{}".format, st.sampled_from(["a.example", "例子.example", "[", "a b", ""]), NASTY) | NASTY
MOMENTS = st.integers(700_000_000, 1_760_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


def stories(text: st.SearchStrategy[str], urls: st.SearchStrategy[str]) -> st.SearchStrategy[Story]:
    """Stories whose every text is drawn from ``text``; the content is a paragraph, as readers make it."""
    people = st.builds(Person, name=text, email=text, uri=urls)
    files = st.builds(Enclosure, url=urls, type=text, length=st.integers(-1, 10**12), title=text)
    categories = st.builds(Category, key=text, folder=text, title=text)
    sources = st.builds(
        Source, key=text, kind=st.sampled_from(["posts", "feed"]), id=urls, title=text, link=urls, feed_url=urls
    )
    return st.builds(
        Story,
        id=st.uuids().map("urn:uuid:{}".format),
        title=text,
        link=urls,
        published=MOMENTS,
        updated=MOMENTS,
        content=text.map(lambda words: "<p>" + words.replace("&", "&amp;").replace("<", "&lt;") + "</p>") | st.just(""),
        summary=text,
        authors=st.lists(people, max_size=2).map(tuple),
        categories=st.lists(categories, max_size=2).map(tuple),
        enclosures=st.lists(files, max_size=2).map(tuple),
        language=text | st.sampled_from(["zh-CN", "en", "zh_TW"]),
        source=st.none() | sources,
        related=st.lists(urls, max_size=2).map(tuple),
    )


def without_descriptions(story: Story) -> Story:
    return replace(story, categories=tuple(replace(one, description="") for one in story.categories))


SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


@settings(max_examples=120, **SLOW)
@example(made=[feeds.hostile_story()], title="<b>", description="\ud800&lt;")
@example(made=[feeds.story(title="", summary="", link="https://a.example/&amp;")], title="", description="")
@given(made=st.lists(stories(NASTY, URLS), max_size=2, unique_by=lambda s: s.id), title=NASTY, description=NASTY)
def test_whatever_an_entry_contains_every_format_is_valid(made, title, description):
    """DESIGN 5.4."""
    feed = feeds.feed(*made, title=title, description=description, site_title=title)
    assert_valid(feed)
    assert [name for name, _ in writers.documents(feed)] == [*FILES.values(), "index.html"]


@settings(max_examples=120, **SLOW)
@example(made=[without_descriptions(feeds.full_story())])
@given(made=st.lists(stories(CLEAN, CLEAN | URLS.map(xml_safe)), max_size=3))
def test_what_is_written_as_json_reads_back_the_same(made):
    """DESIGN 3.7: losing the store loses no story, id or date."""
    assert jsonfeed.read(jsonfeed.write(feeds.feed(*made))) == tuple(made)


@settings(max_examples=60, **SLOW)
@given(made=stories(NASTY, URLS))
def test_no_script_gets_into_a_document_as_an_address(made):
    for link in etree.fromstring(atom.write(feeds.feed(made))).iter(A + "link"):
        assert link.get("href").split(":")[0] in {"http", "https", "ftp", "gemini"}


@settings(max_examples=60, **SLOW)
@given(made=stories(NASTY, URLS))
def test_fitting_twice_changes_nothing(made):
    once = fit(feeds.feed(made))
    assert fit(once) == once
