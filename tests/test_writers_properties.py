"""Laws of the writers, tried on everything that Unicode allows."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

import feeds
from coranto import writers
from coranto.model import Category, Enclosure, Person, Source, Story
from coranto.text import xml_safe
from coranto.writers import FILES, atom, jsonfeed
from coranto.writers.fit import fit
from examples import often
from judge import A, assert_valid, without_descriptions

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


SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


@settings(max_examples=often(60), **SLOW)
@example(made=[feeds.hostile_story()], title="<b>", description="\ud800&lt;")
@example(made=[feeds.story(title="", summary="", link="https://a.example/&amp;")], title="", description="")
@given(made=st.lists(stories(NASTY, URLS), max_size=2, unique_by=lambda s: s.id), title=NASTY, description=NASTY)
def test_whatever_an_entry_contains_every_format_is_valid(made, title, description):
    """DESIGN 5.4."""
    feed = feeds.feed(*made, title=title, description=description, site_title=title)
    assert_valid(feed)
    assert [name for name, _ in writers.documents(feed)] == [*FILES.values(), "index.html"]


@settings(max_examples=often(60), **SLOW)
@example(made=[without_descriptions(feeds.full_story())])
@given(made=st.lists(stories(CLEAN, CLEAN | URLS.map(xml_safe)), max_size=3))
def test_what_is_written_as_json_reads_back_the_same(made):
    """DESIGN 3.7: losing the store loses no story, id or date."""
    assert jsonfeed.read(jsonfeed.write(feeds.feed(*made))) == tuple(made)


@settings(max_examples=often(40), **SLOW)
@given(made=stories(NASTY, URLS))
def test_no_script_gets_into_a_document_as_an_address(made):
    for link in etree.fromstring(atom.write(feeds.feed(made))).iter(A + "link"):
        assert link.get("href").split(":")[0] in {"http", "https", "ftp", "gemini"}


@settings(max_examples=often(40), **SLOW)
@given(made=stories(NASTY, URLS))
def test_fitting_twice_changes_nothing(made):
    once = fit(feeds.feed(made))
    assert fit(once) == once
