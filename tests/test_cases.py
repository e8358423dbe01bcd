"""The identity of stories in whole runs: SEED's K1 to K7 and N1 to N4, and the histories of IDENTITY 11, 16, 17."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from river import HOUR, TAG, Site, item

N = "202201072239307540"
SHARE = "http://finews.site.example/html_News/NewsShare.html?infoCode=NW"
ROLLING = "http://finance.eastmoney.com/news/1353,"
LONG = "> 摘要一句。\n\n" + "　　正文一段，说得很长。\n\n" * 12


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def rolling(site: Site, number: str = N, **fields: str) -> Path:
    """A post of the rolling news: bare number, the upstream's address."""
    said = {"category": "emnews", "link": f"{ROLLING}{number}.html", "text": LONG, **fields}
    return site.post(f"posts/2022-01-07-{number}.md", **said)


def media(site: Site, number: str = N, **fields: str) -> Path:
    """A post of a media list: the same article under its infoCode."""
    said = {"category": "quanshangzhongguo", "link": f"{SHARE}{number}", "text": "正文一段。", **fields}
    return site.post(f"posts/2022-01-07-NW{number}.md", **said)


# -- what must merge


def test_k1_one_article_two_id_forms(site):
    rolling(site)
    media(site)
    site.build()
    (story,) = site.stories()
    assert story.id == f"tag:{TAG}:code/NW{N}"
    assert [category.key for category in story.categories] == ["emnews", "quanshangzhongguo"]
    assert (story.summary, story.related) == ("摘要一句。", (f"{SHARE}{N}",))
    assert site.stories("emnews") == site.stories("quanshangzhongguo") == (story,)


def test_k1_without_the_rules_of_settings_nothing_merges(site):
    """The way to switch it off: neither same code nor same address."""
    site.extra = "identity: {info_code: [{query: infoCode}]}\n"
    rolling(site)
    media(site)
    site.build()
    assert len(site.stories()) == 2


def test_k2_a_broken_twin_is_reported_and_never_shown(site):
    rolling(site, "202205262391921712")
    site.post("posts/-202205262391921712.md", title="", date=" +0800", link="")
    report = site.build()
    assert [Path(failure.where).name for failure in report.posts.failed] == ["-202205262391921712.md"]
    assert site.titles() == ["江城：第一条"]


def test_k3_live_and_archive_are_one_story(site):
    site.posts = ["_posts", "old_post"]
    link = f"{SHARE}202112082206672930"
    site.post("_posts/2021-12-08-202112082206672930.md", date="2021-12-08 10:46:18 +0800", link=link)
    site.post("old_post/2021-12-08-202112082206672930.md", date="2021-12-08 10:46:18", link=link, tail="\n[返回首页](./)\n")
    report = site.build()
    assert (len(site.stories()), report.stories.merged, report.stories.conflicts) == (1, 1, 0)


K4 = (
    {"date": "2021-12-08 10:46:18", "tail": "\n"},
    {"date": "2021-12-08 10:46:18 +0800", "tail": "\n[返回首页](//finews.site.example)｜[返回emnews](../emnews/)"},
    {"date": "2021-12-08 02:46:18 +0000", "newline": "\r\n"},  # K7
    {"date": "2021-12-08T10:46:18+08:00", "tail": "\n\n[返回](./)\n"},
)


def test_k4_k7_one_file_over_time_is_no_update(site):
    """Line ends, footers and the notation of zones do not show."""
    for form in K4:
        rolling(site, **form)
        report = site.build()
    assert (report.stories.total, report.stories.updated) == (1, 0)
    (story,) = site.stories()
    assert story.updated == story.published


def test_k5_host_alias(site):
    for host in ("choice.site.example", "finews.other.example"):
        site.post(f"posts/2022-01-07-{host}.md", link=f"http://{host}/NewsShare.html?infoCode=NW{N}")
    site.build()
    assert len(site.stories()) == 1


@pytest.mark.parametrize(
    "address",
    [
        f"https://finance.eastmoney.com/news/1354,{N}.html",
        f"http://finance.eastmoney.com/a/{N}.html",
        f"//m.eastmoney.com/a/{N}.html",
        f"http://hk.eastmoney.com/news/1533,{N}.html?spm=a.b",
        f"http://STOCK.eastmoney.com/news/1406,{N}.html#top",
    ],
)
def test_k6_channel_alias(site, address):
    rolling(site)
    site.feed("a", item("urn:aa:1", title="别的题", link=address, published="2022-01-06T00:00:00Z"))
    site.build()
    assert len(site.stories()) == 1


# -- what must not


def test_n1_n2_alike_is_not_the_same(site):
    for number in range(4):
        title = f"北向资金净流入超{number + 3}0亿元"
        code = f"2021120822067{number}2097"
        rolling(site, code, title=title, date=f"2021-12-08 1{number}:00:00 +0800", text=f"北向资金净流入超{number + 3}0亿元。")
    site.build()
    assert len(site.stories()) == 4


@pytest.mark.parametrize("link", ["", "<>"])
def test_n3_an_empty_link_joins_nothing(site, link):
    for number in range(5):
        tail = f"\n{link}\n"
        site.post(f"posts/2022-01-07-p{number}.md", title=f"第{number}条", tail=tail)
    report = site.build()
    assert (report.stories.total, report.stories.conflicts) == (5, 0)


def test_n4_chart_footer_and_category_link_join_nothing(site):
    chart = '<p><img src="http://webquotepic.eastmoney.com/GetPic.aspx?id=1"></p>\n\n正文引用 <http://a.example/cited>。'
    for number in range(3):
        site.post(f"posts/2022-01-07-p{number}.md", title=f"第{number}条", text=chart, tail="\n[返回](../emnews/)\n")
    site.build()
    assert len(site.stories()) == 3


def test_a_code_of_a_hundred_entries_is_none(site):
    """`infoCode=undefined`, and a real one that a broken upstream puts everywhere."""
    broken = f"http://a.example/p?infoCode=NW{N}&n="
    items = [
        item(f"urn:aa:{number}", title=f"第{number}条", link=f"{address}{number}", published=f"2022-01-07T00:{number:02}:00Z")
        for number, address in [(n, "http://a.example/p?infoCode=undefined&n=") for n in range(50)] + [(n, broken) for n in range(50, 60)]
    ]
    site.feed("a", *items)
    report = site.build()
    assert report.stories.total == 60


def test_one_guid_for_two_articles_is_two_stories_with_two_ids(site):
    """Never the same id twice in one feed."""
    site.feed("a", *(item("https://a.example/", title=f"第{n}条", link=f"https://a.example/{n}") for n in range(3)))
    site.feed("b", item("https://a.example/", title="另一条", link="https://b.example/1"))
    site.build()
    assert len(site.ids()) == len(set(site.ids().values())) == 4


# -- joins that are refused


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_a_bare_address_between_two_codes_in_any_order_of_arrival(tmp_path, order):
    """A(c1, u), B(c2, u), C(u): to the one that stands first in settings, whoever came first (IDENTITY 9)."""
    entries = {
        "a": item("urn:aa:1", title="甲", link="http://x.example/1", more=f'<link rel="via" href="{SHARE}202201070000000001"/>'),
        "b": item("urn:bb:1", title="乙", link="http://x.example/1", more=f'<link rel="via" href="{SHARE}202201070000000002"/>'),
        "c": item("urn:cc:1", title="丙", link="http://x.example/1"),
    }
    site = Site(tmp_path)
    for name in "abc":
        site.feed(name)
    for name in order:
        site.feed(name, entries[name])
        site.build()
    assert sorted(site.titles()) == ["乙", "甲"]
    assert [category.key for category in site.story("甲").categories] == ["a", "c"]
    with site.store() as store:
        assert any("two infoCodes" in conflict.why for conflict in store.stories.conflicts())


def test_a_bridge_between_two_posts_hides_neither(site):
    """post1(c1), post2(u2), upstream H(c1, u2)."""
    media(site, title="第一")
    site.post("posts/2022-01-07-two.md", title="第二", link="http://x.example/2")
    via = f'<link rel="via" href="{SHARE}{N}"/>'
    site.feed("h", item("urn:hh:1", title="桥", link="http://x.example/2", more=via))
    report = site.build()
    assert sorted(site.titles()) == ["第一", "第二"]
    assert report.stories.conflicts == 1


def test_an_upstream_that_claims_a_posts_code_takes_neither_words_nor_id(site):
    """H was out first, and edits itself to claim the post's code."""
    site.feed("h", item("https://h.example/?p=1", title="冒名", link="http://h.example/1"))
    site.build()
    media(site, title="本地")
    site.build()
    ids = site.ids()
    site.feed("h", item("https://h.example/?p=1", title="冒名", link=f"http://h.example/1?infoCode=NW{N}"))
    site.build()
    (story,) = site.stories()
    assert (story.title, story.id) == ("本地", ids["本地"])
    site.build()
    assert site.ids() == {"本地": ids["本地"]}


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
