"""The failure families of one source (FEATURES b: F1 to F5, F8, F10), each from the bytes of its sources to the feeds.

No story is lost, none is doubled, and every id stays, in each order of arrival that matters.  What is pinned elsewhere
is not pinned again: R16's hold poll by poll (test_held).  Those of several sources: test_failure_families_across.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape

import pytest

from river import HOUR, N, Site, item, media

FIRST = "江城：第一条"


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def rss(site: Site, name: str, *items: str) -> None:
    """Write an upstream file, RSS of ``items`` (see `rss_item`)."""
    site.feed(name).write_text(
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title><link>https://{name}.example/</link>'
        f"<description>{name}</description>{''.join(items)}</channel></rss>",
        encoding="utf-8",
    )


def rss_item(
    title: str = FIRST, *, guid: str = "", link: str = "", date: str = "", text: str = "正文。", more: str = ""
) -> str:
    """One item; without guid, link or date where these are empty."""
    parts = {"title": title, "guid": guid, "link": link, "pubDate": date, "description": text}
    return f"<item>{''.join(f'<{name}>{escape(said)}</{name}>' for name, said in parts.items() if said)}{more}</item>"


def settles(
    site: Site, *documents: tuple[str, ...], name: str = "a", later: timedelta = 2 * HOUR
) -> list[dict[str, str]]:
    """Build after each of these documents of one upstream; title and id of all stories after each."""
    found = []
    for items in documents:
        site.feed(name, *items)
        site.build(later=later)
        found.append(site.ids())
        assert len(found[-1]) == len(site.stories()), "a title is out twice"
    return found


# -- F1: the id changes with scheme, host or slash

OLD = "http://a.example/p/1"
SPELLINGS = (
    "https://a.example/p/1",
    "http://www.a.example/p/1",
    "http://a.example/p/1/",
    "https://a.example:443/p/1/#top",
)


@pytest.mark.parametrize("new", SPELLINGS)
@pytest.mark.parametrize("back", [False, True])
def test_f1_an_id_that_is_the_address_in_another_spelling(site, new, back):
    old, now = (item(iri, link=iri) for iri in ((new, OLD) if back else (OLD, new)))
    first, *later = settles(site, (old,), (now,), (now, old), (old,))
    assert later == [first] * 3
    assert len(site.rows()) == 1


def test_f1_a_host_that_moved_while_ids_stay(site):
    """And the link that is shown is the new one."""
    at = [item("tag:a.example,2020:1", link=f"https://{host}/p/1") for host in ("old.example", "new.example")]
    first, second = settles(site, (at[0],), (at[1],))
    assert first == second
    assert site.story(FIRST).link == "https://new.example/p/1"


@pytest.mark.parametrize("size", [12, 30])
def test_f1_a_host_that_moved_with_ids_and_links_floods_nobody(site, size):
    """R16: what is known stays as it is, what is new comes out; the old host coming back is no news either."""

    def at(host: str, *numbers: int) -> tuple[str, ...]:
        return tuple(
            item(f"https://{host}/{n}", title=f"第{n}条", link=f"https://{host}/{n}", published=f"2022-01-06T{n % 24:02}:{n:02}:00Z")
            for n in numbers
        )  # fmt: skip

    known = range(size)
    first, moved, more, home = settles(
        site,
        at("old.example", *known),
        at("new.example", *known),
        at("new.example", *known, 50),
        at("old.example", *known),
    )
    assert (len(first), moved) == (size, first)
    assert more == home == first | {"第50条": "https://new.example/50"}


@pytest.mark.parametrize("back", [False, True])
def test_f1_a_host_that_moved_is_one_story_by_its_infocode(site, back):
    hosts = ("new.example", "old.example") if back else ("old.example", "new.example")
    at = [item(f"https://{host}/1", link=f"https://{host}/p?infoCode=NW{N}") for host in hosts]
    first, *later = settles(site, (at[0],), (at[1],), at, (at[0],))
    assert later == [first] * 3
    assert len(first) == 1


# -- F2: a volatile token in the link, and no guid


def tokens(poll: int, *numbers: int) -> tuple[str, ...]:
    return tuple(
        item(
            title=f"第{n}条", link=f"https://a.example/read?id={n}&v={poll}x{n}", published=f"2022-01-06T{n:02}:00:00Z"
        )
        for n in numbers
    )


@pytest.mark.parametrize("extra", ["", "identity: {tracking: [v]}\n"], ids=["as it is", "with the token in settings"])
def test_f2_a_token_that_changes_at_every_poll(site, extra):
    """The measured case: 20 links, none the same in the next poll; a new article among them comes out."""
    site.extra = extra
    known = range(20)
    first, *later, last = settles(site, *(tokens(poll, *known) for poll in range(4)), tokens(5, *known, 20))
    assert later == [first] * 3
    assert {title: own for title, own in last.items() if title != "第20条"} == first
    assert len(last) == 21


def test_f2_with_the_token_in_settings_a_small_feed_is_known_too(site):
    """R16 holds back what reappears of ten and more; fewer are too few to tell. `identity.tracking` is the cure."""
    site.extra = "identity: {tracking: [v]}\n"
    first, *later = settles(site, *(tokens(poll, 1, 2, 3) for poll in range(4)))
    assert (len(first), later) == (3, [first] * 3)


# -- F3: one guid for all items


@pytest.mark.parametrize("guid", ["https://a.example/", "0", "urn:a:all"])
def test_f3_one_guid_for_all_items(site, guid):
    """All of them are out, and stay what they are in any part and order of the document."""
    items = [
        rss_item(f"第{n}条", guid=guid, link=f"https://a.example/{n}", date=f"Thu, 06 Jan 2022 0{n}:00:00 GMT") for n in range(5)
    ]  # fmt: skip
    known = []
    for listed in (items[:4], items[3::-1], items[1:2], items):
        rss(site, "a", *listed)
        site.build(later=2 * HOUR)
        known.append(site.ids())
    assert known[0] == known[1] == known[2] == {title: own for title, own in known[3].items() if title != "第4条"}
    assert len(known[3]) == len(set(known[3].values())) == 5
    assert guid not in set(known[3].values())


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_f3_a_guid_that_two_sources_give_to_different_articles(tmp_path, order):
    """Two clones of one program, both at http://localhost/?p=1."""
    site = Site(tmp_path)
    for name in "ab":
        site.feed(name)
    for name in order:
        date = {"a": "2022-01-06T01:00:00Z", "b": "2022-01-06T02:00:00Z"}[name]
        site.feed(name, item("http://localhost/?p=1", title=name, link=f"https://{name}.example/1", published=date))
        site.build()
    assert len(set(site.ids().values())) == len(site.stories()) == 2


# -- F4: the same title, another post


def test_f4_the_same_title_is_no_reason(site):
    """In one feed, in two, in posts; with a link or without; at one time or not."""
    dates = ("2022-01-06T01:00:00Z", "2022-01-06T02:00:00Z")
    for name in "ab":
        linked = [item(title="快讯", link=f"https://{name}.example/{n}", published=dates[0]) for n in range(3)]
        bare = [item(title="快讯", published=date) for date in dates]
        site.feed(name, *linked, *bare)
    for number in range(2):
        site.post(f"posts/2022-01-06-{number}.md", title="快讯", date="2022-01-06 09:00:00 +0800")
    for _ in range(2):
        report = site.build()
        ids = [story.id for story in site.stories()]
        assert (report.stories.total, report.stories.merged, len(set(ids))) == (12, 0, 12)


# -- F5: the title is edited


@pytest.mark.parametrize(
    "facts",
    [
        {"own_id": "urn:a:1", "link": "https://a.example/1"},
        {"own_id": "urn:a:1"},
        {"link": "https://a.example/1"},
        {"link": "https://a.example/1", "published": ""},
    ],
    ids=["id and link", "id", "link", "link without date"],
)
def test_f5_an_edited_title_is_an_update(site, facts):
    """The id stays, `updated` moves, nothing comes out twice."""
    shown = []
    for title in ("早报", "早报（更正）", "晚报"):
        site.feed("a", item(title=title, **facts))
        site.build(later=2 * HOUR)
        shown += site.stories()
    assert [story.title for story in shown] == ["早报", "早报（更正）", "晚报"]
    assert len({(story.id, story.published) for story in shown}) == 1
    assert shown[0].updated < shown[1].updated < shown[2].updated


def test_f5_a_post_is_its_file_whatever_its_title(site):
    site.post("posts/2022-01-06-a.md", title="早报")
    site.build()
    before = site.story("早报")
    site.post("posts/2022-01-06-a.md", title="晚报")
    site.build()
    (after,) = site.stories()
    assert (after.title, after.id, after.published) == ("晚报", before.id, before.published)
    assert after.updated > before.updated


# -- F8: one document holds the double

DOUBLE = {"guid": "https://a.example/?p=1", "link": "https://a.example/1", "date": "Thu, 06 Jan 2022 01:00:00 GMT"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"more": "<category>港口</category>"},
        {"guid": "urn:a:2"},
        {"link": "https://a.example/2"},
        {"text": "别的话。"},
    ],
    ids=["the same", "category", "guid", "link", "text"],
)
@pytest.mark.parametrize("back", [False, True])
def test_f8_one_document_holds_the_double(site, change, back):
    """It collapses before a shared id is no key, and is the same entry when it stands alone."""
    site.upstream_lines["a"] = "category: a\nown_categories: true"
    items = [rss_item(**DOUBLE), rss_item(**{**DOUBLE, **change})]
    found = []
    for listed in (items[::-1] if back else items, items[:1], items, items[1:]):
        rss(site, "a", *listed)
        site.build(later=2 * HOUR)
        (story,) = site.stories()
        found.append(story.id)
    assert len(set(found)) == 1
    assert len(site.rows()) == 1


def test_f8_an_item_that_differs_in_more_is_an_article_of_its_own(site):
    """Same guid, another title and another link: two articles, and then the guid says nothing of either."""
    other = {**DOUBLE, "title": "图书馆开放", "link": "https://a.example/2"}
    rss(site, "a", rss_item(**DOUBLE), rss_item(**DOUBLE), rss_item(**other))
    site.build()
    before = site.ids()
    assert sorted(before) == ["图书馆开放", FIRST]
    rss(site, "a", rss_item(**other))
    site.build()
    assert site.ids() == before


# -- F10: republished with other categories


def filed(*names: str) -> str:
    return "".join(f'<category term="{name}"/>' for name in names)


@pytest.mark.parametrize("published", ["2022-01-07T14:39:30Z", "2022-01-08T09:00:00Z"], ids=["same date", "new date"])
@pytest.mark.parametrize("new_id", [False, True])
def test_f10_republished_with_other_categories_it_moves_and_stays_itself(site, published, new_id):
    """What it says now counts; the id and the first date stay (R18)."""
    site.upstream_lines["a"] = "own_categories: true"
    site.feed("a", item("urn:a:1", link="https://a.example/1", more=filed("port", "city")))
    site.build()
    before = site.story(FIRST)
    again = "urn:a:2" if new_id else "urn:a:1"
    site.feed("a", item(again, link="https://a.example/1", published=published, more=filed("city", "night")))
    site.build(later=2 * HOUR)
    (after,) = site.stories()
    assert (after.id, after.published, after.updated) == (before.id, before.published, before.updated)
    assert [category.key for category in after.categories] == ["city", "night"]
    assert [site.titles(name) for name in ("port", "city", "night")] == [[], [FIRST], [FIRST]]


def test_f10_a_post_that_is_filed_elsewhere_keeps_its_id(site):
    media(site, category="emnews")
    site.build()
    before = site.ids()
    media(site, category="cailianshe")
    report = site.build()
    assert (site.ids(), report.stories.added, report.stories.updated) == (before, 0, 0)
    assert (site.titles("emnews"), site.titles("cailianshe")) == ([], [FIRST])
