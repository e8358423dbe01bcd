"""The identity of stories in whole runs: SEED's K1 to K7 and N1 to N4, and the joins that are refused (IDENTITY 9)."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from river import SHARE, TAG, N, Site, item, media, rolling


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


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
    site.post(
        "old_post/2021-12-08-202112082206672930.md", date="2021-12-08 10:46:18", link=link, tail="\n[返回首页](./)\n"
    )
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
        rolling(
            site,
            code,
            title=title,
            date=f"2021-12-08 1{number}:00:00 +0800",
            text=f"北向资金净流入超{number + 3}0亿元。",
        )
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
    chart = (
        '<p><img src="http://webquotepic.eastmoney.com/GetPic.aspx?id=1"></p>\n\n正文引用 <http://a.example/cited>。'
    )
    for number in range(3):
        site.post(f"posts/2022-01-07-p{number}.md", title=f"第{number}条", text=chart, tail="\n[返回](../emnews/)\n")
    site.build()
    assert len(site.stories()) == 3


def test_a_code_of_a_hundred_entries_is_none(site):
    """`infoCode=undefined`, and a real one that a broken upstream puts everywhere."""
    broken = f"http://a.example/p?infoCode=NW{N}&n="
    items = [
        item(
            f"urn:aa:{number}",
            title=f"第{number}条",
            link=f"{address}{number}",
            published=f"2022-01-07T00:{number:02}:00Z",
        )
        for number, address in [(n, "http://a.example/p?infoCode=undefined&n=") for n in range(50)]
        + [(n, broken) for n in range(50, 60)]
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
        "a": item(
            "urn:aa:1",
            title="甲",
            link="http://x.example/1",
            more=f'<link rel="via" href="{SHARE}202201070000000001"/>',
        ),
        "b": item(
            "urn:bb:1",
            title="乙",
            link="http://x.example/1",
            more=f'<link rel="via" href="{SHARE}202201070000000002"/>',
        ),
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
