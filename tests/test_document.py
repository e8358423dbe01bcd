"""One document of an upstream into the store (R15 to R20; IDENTITY 5 to 7; law 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coranto.dedup.recognise import repeats
from coranto.intake.document import MOST_UPDATES
from coranto.model import Entry
from examples import often
from listening import DAY, HOUR, NOON, entry, listening


@pytest.fixture
def feed():
    with listening() as upstream:
        yield upstream


# -- law 5


def items() -> st.SearchStrategy[Entry]:
    return st.builds(
        entry,
        st.sampled_from(("", "g1", "g2", "urn:aa:3")),
        link=st.sampled_from(
            ("", "https://a.example/1", "https://a.example/2", "http://www.a.example/1/", "https://a.example/")
        ),
        title=st.sampled_from(("A", "Ｂ", "b", "C")),
        published=st.sampled_from((None, NOON, NOON + DAY, NOON - DAY)),
        content=st.sampled_from(("<p>x</p>", "<p>longer</p>")),
        categories=st.sampled_from(((), ("x",), ("y", "x"))),
    )


DOCUMENTS = st.lists(items(), min_size=1, max_size=7)


@settings(max_examples=often(80), deadline=None)
@given(DOCUMENTS, st.data())
def test_law_5_a_document_read_again_in_any_order_changes_nothing(document, data):
    with listening() as feed:
        feed.poll(*document)
        before = feed.tables()
        distinct = repeats(document, feed.library.url)
        assert len(feed.rows()) == len(distinct)
        feed.poll(*data.draw(st.permutations(document)))
        assert feed.tables() == before
        part = data.draw(st.lists(st.sampled_from(distinct), unique_by=id))
        feed.poll(*part, later=5 * DAY)
        assert feed.tables() == before
        assert not feed.store.stories.touched()


@settings(max_examples=often(80), deadline=None)
@given(DOCUMENTS, DOCUMENTS, st.sampled_from((timedelta(minutes=10), 2 * HOUR)), st.data())
def test_law_5_also_when_it_has_been_edited_meanwhile(first, second, later, data):
    with listening() as feed:
        feed.poll(*first)
        feed.poll(*second, later=later)
        feed.poll(*second, later=later)
        before = feed.tables()
        feed.poll(*data.draw(st.permutations(second)), later=timedelta(0))
        assert feed.tables() == before


@settings(max_examples=often(50), deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_no_item_is_ever_lost(first, second):
    """Each distinct item of a document has a row of its own that says what it says, or will."""
    with listening() as feed:
        feed.poll(*first)
        feed.poll(*second, later=2 * HOUR)
        said = [(one.title, one.words.content) for one in repeats(second, feed.library.url)]
        shown = feed.shown()
        assert all(shown.count(one) >= said.count(one) for one in said)


# -- R15 to R20


def test_what_a_feed_lists_no_longer_stays(feed):
    """R15, also when it lists nothing at all."""
    feed.poll(entry("g1"), entry("g2", link="https://a.example/2", title="二"))
    before = feed.tables()
    feed.poll(entry("g2", link="https://a.example/2", title="二"))
    feed.poll()
    assert feed.tables() == before
    assert feed.store.stories.count() == 2


def test_a_new_guid_on_the_same_article_is_no_new_article(feed):
    """R16."""
    feed.poll(entry("g1"))
    name, uid = feed.only().entry.name, feed.only().uid
    for number in range(2, 6):
        feed.poll(entry(f"g{number}"))
    assert (feed.only().entry.name, feed.only().uid, feed.only().entry.own_id) == (name, uid, "g5")
    assert feed.only().published == NOON


def test_one_guid_for_two_articles_gives_two_entries(feed):
    """R17: also when only one of them is listed later, and when that is edited."""
    one, two = entry("g", link="https://a.example/1", title="一"), entry("g", link="https://a.example/2", title="二")
    feed.poll(one, two)
    uids = {row.entry.title: row.uid for row in feed.rows()}
    feed.poll(two)
    feed.poll(replace(two, title="二（更新）"), later=2 * HOUR)
    feed.poll(two, one, later=2 * HOUR)
    assert {row.entry.title: row.uid for row in feed.rows()} == uids


def test_the_date_is_that_of_first_sight(feed):
    """R18: a feed that restates its dates at each poll moves nothing."""
    feed.poll(entry())
    for number in range(1, 4):
        feed.poll(entry(published=NOON + number * DAY, updated=NOON + number * DAY), later=DAY)
    assert feed.only().published == NOON
    assert feed.only().accepted == 0


def test_a_date_ahead_is_the_day_of_first_sight(feed):
    """R19: nothing in our output is later than the run."""
    feed.poll(entry(published=NOON + 400 * DAY))
    assert (feed.only().published, feed.only().state) == (NOON + HOUR, "live")


def test_without_a_date_it_is_first_sight(feed):
    """R20, and it stays so when a date is stated later."""
    feed.poll(entry(published=None))
    feed.poll(entry(published=None), later=DAY)
    feed.poll(entry(published=NOON - DAY), later=DAY)
    assert feed.only().published == NOON + HOUR


# -- R18: how often a text may change


def test_the_first_edit_is_shown_at_once(feed):
    feed.poll(entry(content="<p>old</p>"))
    feed.poll(entry(content="<p>new</p>", title="更正"))
    assert feed.shown() == [("更正", "<p>new</p>")]
    assert (feed.only().accepted, feed.only().accepted_at) == (1, feed.now)


def test_a_second_edit_within_the_hour_waits(feed):
    feed.poll(entry(content="<p>1</p>"))
    feed.poll(entry(content="<p>2</p>"))
    feed.poll(
        entry(content="<p>3</p>", title="更正", link="https://a.example/1?v=3", updated=NOON, categories=("new",)),
        later=timedelta(minutes=20),
    )
    assert feed.shown() == [("标题", "<p>2</p>")]
    assert feed.only().entry.categories == ("new",)  # what it is filed under is not its text
    feed.wait(timedelta(minutes=39))
    assert feed.shown() == [("标题", "<p>2</p>")]
    feed.wait(timedelta(minutes=1))
    assert feed.shown() == [("更正", "<p>3</p>")]
    shown = feed.only().entry
    assert (shown.link, shown.updated, shown.categories) == ("https://a.example/1?v=3", NOON, ("new",))
    assert (feed.only().accepted, feed.only().title_key) == (2, "更正")
    assert not feed.store.entries.has_pending()


def test_a_waiting_text_that_was_shown_is_no_news_when_it_is_polled_again(feed):
    again = entry(content="<p>3</p>", link="https://a.example/3", permalinks=("https://a.example/p/3",), updated=NOON)
    feed.poll(entry(content="<p>1</p>"))
    feed.poll(entry(content="<p>2</p>"))
    feed.poll(again, later=timedelta(minutes=20))
    feed.wait(HOUR)
    before = feed.tables()
    feed.poll(again)
    assert feed.tables() == before


def test_only_the_last_of_several_waiting_texts_is_shown(feed):
    for number in range(1, 6):
        feed.poll(entry(content=f"<p>{number}</p>"), later=timedelta(minutes=5))
    feed.wait(HOUR)
    assert feed.shown() == [("标题", "<p>5</p>")]
    assert feed.only().accepted == 2


def test_a_text_that_is_taken_back_while_it_waits_is_never_shown(feed):
    feed.poll(entry(content="<p>1</p>"))
    feed.poll(entry(content="<p>2</p>"))
    feed.poll(entry(content="<p>slip</p>"), later=timedelta(minutes=5))
    feed.poll(entry(content="<p>2</p>"), later=timedelta(minutes=5))
    assert not feed.store.entries.has_pending()
    feed.wait(DAY)
    assert feed.shown() == [("标题", "<p>2</p>")]


def test_a_feed_that_flips_for_ever_is_not_followed_for_ever(feed):
    """R18: 24 updates of one entry in all."""
    feed.poll(entry(content="<p>0</p>"))
    for number in range(1, MOST_UPDATES + 10):
        feed.poll(entry(content=f"<p>{number}</p>"), later=2 * HOUR)
        feed.wait(2 * HOUR)
    assert feed.only().accepted == MOST_UPDATES
    assert feed.shown() == [("标题", f"<p>{MOST_UPDATES}</p>")]


# -- what a feed takes back, and what settings keep out


def test_a_deleted_entry_leaves_and_returns(feed):
    """IDENTITY 6: `at:deleted-entry` contributes nothing, and is reversible."""
    feed.poll(entry("urn:a:1"), entry("urn:a:2", link="https://a.example/2", title="二"))
    uids = [row.uid for row in feed.rows()]
    feed.poll(entry("urn:a:2", link="https://a.example/2", title="二"), withdrawn=("urn:a:1", "urn:unknown:9", ""))
    assert [row.state for row in feed.rows()] == ["withdrawn", "live"]
    assert feed.store.stories.count() == 1
    feed.poll(entry("urn:a:1"))
    assert [(row.uid, row.state) for row in feed.rows()] == [(uid, "live") for uid in uids]
    assert feed.store.stories.count() == 2


def test_a_purged_entry_that_is_listed_again_is_not_news(feed):
    """IDENTITY 6: it keeps keys, dates and standing, and no words."""
    feed.poll(entry())
    feed.store.entries.set_state(feed.only().uid, "purged")
    feed.store.entries.forget_words(feed.only().uid)
    feed.poll(entry(content="<p>again</p>"), later=500 * DAY)
    assert feed.only().state == "purged"
    assert feed.store.entries.words(feed.only().uid) is None
    assert feed.store.stories.count() == 0


def test_a_word_of_settings_keeps_an_entry_out_and_an_edit_lets_it_in(feed):
    feed.poll(entry(title="招聘启事", dropped="招聘"))
    assert feed.only().state == "dropped"
    before = feed.tables()
    feed.poll(entry(title="招聘启事", dropped="招聘"))
    assert feed.tables() == before
    feed.poll(entry(title="启事"), later=2 * HOUR)
    assert feed.only().state == "live"
    assert feed.store.stories.count() == 1


def test_a_feed_with_a_new_name_has_its_stories_looked_at_again(feed):
    feed.poll(entry())
    feed.store.stories.mark_fresh(feed.only().story, "urn:x:1")
    feed.title = "新样报"
    feed.poll(entry())
    assert not feed.store.stories.place(feed.only().story).fresh
