"""Alike is not the same, and the same is said when it looks unlike (E5): equal keys merge, and what differs is reported."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands import as_json, coranto
from coranto.dedup.doubts import LONGEST, doubts, figures
from coranto.inspect import merges
from coranto.model import FEED, Entry, Source
from coranto.settle import settle
from coranto.store.schema import MIGRATIONS
from coranto.store.sqlite import Sqlite
from examples import often
from listening import entry, listening
from river import SHARE, TAG, Site, item

NOON = datetime(2022, 1, 7, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FAR_TITLES = "titles share almost nothing"


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    made.post("posts/2022-01-06-local.md", title="本地", date="2022-01-06 08:00:00 +0800")
    return made


def said(title: str = "", published: datetime | None = None) -> Entry:
    return Entry(source="s", title=title, published=published)


# -- what speaks against a merge


@pytest.mark.parametrize(
    ("title", "other", "doubt"),
    [
        ("央行开展100亿元逆回购", "央行开展200亿元逆回购", "figures differ: 100亿 / 200亿"),
        ("央行开展一百亿元逆回购", "央行开展200亿元逆回购", "figures differ: 一百亿 / 200亿"),
        ("逆回购利率1.5%", "逆回购利率15%", "figures differ: 1.5% / 15%"),
        ("占比三成", "占比百分之四十", "figures differ: 三成 / 百分之四十"),
        ("3月5日要闻", "3月6日要闻", "figures differ: 5日 / 6日"),
        ("2021年年报解读", "2022年年报解读", "figures differ: 2021年 / 2022年"),
        ("一季度净利大增", "三季度净利大增", "figures differ: 一季度 / 三季度"),
        ("募资100亿元", "募资100亿美元", "figures differ: 100亿 / 100亿美元"),
        ("Fed raises rates by 25 bp", "Fed raises rates by 50 bp", "figures differ: 25 / 50"),
        ("Fund takes in $1.5 billion", "Fund takes in $15 billion", "figures differ: 1.5 billion / 15 billion"),
        ("渡轮今晚加班", "图书馆周末开放", FAR_TITLES),
        ("The ferry runs late tonight", "Library opens again", FAR_TITLES),
    ],
)
def test_what_speaks_against_a_merge(title, other, doubt):
    assert doubts(said(title), said(other)) == (doubt,)
    mine, _, theirs = doubt.partition(": ")[2].partition(" / ")
    assert doubts(said(other), said(title)) == (f"figures differ: {theirs} / {mine}" if mine else doubt,)


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("央行开展100亿元逆回购", "央行开展100亿元逆回购"),
        ("央行开展100亿元逆回购", "央行开展一百亿元逆回购操作"),
        ("央行开展１００亿逆回购", "【快讯】央行：开展100 亿元逆回购"),
        ("净流入超30亿元", "净流入超三十亿元"),
        ("上涨5%", "上涨5.0％"),
        ("占比三成", "占比百分之三十"),
        ("新增1,200个岗位", "新增1200个岗位"),
        ("3月5日要闻", "三月五日要闻"),
        ("二〇二二年展望", "2022年展望"),
        ("央行开展逆回购操作", "央行开展100亿元逆回购操作"),  # one leaves it out
        ("一带一路论坛开幕", "“一带一路”论坛在京开幕"),  # no figure
        ("十分重要的会议", "十分重要的会议（更正）"),
        ("", "没有标题的那一条"),
        ("江城：第一条", "江城：第一条（更新）"),
    ],
)
def test_what_does_not(title, other):
    assert doubts(said(title), said(other)) == ()


@pytest.mark.parametrize(
    ("apart", "found"),
    [(7 * DAY, ()), (8 * DAY, ("dates are 8 days apart",)), (-400 * DAY, ("dates are 400 days apart",)), (None, ())],
)
def test_dates_far_apart(apart, found):
    """Those that sources state; one that states none says nothing."""
    other = None if apart is None else NOON + apart
    assert doubts(said("渡轮加班", NOON), said("渡轮加班", other)) == found


@pytest.mark.parametrize(
    "edge",
    [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), datetime(2022, 1, 1)],  # noqa: DTZ001
)
def test_dates_at_the_ends_of_the_calendar_or_without_a_zone_stop_nothing(edge):
    assert len(doubts(said("渡轮加班", NOON), said("渡轮加班", edge))) <= 1


@settings(max_examples=often(150), deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_titles_are_judged_and_equal_ones_never_doubted(title, other):
    doubts(said(title), said(other))
    assert doubts(said(title), said(title)) == ()


@pytest.mark.parametrize("piece", ["9", "1,", "1.", "1,111", "一", "十", "百分之", "百分之九", "9亿 ", "a ", " ", "1 "])
def test_a_hostile_title_costs_next_to_nothing(piece):
    """The worst case of each pattern, at ten times the length that is looked at; the best of three runs counts."""
    title = piece * (10 * LONGEST // len(piece))

    def seconds() -> float:
        start = time.process_time()
        doubts(said(title), said(f"{title}x"))
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.05


def test_figures_are_values_not_spellings():
    assert {kind: sorted(values) for kind, values in figures("3月5日净流入30.50亿元,上涨百分之五").items()} == {
        "月": ["3"],
        "日": ["5"],
        "": ["3050000000"],
        "%": ["5"],
    }


# -- reported with the merge, never split

PAIR = {
    "a": item("urn:aa:1", title="央行开展100亿元逆回购", link="http://x.example/1"),
    "b": item("urn:bb:1", title="央行开展200亿元逆回购", link="http://x.example/1"),
}
DIFFERENCE = "figures differ: 100亿 / 200亿"


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_equal_keys_merge_and_what_differs_is_told_everywhere(site, order):
    """E5: in `explain`, in `check`, and counted."""
    for name in "ab":
        site.feed(name)
    for name in order:
        site.feed(name, PAIR[name])
        site.build()
    assert site.titles() == ["央行开展100亿元逆回购", "本地"]
    with site.store() as store:
        assert store.stories.doubtful() == 1
    (story,) = as_json("explain", "http://x.example/1")["stories"]
    assert [one["doubts"] for one in story["entries"]] == [[], [DIFFERENCE]]
    assert f"doubt       {DIFFERENCE}" in coranto("explain", "http://x.example/1").stdout
    (found,) = as_json("check")["findings"]
    assert (found["where"], found["level"]) == ("http://x.example/1", "note")
    assert found["message"].startswith(
        '"央行开展100亿元逆回购" is one story with "央行开展200亿元逆回购" of up/b.xml, by url:x.example/1, '
        f"but: {DIFFERENCE}; "
    )


def test_a_merge_that_agrees_is_told_nowhere(site):
    site.feed("a", PAIR["a"])
    site.feed("b", PAIR["a"].replace("urn:aa:1", "urn:bb:1"))
    report = site.build()
    assert (report.stories.merged, as_json("check")["findings"]) == (1, [])
    with site.store() as store:
        assert store.stories.doubtful() == 0


def test_a_doubt_goes_when_its_reason_does(site):
    """The other source corrects itself; or settings take the story apart."""
    for name, said_ in PAIR.items():
        site.feed(name, said_)
    site.build()
    site.feed("b", PAIR["b"].replace("200亿", "100亿"))
    site.build()
    assert as_json("check")["findings"] == []
    site.feed("b", PAIR["b"])
    site.build()
    assert len(as_json("check")["findings"]) == 1
    site.extra = "identity: {ignore: ['url:x.example/1']}\n"
    site.build()
    assert as_json("check")["findings"] == []
    assert len(site.stories()) == 3


def test_of_many_doubtful_merges_the_newest_are_told_and_the_others_counted(site, monkeypatch):
    monkeypatch.setattr(merges, "MOST", 2)
    for name in "ab":
        site.feed(
            name,
            *(
                item(f"urn:{name}:{n}", title=f"第{n}条：{name}{n + ord(name)}亿元", link=f"http://x.example/{n}",
                     published=f"2022-01-07T00:0{n}:00Z")
                for n in range(1, 6)
            ),
        )  # fmt: skip
    site.build()
    found = as_json("check")["findings"]
    assert [one["where"] for one in found[:2]] == ["http://x.example/5", "http://x.example/4"]
    assert found[2]["message"] == "3 more merges whose entries may not be one"
    assert len(found) == 3


def test_a_refused_join_is_told_too(site):
    """IDENTITY 9: kept, and shown as a conflict; a note is no reason for an exit code."""
    for name, number in (("a", 1), ("b", 2)):
        via = f'<link rel="via" href="{SHARE}20220107000000000{number}"/>'
        site.feed(name, item(f"urn:{name}:1", title=f"甲{name}", link="http://x.example/1", more=via))
    site.build()
    (found,) = as_json("check")["findings"]
    assert found["message"].startswith("not joined with http://x.example/1 by url:x.example/1: two infoCodes")


def test_merges_of_a_store_from_before_are_judged_at_the_next_build(tmp_path):
    """The migration: no story waits for its next edit, and what is out stays as it is."""
    file = tmp_path / "store.sqlite3"
    site = Site(tmp_path)
    for name, said_ in PAIR.items():
        site.feed(name, said_)
    site.build()
    before = site.files()
    file = tmp_path / ".coranto" / "store.sqlite3"
    with closing(Sqlite.open(file)) as database:
        database.run("DROP INDEX story_doubtful")
        database.run("ALTER TABLE story DROP COLUMN doubtful")
        database.run(f"PRAGMA user_version = {len(MIGRATIONS) - 1}")
    with site.store() as store:
        assert store.stories.doubtful() == 0
    report = site.build()
    with site.store() as store:
        assert store.stories.doubtful() == 1
    assert (report.feeds.written, site.files()) == ([], before)


# -- alike is never the same

KEYLESS = ("", "<>", "http://a.example/", "urn:x:1")
ALIKE = st.sampled_from(("央行开展100亿元逆回购操作", "央行开展200亿元逆回购操作", "央行开展100亿元逆回购", "快讯"))


@settings(max_examples=often(60), deadline=None)
@given(st.lists(st.tuples(ALIKE, ALIKE, st.integers(0, 2), st.integers(0, 1)), min_size=2, max_size=8))
def test_entries_without_a_shared_key_never_become_one(drawn):
    """However alike titles, texts and dates are: as many stories as there are different addresses."""
    with listening() as feed:
        sources = [Source(key=f"{name}.example/rss.xml", kind=FEED) for name in "ab"]
        feed.store.sources.arrange(sources)
        for number, (title, text, hour, place) in enumerate(drawn):
            feed.source = feed.store.sources.ids()[sources[place].key]
            feed.poll(
                entry(
                    f"urn:x:{number}",
                    link=f"https://a.example/{number}",
                    title=title,
                    content=f"<p>{text}</p>",
                    published=NOON + hour * timedelta(hours=1),
                )
            )
        settle(feed.store, TAG)
        assert feed.store.stories.count() == len(drawn)
        assert feed.store.stories.merged() == 0


@pytest.mark.parametrize("link", KEYLESS)
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_pair_100_and_200_stays_two(tmp_path, link, order):
    """The measured pair: .967 in difflib, two articles. Same text, same second, and no key that they share."""
    site = Site(tmp_path)
    for name in "ab":
        site.feed(name)
    amounts = {"a": "100亿", "b": "200亿"}
    for name in order:
        text = f"央行今日开展{amounts[name]}元逆回购操作，利率持平。"
        site.feed(name, item("", title=f"央行开展{amounts[name]}元逆回购操作", link=link, text=text))
        site.build()
    assert sorted(site.titles()) == ["央行开展100亿元逆回购操作", "央行开展200亿元逆回购操作"]
    assert len(set(site.ids().values())) == 2


def test_the_same_title_text_and_second_in_two_sources_stay_two_without_a_key(tmp_path):
    """F4: nothing but keys joins."""
    site = Site(tmp_path)
    for name in "abc":
        site.feed(name, item(f"{name}-1", title="快讯", link=f"http://{name}.example/1", text="同样的话。"))
    report = site.build()
    assert (report.stories.total, report.stories.merged) == (3, 0)
    assert len({story.id for story in site.stories()}) == 3
