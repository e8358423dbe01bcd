"""Our feeds read back: every format alone gives back every story, id and date (DESIGN 3.7, IDENTITY 20 and law 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

import feeds
from coranto.dedup.merge import digest
from coranto.model import Person, Source, Story
from coranto.text import xml_safe
from coranto.writers import FILES, leftover, readback
from examples import often
from judge import WRITE, A, assert_valid, without_descriptions
from loopback import http, loopback
from river import HOUR, Site, item
from test_writers_properties import CLEAN, NASTY, URLS, stories

FORMATS = list(FILES)
XML = ["atom", "rss"]
SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
OTHER_RSS = b"<rss version='2.0'><channel><generator>Jekyll</generator></channel></rss>"
OTHER_ATOM = b"<feed xmlns='http://www.w3.org/2005/Atom'><generator>Jekyll</generator></feed>"
STORY = f"{{{leftover.NAMESPACE}}}story"


def again(name: str, *made: Story) -> tuple[Story, ...]:
    """The stories, written as ``name`` and read back."""
    return readback.read(FILES[name], WRITE[name](feeds.feed(*made)))


def shown(story: Story) -> tuple[object, ...]:
    """What law 9 says of a story whose state was lost."""
    return digest(story), story.id, story.published, story.updated, story.source


# -- the inverse


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=often(60), **SLOW)
@example(made=[without_descriptions(feeds.full_story())])
@example(made=[feeds.story(summary="javascript : &#58; &amp; &#58;", content="<p>javascript: &#58;</p>")])
@given(made=st.lists(stories(CLEAN, CLEAN | URLS.map(xml_safe)), max_size=3))
def test_what_is_written_reads_back_the_same(name, made):
    back = again(name, *made)
    assert [shown(story) for story in back] == [shown(story) for story in made]
    assert back == tuple(without_descriptions(story) for story in made)


@pytest.mark.parametrize("name", XML)
@settings(max_examples=often(40), **SLOW)
@example(made=feeds.hostile_story())
@example(made=feeds.story(language="\x08AA_000"))
@given(made=stories(NASTY, URLS))
def test_whatever_an_entry_contains_it_reads_back_and_writes_the_same_bytes(name, made):
    written = WRITE[name](feeds.feed(made))
    (back,) = readback.read(FILES[name], written)
    assert WRITE[name](feeds.feed(back)) == written


@pytest.mark.parametrize("name", FORMATS)
def test_what_had_to_change_to_be_shown_reads_back_as_it_was(name):
    story = feeds.story(
        title="<b>Fat</b> &amp;lt;",
        summary="\ufffd <i>",
        content="<p>\ufffd javascript: 1</p>",
        updated=feeds.NOON - timedelta(days=9),
        authors=(Person(name="", uri="x y"),),
        categories=(),
        source=Source(key="file:up/a.xml", kind="feed", feed_url="up/a.xml"),
    )
    assert again(name, story) == (story,)


def test_an_ordinary_atom_entry_needs_no_element_of_ours():
    """A source's key is its address, unless it moved or is a file."""
    plain, moved = feeds.full_story(), feeds.story(3, source=replace(feeds.PAPER, key="old.example/feed"))
    written = etree.fromstring(WRITE["atom"](feeds.feed(feeds.story(1), plain, moved)))
    assert [entry.find(STORY) is None for entry in written.iter(A + "entry")] == [True, True, False]


@pytest.mark.parametrize("name", XML)
def test_an_element_of_ours_leaves_a_document_valid(name):
    feed = feeds.feed(feeds.full_story(), feeds.hostile_story())
    assert b"<coranto:story" in WRITE[name](feed)
    assert_valid(feed)


@pytest.mark.parametrize("name", XML)
def test_a_feed_from_before_our_element_reads_as_far_as_it_says(name):
    root = etree.fromstring(WRITE[name](feeds.feed(feeds.full_story())))
    for element in list(root.iter(STORY)):
        element.getparent().remove(element)
    (back,) = readback.read(FILES[name], etree.tostring(root))
    story = feeds.full_story()
    assert (back.id, back.published, back.source.key) == (story.id, story.published, feeds.PAPER.key)


# -- what is no feed of ours


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("data", [b"", b"\xff\xfe{", b"[]", b"<rss/>", OTHER_RSS, OTHER_ATOM])
def test_what_is_no_feed_of_ours_raises(name, data):
    with pytest.raises(ValueError, match=r"not an? |Expecting|decode"):
        readback.read(FILES[name], data)


def test_a_file_by_another_name_raises():
    with pytest.raises(ValueError, match=r"atom\.xml"):
        readback.read("index.html", b"")


@pytest.mark.parametrize("name", XML)
def test_an_entity_reads_nothing_in(name, tmp_path):
    """No file and no bomb gets in by a document type."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    body = WRITE[name](feeds.feed(feeds.story(title="TITLE"))).partition(b"?>")[2]
    data = b'<!DOCTYPE x [<!ENTITY e SYSTEM "%s">]>' % secret.as_uri().encode() + body.replace(b"TITLE", b"a&e;b")
    with pytest.raises(ValueError, match="document type"):
        readback.read(FILES[name], data)


@pytest.mark.parametrize(
    ("name", "there", "broken"),
    [
        ("atom", b"<published>2022-01-03T03:59:00Z</published>", b"<published>yesterday</published>"),
        ("atom", b"<id>tag:news.example,2021:code/NW000000000000000001</id>", b"<id/>"),
        ("atom", b'rel="alternate" type="text/html" href="https://paper.example/news', b'rel="x" href="/news'),
        ("atom", b'length="1"', b'length="many"'),
        ("atom", b'key="k"', b'wrong="k"'),
        ("rss", b"<pubDate>Mon, 03 Jan 2022 03:59:00 +0000</pubDate>", b"<pubDate>yesterday</pubDate>"),
        ("rss", b"<title>TITLE</title>", b"<title></title>"),
        ("rss", b'title="A file"', b'wrong="x"'),
        ("rss", b'key="k"', b""),
        ("rss", b'updated="2022-01-03T04:00:00Z"', b'updated="soon"'),
        ("rss", b'href="https://m.example/1"', b""),
    ],
)
def test_an_entry_that_somebody_broke_does_not_take_the_others_with_it(name, there, broken):
    first = feeds.story(
        1,
        title="TITLE",
        updated=feeds.NOON,
        enclosures=(replace(feeds.full_story().enclosures[0], length=1, title="A file"),),
        source=replace(feeds.PAPER, key="k"),
        related=("https://m.example/1",),
    )
    data = WRITE[name](feeds.feed(first, feeds.story(2)))
    assert there in data
    read = readback.read(FILES[name], data.replace(there, broken, 1))
    assert [story.id for story in read] == [feeds.story(2).id]


# -- the store is lost


def lively(site: Site) -> None:
    """A site with all that can be lost: posts, an upstream without dates and ids, one that lists less every day."""
    site.post("posts/a.md", title="江城 <b>：第一条", link="https://paper.example/1", matter="tags: [x]")
    site.post("posts/b.md", title="第二条", category="emnews Wind", text="javascript: 一 &amp; 二")
    site.feed(
        "Rain",
        item("https://rain.example/1", title="雨 & 风 <1>", link="https://rain.example/1?a=1&b=2"),
        item("", title="没有日期", link="https://rain.example/2", published=""),
        item("https://rain.example/3", title="第二条", link="https://rain.example/3", published="2022-01-05T00:00:00Z"),
        item("", title="没有链接", published="2022-01-06T00:00:00Z"),
        title="雨报",
    )


def site_of(folder, formats: str) -> Site:
    site = Site(folder)
    site.extra = f"feeds: {{formats: [{formats}]}}\n"
    return site


@pytest.mark.parametrize("formats", ["atom", "rss", "json", "rss, atom"])
def test_the_store_is_lost_and_feeds_stay_byte_for_byte(tmp_path, formats):
    site = site_of(tmp_path, formats)
    lively(site)
    site.build()
    before = site.files()
    assert set(FILES.values()) - {FILES[one] for one in formats.split(", ")} == {
        name for name in FILES.values() if f"all/{name}" not in before
    }
    site.lose_state()
    report = site.build(later=50 * HOUR)
    assert site.files() == before
    assert (report.feeds.written, report.feeds.removed) == ([], [])


@pytest.mark.parametrize("formats", ["atom", "rss", "json"])
def test_what_an_upstream_no_longer_lists_stays_when_the_store_is_lost(tmp_path, formats):
    site = site_of(tmp_path, formats)
    lively(site)
    site.build()
    before = site.files()
    site.lose_state()
    site.feed("Rain", title="雨报")
    site.build(later=50 * HOUR)
    assert site.files() == before
    site.build()
    assert site.files() == before


@pytest.mark.parametrize("formats", ["atom", "rss", "json"])
def test_an_update_that_is_out_stays_when_the_store_is_lost(tmp_path, formats):
    """Law 9: every id, winner and `updated` is equal."""
    site = site_of(tmp_path, formats)
    lively(site)
    site.build()
    site.post("posts/b.md", title="第二条", category="emnews Wind", text="三")
    site.build(later=5 * HOUR)
    before = site.files()
    site.lose_state()
    site.build(later=50 * HOUR)
    assert site.files() == before


def test_other_formats_are_asked_for_while_the_store_is_lost(tmp_path):
    site = site_of(tmp_path, "atom")
    lively(site)
    site.build()
    before = readback.read("atom.xml", site.files()["all/atom.xml"])
    site.lose_state()
    site.feed("Rain", title="雨报")
    site.extra = "feeds: {formats: [json, rss]}\n"
    report = site.build(later=50 * HOUR)
    assert site.stories() == before
    assert readback.read("rss.xml", site.files()["all/rss.xml"]) == before
    assert [path for path in report.feeds.removed if path.endswith("/atom.xml")] == sorted(report.feeds.removed)
    assert "all/atom.xml" not in site.files()


@pytest.mark.parametrize("formats", ["atom", "rss", "json"])
def test_a_post_that_is_broken_when_the_store_is_lost_stays(tmp_path, formats):
    """R7; its id is told by its file's name."""
    site = site_of(tmp_path, formats)
    site.extra += 'identity:\n  info_code:\n    - {file: "(\\\\d{18})", as: "NW{1}"}\n'
    file = site.post("posts/2022-01-07-202201072239307540.md", category="TechWeb")
    site.post("posts/b.md", title="第二条")
    site.build()
    before = site.files()
    site.lose_state()
    file.write_text("---\ntitle: [\n---\n")
    site.build(later=50 * HOUR)
    assert site.files() == before


@pytest.mark.parametrize("formats", ["atom", "rss", "json"])
def test_an_upstream_that_is_down_when_the_store_is_lost_keeps_its_stories(tmp_path, formats):
    site = site_of(tmp_path, formats)
    lively(site)
    served = (tmp_path / "up" / "Rain.xml").read_bytes()
    site.upstreams.clear()
    with loopback(http(served)) as server:
        site.extra += "fetch: {private: [127.0.0.1], pause: 0s}\n"
        site.extra += f"upstreams:\n  - {{url: '{server.url()}', category: Rain}}\n"
        site.build()
        before = site.files()
        site.lose_state()
        server.answers[""] = http(b"", "500 Internal Server Error")
        site.build(later=50 * HOUR)
        assert site.files() == before
        server.answers[""] = http(served)
        site.build(later=50 * HOUR)
        assert site.files() == before
    assert len(server.log) == 3


def test_the_first_feed_that_can_be_read_is_taken(tmp_path):
    site = Site(tmp_path)
    lively(site)
    site.build()
    before = site.files()
    site.lose_state()
    for folder in ("all", "emnews", "rain", "wind"):
        (tmp_path / "feeds" / folder / "feed.json").write_text("{")
        (tmp_path / "feeds" / folder / "atom.xml").write_text("<feed/>")
    site.build(later=50 * HOUR)
    assert site.files() == before


def test_a_folder_without_a_feed_of_ours_is_left_alone(tmp_path):
    site = Site(tmp_path)
    lively(site)
    other = tmp_path / "feeds" / "other" / "rss.xml"
    other.parent.mkdir(parents=True)
    other.write_text("<rss/>")
    site.build()
    assert other.read_text() == "<rss/>"
    with site.store() as store:
        assert store.outputs.of("other") == {}
