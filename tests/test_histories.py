"""What became of stories over several runs: moves, merges, partings, purges, a lost store (IDENTITY 6, 11, 16 to 20)."""

from __future__ import annotations

import pytest

from river import HOUR, ROLLING, N, Site, item, media, rolling


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


# -- histories


def test_a_post_that_moves_to_the_archive_in_one_build_keeps_its_id(site):
    site.posts = ["_posts", "old_post"]
    file = site.post(f"_posts/2022-01-07-{N}.md", link=f"{ROLLING}{N}.html")
    linked = site.post("_posts/2022-01-07-linked.md", title="只有链接", link="http://x.example/1")
    (site.folder / "old_post").mkdir()
    site.build()
    before = {(story.id, story.published, story.updated) for story in site.stories()}
    for one in (file, linked):
        one.rename(site.folder / "old_post" / one.name)
    site.post("_posts/2022-01-08-new.md", title="新的")
    site.build()
    after = {(story.id, story.published, story.updated) for story in site.stories() if story.title != "新的"}
    assert after == before


def test_a_post_that_moves_inside_its_folder_keeps_its_id(site):
    """Also one that has nothing but its name."""
    file = site.post("posts/2022-01-07-bare.md")
    site.post("posts/2022-01-06-other.md", title="另一条")
    site.build()
    before = site.ids()
    (site.folder / "posts" / "2022").mkdir()
    file.rename(site.folder / "posts" / "2022" / file.name)
    site.build()
    assert site.ids() == before


@pytest.mark.parametrize("link", ["", "http://x.example/1"])
def test_a_post_deleted_and_put_back_keeps_id_and_date(site, link):
    site.post("posts/2022-01-06-other.md", title="另一条")
    file = site.post("posts/2022-01-07-p.md", link=link)
    site.build()
    before, body = site.stories(), file.read_bytes()
    file.unlink()
    site.build()
    assert site.titles() == ["另一条"]
    file.write_bytes(body)
    site.build()
    assert site.stories() == before


def test_a_deleted_post_goes_on_in_the_words_of_another_source_under_its_id(site):
    file = media(site, title="本地")
    site.post("posts/2022-01-06-other.md", title="另一条")
    site.feed("a", item("https://a.example/?p=1", title="上游", link=f"http://a.example/1?infoCode=NW{N}"))
    site.build()
    public_id, body = site.story("本地").id, file.read_bytes()
    file.unlink()
    site.build()
    assert site.story("上游").id == public_id
    file.write_bytes(body)
    site.build()
    assert site.story("本地").id == public_id


def test_when_two_published_stories_become_one_the_other_id_is_an_alias(site):
    """IDENTITY 17, 18: the id of the words that win leads, whichever is older; the alias stays on record."""
    site.feed("b", item("https://b.example/?p=1", title="后来的源", link="http://b.example/1"))
    site.feed("a")
    site.upstreams = ["a", "b"]
    site.build()
    site.feed("a", item("https://a.example/?p=1", title="更好的源", link="http://a.example/1"))
    site.build()
    assert len(site.stories()) == 2
    site.feed("b", item("https://b.example/?p=1", title="后来的源", link="http://a.example/1"))
    site.build()
    assert site.ids() == {"更好的源": "https://a.example/?p=1"}
    with site.store() as store:
        assert not store.history.get("https://b.example/?p=1").leads


def test_a_story_that_comes_apart_gives_each_part_its_id_back(site):
    site.feed("a", item("https://a.example/?p=1", title="甲", link="http://a.example/1"))
    site.feed("b", item("https://b.example/?p=1", title="乙", link="http://b.example/1"))
    site.build()
    before = site.ids()
    for link in ("http://a.example/1", "http://b.example/1"):
        site.feed("b", item("https://b.example/?p=1", title="乙", link=link))
        site.build()
    assert site.ids() == before


def test_a_story_can_be_taken_apart_by_settings_and_put_together_again(site):
    site.feed("a", item("https://a.example/?p=1", title="甲", link="http://x.example/live"))
    site.feed("b", item("https://b.example/?p=1", title="乙", link="http://x.example/live/"))
    site.build()
    assert site.ids() == {"甲": "https://a.example/?p=1"}
    site.extra = 'identity: {ignore: ["url:x.example/live"]}\n'
    site.build()
    assert site.ids() == {"甲": "https://a.example/?p=1", "乙": "https://b.example/?p=1"}
    site.extra = ""
    site.build()
    assert site.ids() == {"甲": "https://a.example/?p=1"}


def test_settings_in_another_order_rename_nothing(site):
    """Other words may win; the id stays."""
    for name in "ab":
        site.feed(name, item(f"https://{name}.example/?p=1", title=name, link="http://x.example/1"))
    site.build()
    (before,) = site.stories()
    site.upstreams.reverse()
    site.build()
    (after,) = site.stories()
    assert (before.title, after.title, after.id) == ("a", "b", before.id)
    assert after.updated > before.updated
    site.upstreams.reverse()
    site.build()
    assert site.ids() == {"a": before.id}


def test_a_moved_site_renames_nothing(site):
    rolling(site)
    site.post("posts/2022-01-06-bare.md", title="没有链接")
    site.build()
    before = site.stories()
    file = site.folder / "settings.yaml"
    settings = site.settings

    def moved():
        settings()
        file.write_text(file.read_text().replace("https://news.example/", "https://moved.example/x/"))
        from coranto.settings import load

        return load(file)

    site.settings = moved
    report = site.build()
    assert report.feeds.written
    assert [(one.id, one.updated) for one in site.stories()] == [(one.id, one.updated) for one in before]


def test_a_source_that_leaves_settings_takes_its_stories_with_it_and_brings_them_back(site):
    """IDENTITY 6: reversible."""
    site.post("posts/2022-01-06-other.md", title="另一条")
    site.feed("a", item("https://a.example/?p=1", title="甲", link="http://x.example/1"))
    site.build()
    before = site.stories()
    site.upstreams = []
    site.build()
    assert site.titles() == ["另一条"]
    site.upstreams = ["a"]
    site.build()
    assert site.stories() == before


def test_a_purged_story_never_comes_back_as_news(site):
    """IDENTITY 6: out of every window and past `keep`."""
    site.extra = "keep: 1d\nfeeds: {entries: 1, max_age: 1h}\n"
    old = item("https://a.example/?p=1", title="旧", link="http://x.example/1", published="2022-01-01T00:00:00Z")
    site.feed("a", old)
    site.build()
    record = site.story("旧").id
    site.feed("a", item("https://a.example/?p=2", title="新", link="http://x.example/2"))
    site.build()
    site.build(later=100 * HOUR)
    site.build()
    assert [row.state for row in site.rows()] == ["purged", "live"]
    site.feed("a", old)
    site.feed("b", item("https://b.example/?p=1", title="旧闻重提", link="http://x.example/1"))
    report = site.build()
    assert (report.stories.added, report.stories.total) == (0, 1)
    assert site.titles() == ["新"]
    with site.store() as store:
        assert store.history.get(record) is not None


def test_aliases_of_categories_are_one_category(site):
    """SEED 3: near copies; a folder that was published goes on with the same stories."""
    site.post("posts/2022-01-07-a.md", title="一", category="36ke")
    site.post("posts/2022-01-06-b.md", title="二", category="35ke")
    site.build()
    assert (site.titles("36ke"), site.titles("35ke")) == (["一"], ["二"])
    site.extra = "categories:\n  36ke: {title: 36氪, aliases: [35KE]}\n"
    report = site.build()
    assert site.titles("36ke") == site.titles("35ke") == site.titles("all")
    assert report.feeds.removed == []
    assert {category.title for story in site.stories() for category in story.categories} == {"36氪"}


def test_names_that_differ_in_case_or_form_are_one_category(site):
    for number, name in enumerate(("TechWeb", "Techweb", "ＴechWeb"), 1):
        site.post(f"posts/2022-01-0{number}-p.md", title=name, category=name)
    site.build()
    assert site.titles("techweb") == ["Techweb", "TechWeb"]


# -- the store is lost


def test_an_item_that_left_its_window_meanwhile_is_given_back(site):
    left = item("https://a.example/?p=1", title="走了", link="http://x.example/1", published="")
    site.feed("a", left, item("https://a.example/?p=2", title="还在", link="http://x.example/2"))
    site.build()
    site.feed("a", item("https://a.example/?p=2", title="还在", link="http://x.example/2"))
    site.build()
    files = site.files()
    site.lose_state()
    site.build(later=50 * HOUR)
    assert site.files() == files
    site.feed("a", left)  # and it is known again when it returns
    site.build()
    assert site.files() == files


def test_a_post_that_is_broken_at_that_time_stays(site):
    """R7, R9."""
    site.post("posts/2022-01-06-whole.md", title="完好")
    file = rolling(site, title="坏了")
    site.build()
    files, body = site.files(), file.read_bytes()
    file.write_bytes(body[:30])
    site.lose_state()
    report = site.build()
    assert len(report.posts.failed) == 1
    assert site.files() == files
    file.write_bytes(body)
    site.build()
    assert site.files() == files


def test_a_broken_post_that_cannot_be_told_by_its_name_takes_its_id_back_once_it_is_repaired(site):
    site.post("posts/2022-01-06-whole.md", title="完好")
    file = site.post("posts/2022-01-07-linked.md", title="坏了", link="http://x.example/1")
    site.build()
    site.post("posts/2022-01-07-linked.md", title="坏了", link="http://x.example/1", text="更正。")
    site.build()
    before, body = site.story("坏了"), file.read_bytes()
    file.write_bytes(body[:30])
    site.lose_state()
    site.build()
    site.build()
    file.write_bytes(body)
    site.build()
    assert site.story("坏了") == before
    with site.store() as store:
        assert store.history.recovered() == []


def test_edited_words_keep_the_id_by_their_link(site):
    site.feed("a", item("", title="原题", link="http://x.example/1", published=""))
    site.build()
    before = site.story("原题")
    site.lose_state()
    site.feed("a", item("", title="改题", link="http://x.example/1", published=""))
    site.build()
    after = site.story("改题")
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated > before.updated


def test_an_upstream_that_is_gone_from_settings_gives_its_ids_to_who_has_its_story(site):
    site.feed("a", item("https://a.example/?p=1", title="甲", link="http://x.example/1"))
    site.build()
    site.lose_state()
    site.upstreams = []
    site.feed("b", item("https://b.example/?p=1", title="乙", link="http://x.example/1"))
    site.build()
    assert site.ids() == {"乙": "https://a.example/?p=1"}
