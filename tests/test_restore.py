"""The store is lost, feeds/ is not, and something else happened at the same time (IDENTITY 20 and law 9, R7)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import feeds
from coranto.dedup.merge import digest
from coranto.model import Copy
from coranto.writers import FILES, readback
from examples import often
from judge import WRITE, assert_valid, without_descriptions
from river import HOUR, Site, item
from test_writers_properties import CLEAN, MOMENTS

FORMATS = list(FILES)
FIRST, SECOND = "https://x.example/1", "https://x.example/2"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def in_format(site: Site, name: str) -> Site:
    site.extra = f"feeds: {{formats: [{name}]}}\n"
    return site


def upstream_items(**first: str) -> tuple[str, str]:
    return (
        item("https://u.example/?p=1", **{"title": "江城：上游的题", "link": FIRST} | first),
        item("https://u.example/?p=2", title="第二条", link=SECOND, published="2022-01-06T00:00:00Z"),
    )


def assert_nothing_changes(site: Site, before: dict[str, bytes], later: int = 50) -> None:
    """Neither this build nor the next one writes a byte."""
    for hours in (later, 1):
        report = site.build(later=hours * HOUR)
        assert site.files() == before
        assert (report.feeds.written, report.feeds.removed) == ([], [])


# -- other copies of a story


def test_a_story_carries_its_copies_and_they_move_no_update(site):
    site.post("posts/1.md", category="a", link=FIRST)
    site.feed("u", *upstream_items())
    site.build()
    story = site.story("江城：第一条")
    (copy,) = story.copies
    assert (copy.source, copy.own_id, copy.link) == ("file:up/u.xml", "https://u.example/?p=1", FIRST)
    assert (copy.title, copy.published, copy.categories) == ("江城：上游的题", story.published, ())
    assert digest(replace(story, copies=())) == digest(story)
    site.feed("u", *upstream_items(title="江城：改了"))
    site.build()
    assert site.story("江城：第一条").copies[0].title == "江城：改了"
    assert site.story("江城：第一条").updated == story.updated


@pytest.mark.parametrize("name", FORMATS)
def test_a_copy_that_its_upstream_lists_no_longer_keeps_the_story_in_its_category(site, name):
    in_format(site, name)
    site.post("posts/1.md", category="a", link=FIRST)
    first, second = upstream_items()
    site.feed("u", first, second)
    site.build()
    before = site.files()
    site.feed("u", second)
    site.build()
    assert site.files() == before
    assert len(readback.read(FILES[name], before[f"u/{FILES[name]}"])) == 2
    site.lose_state()
    assert_nothing_changes(site, before)
    site.feed("u", first, second)  # it is listed again: the same row
    assert_nothing_changes(site, before)
    assert Counter(row.source for row in site.rows()) == {1: 1, 2: 2}


@pytest.mark.parametrize("name", FORMATS)
def test_a_copy_keeps_the_categories_that_it_states_itself(site, name):
    in_format(site, name)
    site.upstream_lines["u"] = "category: u\nown_categories: true"
    site.post("posts/1.md", category="a", link=FIRST)
    first, second = upstream_items(more='<category term="Wind  Rain"/><category term="行情"/>')
    site.feed("u", first, second)
    site.build()
    before = site.files()
    assert f"行情/{FILES[name]}" in before
    site.feed("u", second)
    site.lose_state()
    assert_nothing_changes(site, before)
    site.feed("u", first, second)
    assert_nothing_changes(site, before)


def test_what_only_a_copy_states_stays_though_the_copy_is_gone(site):
    """IDENTITY 13: missing summary, authors and language come from the next entry."""
    site.post("posts/1.md", category="a", link=FIRST)
    first, second = upstream_items(more="<author><name>王小明</name></author><summary>上游的摘要。</summary>")
    site.feed("u", first, second)
    site.build()
    before, story = site.files(), site.story("江城：第一条")
    assert (story.authors[0].name, story.summary) == ("王小明", "上游的摘要。")
    site.feed("u", second)
    site.lose_state()
    assert_nothing_changes(site, before)


def test_links_of_several_copies_keep_their_order(site):
    """Also those of two copies in one source, however full they were."""
    site.post("posts/1.md", category="a", link=FIRST, matter="infoCode: NW202201072239307540")
    code = "?infoCode=NW202201072239307540"
    site.feed(
        "u",
        item("https://u.example/?p=1", title="甲", link="https://u.example/z" + code, text="短。"),
        item("https://u.example/?p=2", title="甲", link="https://u.example/y" + code, text="长。" * 900),
    )
    site.feed("w", item("https://w.example/?p=1", title="乙", link="https://w.example/1" + code))
    site.build()
    (story,) = site.stories()
    assert [link.partition("?")[0] for link in story.related] == [
        "https://u.example/z",
        "https://u.example/y",
        "https://w.example/1",
    ]
    site.feed(
        "u", item("https://u.example/?p=9", title="别的", link="https://u.example/9", published="2020-01-01T00:00:00Z")
    )
    site.feed("w")
    site.lose_state()
    site.build(later=50 * HOUR)
    (after,) = site.stories("w")
    assert after == story


def test_a_copy_whose_code_stands_only_in_another_address_joins_again(site):
    site.post("posts/1.md", category="a", link=FIRST, matter="infoCode: NW202201072239307540")
    via = '<link rel="via" href="https://v.example/?infoCode=NW202201072239307540"/>'
    other = item("https://u.example/?p=2", title="第二条", link=SECOND)
    site.feed("u", item("https://u.example/?p=1", title="别的题", link="https://u.example/1", more=via), other)
    site.build()
    before = site.files()
    assert len(site.stories("u")) == 2
    site.feed("u", other)
    site.lose_state()
    assert_nothing_changes(site, before)


def test_a_story_whose_every_source_lists_it_no_longer_stays_as_it_is(site):
    """The winner and its copy are both of upstreams, one with categories of its own whose title settings give."""
    site.upstream_lines["u"] = "category: u\nown_categories: true"
    site.extra = "categories:\n  rain: {title: 雨}\n"
    site.feed("u", *upstream_items(more='<category term="Rain"/>'))
    site.feed("w", item("", title="又一份", link=FIRST, published=""))
    site.build()
    before = site.files()
    assert len(site.stories("w")) == 1
    site.feed("u")
    site.feed("w")
    site.lose_state()
    assert_nothing_changes(site, before)
    site.feed("u", *upstream_items(more='<category term="Rain"/>'))
    site.feed("w", item("", title="又一份", link=FIRST, published=""))
    assert_nothing_changes(site, before)
    assert len(site.rows()) == 3


def test_a_copy_of_an_upstream_that_is_gone_from_settings_is_not_given_back(site):
    site.post("posts/1.md", category="a", link=FIRST)
    site.feed("u", *upstream_items())
    site.build()
    site.upstreams.clear()
    site.lose_state()
    site.build()
    assert (site.story("江城：第一条").copies, site.stories("u")) == ((), ())


def test_a_copy_that_would_not_join_its_story_any_more_makes_no_double(site):
    """Settings let its key join nothing since."""
    site.post("posts/1.md", category="a", link=FIRST)
    first, second = upstream_items()
    site.feed("u", first, second)
    site.build()
    site.feed("u", second)
    site.extra = 'identity: {ignore: ["url:x.example/1"]}\n'
    site.lose_state()
    site.build()
    assert sorted(site.titles()) == ["江城：第一条", "第二条"]


def test_a_post_that_is_deleted_leaves_its_story_to_the_copy(site):
    site.post("posts/1.md", category="a", link=FIRST)
    site.post("posts/2.md", title="别的", category="a")
    first, second = upstream_items()
    site.feed("u", first, second)
    site.build()
    before = site.ids()
    (site.folder / "posts/1.md").unlink()
    site.lose_state()
    site.build()
    assert site.story("江城：上游的题").id == before["江城：第一条"]
    assert len(site.rows()) == 3
    assert len(site.stories()) == 3


COPIES = st.builds(
    Copy,
    source=CLEAN,
    own_id=CLEAN,
    link=CLEAN | st.just(feeds.story().link),
    title=CLEAN | st.just(feeds.story().title),
    published=st.none() | MOMENTS,
    permalinks=st.lists(CLEAN, max_size=2).map(tuple),
    categories=st.lists(CLEAN, max_size=2).map(tuple),
)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=often(40), deadline=None)
@given(copies=st.lists(COPIES, max_size=2).map(tuple))
def test_copies_read_back_the_same_from_every_format(name, copies):
    story = replace(without_descriptions(feeds.full_story()), copies=copies)
    assert readback.read(FILES[name], WRITE[name](feeds.feed(story))) == (story,)


@pytest.mark.parametrize("name", FORMATS)
def test_a_copy_that_says_what_its_story_says_costs_next_to_nothing(name):
    story = feeds.full_story()
    copy = Copy(source="u.example/feed", link=story.link, title=story.title, published=story.published)
    plain, carrying = (WRITE[name](feeds.feed(one)) for one in (story, replace(story, copies=(copy,))))
    assert len(carrying) - len(plain) < 130
    assert_valid(feeds.feed(replace(story, copies=(copy,))))


@pytest.mark.parametrize("name", FORMATS)
def test_a_copy_that_somebody_broke_takes_only_its_story_with_it(name):
    copy = Copy(source="u.example/feed", own_id="u", link="", title="x", published=feeds.NOON)
    data = WRITE[name](feeds.feed(feeds.story(1, copies=(copy,)), feeds.story(2)))
    when = b'"2022-01-03T04:00:00Z"'
    there = b'title="x" published=' + when if name != "json" else b'"title":"x","published":' + when
    assert there in data
    read = readback.read(FILES[name], data.replace(there, there.replace(when, b'"soon"')))
    assert [story.id for story in read] == [feeds.story(2).id]


# -- a post that is broken just then


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("matter", ["", "infoCode: NW202201072239307540"])
def test_a_broken_post_whose_id_its_path_does_not_tell_stays(site, name, matter):
    """R7."""
    in_format(site, name)
    file = site.post("posts/1.md", category="a", link=FIRST, matter=matter)
    site.post("posts/2.md", title="第二条", category="a b")
    site.build()
    before, good = site.files(), file.read_bytes()
    file.write_text("---\ntitle: [\n---\n")
    site.lose_state()
    assert_nothing_changes(site, before)
    file.write_bytes(good)
    assert_nothing_changes(site, before)
    assert [row.state for row in site.rows()].count("live") == 2
    with site.store() as store:
        assert store.history.recovered() == []


def test_a_broken_post_stays_with_its_copies(site):
    file = site.post("posts/1.md", category="a", link=FIRST)
    site.post("posts/2.md", title="别的", category="a")
    site.feed("u", *upstream_items())
    site.build()
    before, good = site.files(), file.read_bytes()
    file.write_text("---\ntitle: [\n---\n")
    site.lose_state()
    assert_nothing_changes(site, before)
    file.write_bytes(good)
    assert_nothing_changes(site, before)


def test_a_post_that_moved_once_and_is_broken_stays(site):
    """Its id is that of its first path, and it has neither link nor code."""
    file = site.post("posts/old.md", title="搬过家", category="a")
    site.post("posts/2.md", title="第二条", category="a")
    site.build()
    file = file.rename(site.folder / "posts/new.md")
    site.build()
    before, good = site.files(), file.read_bytes()
    file.write_text("---\ntitle: [\n---\n")
    site.lose_state()
    assert_nothing_changes(site, before)
    file.write_bytes(good)
    assert_nothing_changes(site, before)
    assert len(site.stories()) == 2


def test_a_broken_post_that_is_repaired_with_other_words_is_one_story_under_its_id(site):
    file = site.post("posts/1.md", category="a", link=FIRST)
    site.post("posts/2.md", title="第二条", category="a", link=FIRST + "0")
    site.build()
    before = site.ids()
    file.write_text("---\ntitle: [\n---\n")
    site.lose_state()
    site.build()
    site.post("posts/1.md", title="改正了", date="2022-01-07 23:00:00 +0800", category="a", link=FIRST)
    site.build()
    assert site.ids() == {"改正了": before["江城：第一条"], "第二条": before["第二条"]}


def test_of_several_broken_posts_each_comes_back_by_itself(site):
    files = [site.post(f"posts/{number}.md", title=f"第{number}条", link=f"{FIRST}{number}") for number in range(4)]
    site.build()
    before, good = site.files(), [file.read_bytes() for file in files]
    for file in files[:3]:
        file.write_text("---\ntitle: [\n---\n")
    site.lose_state()
    assert_nothing_changes(site, before)
    for file, body in zip(files[:3], good, strict=False):
        file.write_bytes(body)
        assert_nothing_changes(site, before)


def test_what_stood_in_for_a_deleted_post_leaves_when_no_post_is_broken_any_more(site):
    for number in range(4):
        site.post(f"posts/{number}.md", title=f"第{number}条", link=f"{FIRST}{number}")
    site.build()
    before, broken = site.files(), site.folder / "posts/0.md"
    good = broken.read_bytes()
    broken.write_text("---\ntitle: [\n---\n")
    (site.folder / "posts/1.md").unlink()
    site.lose_state()
    assert_nothing_changes(site, before)
    broken.write_bytes(good)
    site.build()
    assert sorted(site.titles()) == ["第0条", "第2条", "第3条"]


def test_a_broken_post_that_is_deleted_leaves(site):
    file = site.post("posts/1.md", title="第一条", link=FIRST)
    site.post("posts/2.md", title="第二条", link=SECOND)
    site.build()
    before = site.ids()
    file.write_text("---\ntitle: [\n---\n")
    site.lose_state()
    site.build()
    file.unlink()
    site.build()
    assert site.titles() == ["第二条"]
    site.post("posts/1.md", title="第一条", link=FIRST)  # put back, it keeps its id
    site.build()
    assert site.ids() == before


# -- posts that are not there


def many(site: Site, count: int) -> None:
    for number in range(count):
        site.post(f"posts/{number}.md", title=f"第{number}条", date=f"2022-01-05 09:00:{number:02} +0800")


@pytest.mark.parametrize(("count", "left"), [(2, 0), (12, 0), (12, 6), (10, 5)])
def test_posts_that_are_not_there_are_held_to_be_an_accident(site, count, left):
    many(site, count)
    site.build()
    before = site.files()
    kept = {file: file.read_bytes() for file in (site.folder / "posts").iterdir()}
    for file in sorted(kept)[left:]:
        file.unlink()
    site.lose_state()
    for _ in range(2):
        report = site.build()
        (failure,) = report.posts.failed
        assert failure.where == "posts/**/*.md"
        assert f"{count - left} of {count} posts that stand in feeds/ are not there" in failure.error
        assert "--accept-deleted" in failure.error
        assert (site.files(), report.feeds.written, report.feeds.removed) == (before, [], [])
    for file, body in kept.items():
        file.write_bytes(body)
    report = site.build()
    assert (site.files(), report.posts.failed, report.feeds.written) == (before, [], [])


def test_posts_that_are_not_there_leave_when_that_is_right(site):
    many(site, 12)
    site.build()
    for number in range(8):
        (site.folder / f"posts/{number}.md").unlink()
    site.lose_state()
    assert site.build().posts.failed
    report = site.build(accept_deleted=True)
    assert report.posts.failed == []
    assert len(site.stories()) == 4
    with site.store() as store:
        assert store.history.recovered() == []


def test_few_posts_that_are_not_there_just_leave(site):
    many(site, 12)
    site.build()
    for number in range(5):
        (site.folder / f"posts/{number}.md").unlink()
    site.lose_state()
    report = site.build()
    assert (report.posts.failed, len(site.stories())) == ([], 7)


def test_a_folder_of_posts_that_is_not_there_is_held_too(site):
    many(site, 3)
    site.feed("u", *upstream_items())
    site.build()
    before = site.files()
    (site.folder / "posts").rename(site.folder / "elsewhere")
    site.lose_state()
    assert len(site.build().posts.failed) == 1
    assert site.files() == before
    (site.folder / "elsewhere").rename(site.folder / "posts")
    assert_nothing_changes(site, before, later=1)


# -- posts that say the same


def test_posts_with_the_same_words_in_two_categories_keep_their_ids(site):
    site.post("posts/1.md", category="c1")
    site.post("posts/2.md", category="c2")
    site.build()
    before = site.files()
    assert len({story.id for story in site.stories()}) == 2
    site.lose_state()
    assert_nothing_changes(site, before)


@pytest.mark.parametrize("swapped", [False, True])
def test_posts_with_the_same_words_that_moved_once_are_told_apart_by_their_categories(site, swapped):
    files = [site.post(f"posts/{number}.md", category=f"c{number}") for number in (1, 2)]
    site.build()
    for file, name in zip(files, ("z", "y") if swapped else ("y", "z"), strict=True):
        file.rename(site.folder / f"posts/{name}.md")
    site.build()
    before = site.files()
    site.lose_state()
    assert_nothing_changes(site, before)
