"""The failure families of several sources and of time (FEATURES b: F6, F7, F9, F11), from the bytes of sources to the feeds.

No story is lost, none is doubled, and every id stays, in each order of arrival.  What is pinned elsewhere is not pinned
again: refused joins (test_cases), a purged story and another source (test_histories), our own feed in each format
(test_echo).  Those of one source: test_failure_families.
"""

from __future__ import annotations

import shutil
from itertools import permutations

import pytest

from coranto.settings import load
from river import HOUR, SHARE, TAG, N, Site, item, media


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


# -- F6: an aggregator and the original

ORIGINAL = item("https://a.example/?p=1", title="渡轮加班", link="https://a.example/1", text="原文。" * 9)
COPIES = {
    "same id and link": item("https://a.example/?p=1", title="渡轮加班", link="https://a.example/1", text="摘录。"),
    "link alone": item(
        "urn:b:77", title="[甲报] 渡轮加班", link="https://www.a.example/1/?utm_source=b", text="摘录。"
    ),
    "id alone": item("https://a.example/?p=1", title="渡轮加班", link="https://b.example/go/77", text="摘录。" * 99),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("arrival", ["ab", "ba", "together"])
@pytest.mark.parametrize("placed", ["ab", "ba"])
def test_f6_an_aggregator_and_the_original_are_one(tmp_path, copy, arrival, placed):
    """Whoever comes first: the words are those of whom settings name first, the id is that of the first time."""
    site = Site(tmp_path)
    for name in placed:
        site.feed(name)
    said, ids = {"a": ORIGINAL, "b": copy}, set()
    for names in ("ab",) if arrival == "together" else arrival:
        for name in names:
            site.feed(name, said[name])
        site.build(later=2 * HOUR)
        (story,) = site.stories()
        ids.add(story.id)
    assert len(ids) == 1
    assert ("原文" in story.content) == (placed[0] == "a")
    assert [category.key for category in story.categories] == ["a", "b"]
    for name in arrival[0] if arrival != "together" else "b":  # it lists it no longer: absence takes nothing out (R15)
        site.feed(name)
        site.build(later=2 * HOUR)
    assert site.stories() == (story,)


# -- F7: the section feeds of one paper

SECTIONS = {
    "a": item("https://p.example/?p=1", title="渡轮加班", link="https://p.example/1?utm_source=city"),
    "b": item("https://p.example/?p=1", title="渡轮加班", link="http://p.example/1/?utm_medium=front"),
    "c": item("urn:p:front:1", title="渡轮加班", link="https://p.example/1#comments"),
}


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_f7_section_feeds_give_one_story_in_every_section(tmp_path, order):
    site = Site(tmp_path)
    for name in "abc":
        site.feed(name)
    for name in order:
        site.feed(name, SECTIONS[name])
        site.build()
    (story,) = site.stories()
    assert [site.stories(name) for name in "abc"] == [(story,)] * 3
    assert len({one.id for name in "abc" for one in site.stories(name)}) == 1


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_f7_the_id_is_that_of_the_first_section_and_stays(tmp_path, order):
    site = Site(tmp_path)
    for name in "abc":
        site.feed(name)
    ids = []
    for name in order:
        site.feed(name, SECTIONS[name])
        site.build()
        ids.append(site.stories()[0].id)
    assert len(set(ids)) == 1


# -- F9: purge, then return


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("a", item("https://a.example/?p=1", title="旧", link="https://a.example/1/", published="2022-01-01T00:00:00Z")),
        ("a", item("https://a.example/?p=1", title="旧（更新）", link="http://a.example/1", published="2022-01-11T00:00:00Z")),
        ("a", item("urn:a:new", title="旧", link="http://a.example/1", published="2022-01-11T00:00:00Z")),
        ("b", item("https://a.example/?p=1", title="旧", link="https://b.example/go/1", published="2022-01-11T00:00:00Z")),
        ("b", item("urn:b:1", title="旧闻", link="https://a.example/1?utm_source=b", published="2022-01-11T00:00:00Z")),
    ],
    ids=["as it was", "edited and redated", "new id", "another source, by id", "another source, by link"],
)  # fmt: skip
def test_f9_what_was_purged_returns_as_no_news(site, name, again):
    """Whoever lists it again, with whatever date; but for a better-placed source, which has words of its own."""
    site.extra = "keep: 1d\nfeeds: {entries: 1, max_age: 1h}\n"
    site.feed(
        "a", item("https://a.example/?p=1", title="旧", link="http://a.example/1", published="2022-01-01T00:00:00Z")
    )
    site.build()
    site.feed("a", item("https://a.example/?p=2", title="新", link="https://a.example/2"))
    site.build()
    site.build(later=100 * HOUR)
    site.build()
    before = site.files()
    site.feed(name, again)
    report = site.build()
    assert (report.stories.added, site.titles()) == (0, ["新"])
    assert site.files()["all/atom.xml"] == before["all/atom.xml"]


def test_f9_twenty_none_one_twenty(site):
    """R15: a feed that empties and fills again loses nothing and doubles nothing."""
    items = tuple(
        item(f"https://a.example/?p={n}", title=f"第{n}条", link=f"https://a.example/{n}", published=f"2022-01-06T{n:02}:00:00Z")
        for n in range(20)
    )  # fmt: skip
    found = []
    for listed in (items, (), items[:1], items):
        site.feed("a", *listed)
        site.build()
        found.append(site.ids())
    assert len(found[0]) == len(site.stories()) == 20
    assert found == [found[0]] * 4


# -- F11: our ids, for the next reader


class Other(Site):
    """A second site of another owner."""

    def settings(self):
        """With its own name, address and tag."""
        super().settings()
        file = self.folder / "settings.yaml"
        said = (
            file.read_text(encoding="utf-8")
            .replace(TAG, "other.example,2022")
            .replace("//news.example", "//other.example")
        )
        file.write_text(said, encoding="utf-8")
        return load(file)


def hand_over(giver: Site, taker: Site, name: str, document: str) -> None:
    """``taker`` polls the feed of all of ``giver``."""
    if name not in taker.upstreams:
        taker.upstreams.append(name)
    shutil.copy(giver.folder / "feeds" / "all" / document, taker.folder / "up" / f"{name}.xml")


@pytest.fixture
def ring(tmp_path):
    one, other = Site(tmp_path / "one"), Other(tmp_path / "other")
    one.post("posts/2022-01-07-linked.md", title="有链接", link="http://a.example/1")
    one.post("posts/2022-01-06-bare.md", title="没有链接", date="2022-01-06 08:00:00 +0800")
    media(one, title="有代码", date="2022-01-05 08:00:00 +0800")
    one.feed("a", item("https://a.example/?p=9", title="上游", link="https://a.example/9"))
    other.post("posts/2022-01-04-own.md", title="别家的", date="2022-01-04 08:00:00 +0800")
    return one, other


TITLES = ["上游", "别家的", "有代码", "有链接", "没有链接"]


@pytest.mark.parametrize("document", ["atom.xml", "rss.xml", "feed.json"])
def test_f11_two_sites_in_a_ring_agree_on_every_id(ring, document):
    """Each reads the other, and each story goes round under the one id that it got first."""
    one, other = ring
    known: list[dict[str, str]] = []
    for _ in range(4):
        one.build()
        hand_over(one, other, "from_one", document)
        other.build()
        hand_over(other, one, "from_other", document)
        known.append(other.ids())
    one.build()
    assert sorted(one.titles()) == sorted(other.titles()) == sorted(TITLES)
    assert one.ids() == other.ids() == known[0]
    assert known == [known[0]] * 4
    assert one.ids()["上游"] == "https://a.example/?p=9"
    assert one.ids()["有代码"] == f"tag:{TAG}:code/NW{N}"


@pytest.mark.parametrize("order", ["original, copy", "copy, original"])
def test_f11_the_next_reader_knows_the_original_again(ring, order):
    """It subscribes to us and to our upstream: one story, whichever it reads first."""
    one, other = ring
    one.build()
    for name in ("a", "from_one"):
        other.feed(name)
    for which in order.split(", "):
        if which == "original":
            shutil.copy(one.folder / "up" / "a.xml", other.folder / "up" / "a.xml")
        else:
            hand_over(one, other, "from_one", "atom.xml")
        other.build()
        assert other.ids()["上游"] == "https://a.example/?p=9"
    assert sorted(other.titles()) == sorted(TITLES)


def test_f11_the_next_reader_knows_it_by_its_code_under_any_address(ring):
    """The infoCode goes along in the link."""
    one, other = ring
    one.build()
    hand_over(one, other, "from_one", "rss.xml")
    other.feed("b", item("urn:b:1", title="另一个题", link=f"{SHARE}{N}&utm_source=b".replace("finews.site", "m.site")))
    other.build()
    assert len(other.stories()) == len(TITLES)
    assert "另一个题" not in other.titles()
