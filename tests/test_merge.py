"""What a story says, and when it says something else (IDENTITY 13 to 15, 19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto.dedup.merge import (
    SUMMARY,
    Standing,
    Version,
    digest,
    first_updated,
    merge,
    next_updated,
    order,
    ranked,
    window,
    with_summary,
)
from coranto.model import Category, Enclosure, Person, Source, Story, Words
from coranto.text.anchors import anchor

NOON = datetime(2022, 1, 7, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
POSTS = Source(key="posts:posts", kind="posts")
PAPER = Source(key="paper.example/feed", kind="feed", title="样报", feed_url="https://paper.example/feed")
NEWS = Category(key="news", folder="news", title="News")
WANG, LI = Person(name="王"), Person(name="李")
SONG, FILM = Enclosure(url="https://a.example/1.mp3"), Enclosure(url="https://a.example/2.mp4")


def standing(uid: int = 1, **fields: object) -> Standing:
    return Standing(uid=uid, **{"rank": 0, "name": f"n{uid}", "published": NOON, **fields})


def version(link: str = "https://a.example/1", source: Source = POSTS, title: str = "题", **words: object) -> Version:
    return Version(source=source, title=title, link=link, published=NOON, words=Words(**words))


def merged(*versions: Version) -> Story:
    home = "https://news.example/all/#x"
    return merge(versions, public_id="tag:x:1", updated=NOON, categories=(NEWS,), home=home)


# -- the winner


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"rank": 0}, {"rank": 1, "fullness": 90_000}),
        ({"fullness": 1000}, {"fullness": 400}),
        ({"fullness": 0, "published": NOON}, {"fullness": 0, "published": NOON + HOUR}),
        ({"fullness": 1000, "published": NOON}, {"fullness": 1010, "published": NOON + HOUR}),  # not twice as long
        ({"name": "a"}, {"name": "b"}),
    ],
)
def test_the_winner_is_the_best_by_source_completeness_date_and_name(better, worse):
    """IDENTITY 13."""
    first, second = standing(2, **better), standing(1, **worse)
    assert ranked([second, first]) == (first, second)


@given(
    st.lists(st.builds(standing, st.integers(1, 99), rank=st.integers(0, 2), fullness=st.integers(0, 99)), max_size=6)
)
def test_the_order_is_total_and_that_of_arrival_is_irrelevant(standings):
    by_name = {one.name: one for one in standings}.values()
    assert ranked(by_name) == ranked(reversed(list(by_name)))
    assert len({order(one) for one in by_name}) == len(by_name)


# -- the words


def test_title_text_link_and_enclosures_are_the_winners_alone():
    """A union of enclosures would let a later source put something into a post."""
    story = merged(
        version(content="<p>本地</p>", enclosures=(SONG,)),
        version("https://b.example/1", PAPER, "别的", content="<p>longer</p>", enclosures=(FILM,)),
    )
    assert (story.title, story.link, story.content) == ("题", "https://a.example/1", "<p>本地</p>")
    assert story.enclosures == (SONG,)


def test_a_winner_without_enclosures_gets_none():
    assert merged(version(), version(enclosures=(FILM,))).enclosures == ()


def test_summary_authors_and_language_come_from_the_next_that_has_them():
    story = merged(version(), version(authors=(WANG,)), version(summary="摘要", authors=(LI,), language="zh"))
    assert (story.summary, story.authors, story.language) == ("摘要", (WANG,), "zh")
    assert merged(version(summary="自己的"), version(summary="别人的")).summary == "自己的"


def test_the_other_copies_are_related_each_once():
    story = merged(
        version("https://a/1"), version("https://b/1"), version(""), version("https://b/1"), version("https://a/1")
    )
    assert story.related == ("https://b/1",)


def test_a_story_says_where_it_comes_from_unless_it_is_ours():
    assert merged(version(source=PAPER), version()).source == PAPER
    assert merged(version(), version(source=PAPER)).source is None


def test_a_story_without_a_link_is_at_home():
    assert merged(version("")).link == "https://news.example/all/#x"


def test_a_summary_is_never_empty():
    assert with_summary("说的", "正文", "题") == "说的"
    assert with_summary("", "正文", "题") == "正文"
    assert with_summary("", "", "题") == "题"
    assert len(with_summary("", "长" * 1000, "题")) == SUMMARY


# -- updated


def story(**fields: object) -> Story:
    said = {
        "id": "tag:x:1",
        "title": "题",
        "link": "https://a/1",
        "published": NOON,
        "updated": NOON,
        "content": "<p>a b</p>",
    }
    return Story(**{**said, **fields})


@pytest.mark.parametrize(
    "change",
    [
        {"title": "题二"},
        {"link": "https://a/2"},
        {"content": "<p>a c</p>"},
        {"summary": "s"},
        {"published": NOON + HOUR},
        {"authors": (WANG,)},
        {"enclosures": (SONG,)},
        {"language": "zh"},
    ],
)
def test_what_a_feed_shows_changes_the_digest(change):
    assert digest(story(**change)) != digest(story())


@pytest.mark.parametrize(
    "change",
    [
        {"updated": NOON + HOUR},
        {"content": "<p>a\r\n  b</p>\n"},  # K7: line ends
        {"title": " 题 "},
        {"categories": (NEWS,)},
        {"related": ("https://b/1",)},
        {"source": PAPER},
        {"published": NOON.astimezone(UTC)},
        {"enclosures": ()},
    ],
)
def test_what_is_no_word_of_it_does_not(change):
    """IDENTITY 19: nor do the edits of an entry that is not shown."""
    assert digest(story(**change)) == digest(story())


def test_a_moved_site_does_not():
    homes = [f"https://{host}.example/all/#{anchor('tag:x:1')}" for host in ("old", "new")]
    assert digest(story(link=homes[0])) == digest(story(link=homes[1]))


def test_a_lost_surrogate_breaks_nothing():
    assert len(digest(story(title="\ud83d"))) == 32


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (None, NOON),
        (NOON + HOUR, NOON + HOUR),
        (NOON - HOUR, NOON),  # RFC 4287 4.2.15: no story is updated before it is published
        (NOON + 9 * HOUR, NOON),  # after the run
    ],
)
def test_updated_of_a_first_appearance(stated, expected):
    assert first_updated(stated, NOON, NOON + 2 * HOUR) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (None, NOON + 2 * HOUR),
        (NOON + HOUR, NOON + HOUR),
        (NOON, NOON + 2 * HOUR),
        (NOON - HOUR, NOON + 2 * HOUR),
        (NOON + 9 * HOUR, NOON + 2 * HOUR),
    ],
)
def test_updated_of_changed_words(stated, expected):
    assert next_updated(NOON, stated, NOON + 2 * HOUR) == expected


def test_updated_moves_even_when_the_clock_does_not():
    assert next_updated(NOON, None, NOON) > NOON
    assert next_updated(NOON, None, NOON - HOUR) > NOON


# -- the window


@pytest.mark.parametrize(
    ("dates", "limits", "shown"),
    [
        (0, (5, HOUR, 9), 0),
        (3, (5, HOUR, 9), 3),  # fewer than there may be
        (20, (5, timedelta(minutes=1), 9), 5),  # at least so many
        (20, (5, 6 * timedelta(minutes=10), 9), 7),  # and all that are young
        (20, (5, 99 * HOUR, 9), 9),  # but never more
        (20, (50, HOUR, 9), 9),
    ],
)
def test_a_window_by_count_and_age(dates, limits, shown):
    """SEED 7.4; measured from the newest story, never from now."""
    entries, age, most = limits
    stamps = [NOON - number * timedelta(minutes=10) for number in range(dates)]
    assert window(stamps, entries=entries, max_age=int(age.total_seconds()), max_entries=most) == shown


def test_a_merged_story_is_the_same_whichever_worse_copy_was_edited():
    winner, copy = version(content="<p>x</p>", summary="s", authors=(WANG,), language="zh"), version("https://b/1")
    edited = replace(copy, title="更正", words=Words(content="<p>y</p>", summary="t"))
    assert digest(merged(winner, copy)) == digest(merged(winner, edited))
