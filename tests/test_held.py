"""A feed that lists what we know under new ids and links is held: nobody sees anything twice (R16); R13, R15, R18 to R20."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commands import as_json, coranto
from coranto.intake import condition, document
from coranto.settings.values import Upstream
from listening import KEY, NOON, entry, listening
from loopback import http, loopback
from river import OneUpstream, Site, atom, item

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def feed():
    with listening() as upstream:
        yield upstream


def edition(sign: str, *numbers: int, **fields: object):
    """Entries as the feed lists them; ``sign`` stands in their ids and links."""
    return [
        entry(
            f"urn:{sign}:{number}",
            **{
                "link": f"https://a.example/{sign}/{number}",
                "title": f"第{number}条",
                "published": NOON - number * HOUR,
                **fields,
            },
        )
        for number in numbers
    ]


TWELVE = range(1, 13)


def states(feed):
    """How many entries there are in each state."""
    found = [row.state for row in feed.rows()]
    return {state: found.count(state) for state in found}


def stories(feed):
    return feed.store.stories.count()


# -- held


def test_known_entries_under_new_ids_and_links_are_no_news(feed):
    """R16; what is really new among them is."""
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*edition("b", *TWELVE), *edition("b", 99))
    assert states(feed) == {"live": 13, "held": 12}
    assert stories(feed) == 13
    assert (feed.reading.held, feed.reading.fresh, feed.reading.listed) == (12, 1, 13)


def test_read_again_they_stay_what_they_are(feed):
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*edition("b", *TWELVE))
    before = feed.tables()
    feed.poll(*edition("b", *reversed(TWELVE)), later=5 * DAY)
    assert feed.tables() == before
    assert not feed.store.stories.touched()
    assert feed.reading.held == 12


@pytest.mark.parametrize("published", [NOON, None], ids=["dated at each poll", "undated"])
def test_new_ids_and_links_at_every_request_flood_nobody(feed, published):
    """The catalogue of RELIABILITY: every request new guids, new link parameters, dates = now."""
    feed.poll(*edition("a", *TWELVE, published=published))
    for poll in range(1, 6):
        dates = {"published": published and published + poll * HOUR}
        feed.poll(*edition(f"b{poll}", *TWELVE, **dates), *edition(f"b{poll}", 100 + poll, **dates))
        assert stories(feed) == 12 + poll
    assert states(feed) == {"live": 17, "held": 60}


def test_while_held_a_single_one_is_held_too(feed):
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*edition("b", *TWELVE))
    feed.poll(*edition("b", *TWELVE[1:]), *edition("c", 1))
    assert states(feed) == {"live": 12, "held": 13}


def test_half_of_a_feed_is_a_matter_of_its_own(feed):
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*edition("a", *TWELVE[:6]), *edition("b", *TWELVE[6:]))
    assert states(feed) == {"live": 18}
    assert feed.reading.held == 0


def test_a_small_feed_is_never_held(feed):
    feed.poll(*edition("a", *range(9)))
    feed.poll(*edition("b", *range(9)))
    assert states(feed) == {"live": 18}


def test_the_same_links_under_new_ids_are_the_same_entries(feed):
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*(replace(one, own_id=f"{one.own_id}?new") for one in edition("a", *TWELVE)))
    assert states(feed) == {"live": 12}
    assert feed.reading.shape == "12 entries came under new ids; they stay the stories they were"


def test_entries_with_their_infocode_need_no_holding(feed):
    """R16: the same infoCode under a new guid stays one story."""
    codes = {number: f"NW2022010722393075{number:02}" for number in TWELVE}
    for sign in "ab":
        feed.poll(*(edition(sign, number, code=code)[0] for number, code in codes.items()))
    assert (stories(feed), feed.reading.held) == (12, 0)


def test_an_edit_of_a_held_entry_publishes_nothing(feed):
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*edition("b", *TWELVE))
    for number in range(3):  # the second waits, and is taken when it may be (R18)
        feed.poll(*edition("b", *TWELVE, content=f"<p>{number}</p>"), later=timedelta(minutes=20))
    feed.wait(2 * HOUR)
    assert states(feed) == {"live": 12, "held": 12}
    assert ("第1条", "<p>2</p>") in feed.shown()
    assert stories(feed) == 12


def test_an_entry_that_a_word_keeps_out_is_not_held(feed):
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*edition("b", *TWELVE, dropped="招聘"))
    assert states(feed) == {"live": 12, "dropped": 12}
    feed.poll(*edition("c", *TWELVE))
    feed.poll(*edition("c", *TWELVE, dropped="招聘"))
    assert states(feed) == {"live": 12, "dropped": 24}


def test_a_held_entry_joins_nothing(feed):
    """Like a withdrawn one, it recognises and no more (IDENTITY 10)."""
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*edition("b", *TWELVE))
    held = feed.store.entries.held(feed.source)
    assert all(set(feed.store.entries.standing_of_keys(uid).values()) == {2} for uid in held)
    feed.store.entries.restand()
    feed.wait(HOUR)
    assert stories(feed) == 12


def test_at_most_so_many_are_kept(feed, monkeypatch):
    monkeypatch.setattr(document, "MOST_HELD", 30)
    feed.poll(*edition("a", *TWELVE))
    for poll in range(5):
        feed.poll(*edition(f"b{poll}", *TWELVE))
    assert states(feed) == {"live": 12, "held": 30}
    newest = [row.entry.own_id.split(":")[1] for row in feed.rows() if row.state == "held"]
    assert {sign: newest.count(sign) for sign in newest} == {"b2": 6, "b3": 12, "b4": 12}
    for table in ("words", "ekey", "entry_category", "touched"):
        assert not feed.store.database.rows(f"SELECT 1 FROM {table} WHERE entry NOT IN (SELECT uid FROM entry)")


def daily(day: int, columns: int, news: int):
    """A paper of fixed columns and of news: every day all ids, links, dates and words are new."""
    date = NOON + day * DAY
    return [
        *(edition(f"d{day}", one, published=date, content=f"<p>{day}-{one}</p>")[0] for one in range(columns)),
        *edition(f"d{day}", *range(100 * (day + 1), 100 * (day + 1) + news), published=date),
    ]


def test_the_columns_of_a_daily_paper_are_news_r16(feed):
    """All that is known of it is its columns, but they are a small part of it."""
    for day in range(3):
        feed.poll(*daily(day, columns=11, news=49), later=DAY)
        assert states(feed) == {"live": 60 * (day + 1)}


def test_while_held_a_recurring_title_with_words_of_its_own_is_published_r16(feed):
    """And does not renew the hold."""
    weather = {"title": "天气预报", "content": "<p>晴</p>"}
    feed.poll(*edition("a", *TWELVE), *edition("a", 0, **weather))
    feed.poll(*edition("b", *TWELVE))
    for day in range(1, 4):
        news = edition("c", *range(100 * day, 100 * day + 3))
        weather |= {"content": f"<p>{day}</p>", "published": NOON + day * DAY}
        feed.poll(*news, *edition(f"c{day}", 0, **weather), later=DAY)
        assert feed.reading.held == 0
        feed.reading = replace(feed.reading, held=1)  # were it held still
    assert states(feed) == {"live": 13 + 3 * 4, "held": 12}


def test_undated_titles_that_stand_twice_are_known_by_their_words_r16(feed):
    """Two articles of each title in a feed that renames all at each poll."""
    for poll in range(4):
        twice = (edition(f"{sign}{poll}", *TWELVE, published=None, content=f"<p>{sign}</p>") for sign in "ab")
        feed.poll(*(one for part in twice for one in part))
    assert states(feed) == {"live": 24, "held": 72}


def test_a_store_that_was_flooded_before_is_not_flooded_again_r16(feed):
    for sign in "abc":
        feed.poll(*edition(sign, *range(9), published=None))  # too small to be held
    feed.poll(*edition("d", *range(12), published=None))
    for sign in "efg":
        feed.poll(*edition(sign, *range(12), published=None))
    assert states(feed) == {"live": 39, "held": 36}


def test_new_ids_and_links_with_their_infocode_are_no_overrun_r16(feed):
    """A feed that renames all at each poll loses nothing."""
    codes = {number: f"NW2022010722393075{number:02}" for number in TWELVE}
    for poll in range(4):
        feed.poll(*(edition(f"s{poll}", number, code=code)[0] for number, code in codes.items()))
        assert (feed.reading.listed, feed.reading.fresh) == (12, 0 if poll else 12)
    assert stories(feed) == 12


def test_a_held_entry_that_was_withdrawn_is_held_again_r16(feed):
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*edition("b", *TWELVE))
    feed.poll(*edition("b", *TWELVE[1:]), withdrawn=("urn:b:1",))
    assert states(feed) == {"live": 12, "held": 11, "withdrawn": 1}
    feed.poll(*edition("b", *TWELVE))
    assert states(feed) == {"live": 12, "held": 12}
    assert feed.reading.held == 12
    assert stories(feed) == 12


def test_an_entry_that_was_withdrawn_and_is_listed_again_stands_again(feed):
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*edition("a", *TWELVE[1:]), withdrawn=("urn:a:1",))
    feed.poll(*edition("a", *TWELVE))
    assert states(feed) == {"live": 12}


# -- released


def release(feed):
    """The operator lets all go; how many are published."""
    released = condition.release(feed.store, Upstream(url=f"https://{KEY}", key=KEY), feed.now)
    feed.reading = replace(feed.reading, held=0)  # as the store says now
    return released


def test_the_operator_lets_them_go_and_they_are_not_held_again(feed):
    feed.poll(*edition("a", *TWELVE))
    feed.poll(*edition("b", *TWELVE))
    assert release(feed) == 12
    feed.wait(HOUR)
    assert (states(feed), stories(feed)) == ({"live": 24}, 24)
    before = feed.tables()
    feed.poll(*edition("b", *TWELVE))
    assert feed.tables() == before
    assert feed.reading.held == 0
    assert release(feed) is None


def test_titles_that_recur_are_learned_by_one_release(feed):
    """Twelve towns, each day their weather: looks like a flood once, and never again."""
    releases = 0
    for day in range(4):
        weather = {"published": NOON + day * DAY, "content": f"<p>{day}</p>"}
        feed.poll(*edition(f"d{day}", *TWELVE, **weather), later=DAY)
        if feed.reading.held:
            releases += release(feed) > 0
            feed.wait(HOUR)
    assert (states(feed), stories(feed), releases) == ({"live": 48}, 48, 1)


def churned(feed, polls):
    """A feed that renamed all at each of so many polls."""
    for poll in range(polls):
        feed.poll(*edition(f"b{poll}", *TWELVE, published=None))


def test_of_each_title_only_the_newest_is_released_r16(feed):
    churned(feed, 6)
    assert states(feed) == {"live": 12, "held": 60}
    assert release(feed) == 12
    feed.wait(HOUR)
    assert (states(feed), stories(feed)) == ({"live": 24, "withdrawn": 48}, 24)
    newest = {row.entry.own_id.split(":")[1] for row in feed.rows() if row.state == "live"}
    assert newest == {"b0", "b5"}


def test_after_a_release_new_ids_and_links_flood_nobody_still_r16(feed):
    """Each title stands twice then: the words tell."""
    churned(feed, 6)
    release(feed)
    feed.poll(*edition("c", *TWELVE, published=None))
    assert (states(feed), feed.reading.held) == ({"live": 24, "withdrawn": 48, "held": 12}, 12)
    release(feed)
    feed.poll(*edition("b2", *TWELVE, published=None))  # names that were left behind by the first one
    assert states(feed) == {"live": 36, "withdrawn": 36, "held": 12}
    assert stories(feed) == 36


# -- over the river


def listed(sign, *numbers, day=0):
    """Items as the paper lists them."""
    return [
        item(
            f"https://paper.example/{sign}/{number}",
            link=f"https://paper.example/{sign}/{number}",
            title=f"第{number:02}条",
            published=f"2022-01-0{7 + day}T{number:02}:00:00Z",
        )
        for number in numbers
    ]


@pytest.fixture
def paper(tmp_path, monkeypatch):
    """A site whose one upstream answers what ``paper.says`` was told."""
    monkeypatch.chdir(tmp_path)
    site = OneUpstream(tmp_path)
    with loopback(http(b"")) as server:
        site.address = server.url()

        def says(*items, **options):
            server.answers[""] = http(atom(*items))
            return site.build(later=DAY, **options)

        site.says = says
        site.server = server
        yield site


def health(site):
    """What status says of the upstream."""
    return as_json("status")["sources"][-1]


def test_a_publisher_that_renames_everything_is_held_and_nobody_sees_it_r16(paper):
    paper.says(*listed("old", *TWELVE))
    before = paper.files()
    paper.says(*listed("new", *TWELVE))
    assert paper.files() == before
    told = health(paper)
    assert (told["health"], told["held"], told["entries"]) == ("held", 12, 12)
    assert "12 entries came again under new ids and links" in told["why"]
    since = told["since"]
    paper.says(*listed("new", *TWELVE), *listed("new", 20))
    assert len(paper.titles()) == 13
    assert "第20条" in paper.titles()
    assert (health(paper)["health"], health(paper)["since"]) == ("held", since)


def test_a_hold_ends_when_the_renamed_ones_roll_out_r16(paper):
    paper.says(*listed("old", *TWELVE))
    paper.says(*listed("new", *TWELVE))
    paper.says(*listed("new", 12, *range(13, 20)))
    assert health(paper)["health"] == "held"
    paper.says(*listed("new", *range(13, 24)))
    told = health(paper)
    assert told["health"] == "healthy"
    assert "12 entries are held back" in told["why"]  # and may be released still: they may have been news
    assert len(paper.titles()) == 23
    assert len(set(paper.titles())) == 23


def test_new_names_at_every_request_flood_nobody_r16(paper):
    paper.says(*listed("s0", *TWELVE))
    before = paper.files()
    for poll in range(1, 5):
        paper.says(*listed(f"s{poll}", *TWELVE, day=poll % 2))
        assert paper.files() == before
    assert health(paper)["held"] == 48


def test_a_feed_that_shrinks_is_told_and_keeps_its_stories_r15(paper):
    paper.says(*listed("a", *range(20)))
    before = paper.files()
    paper.says(*listed("a", 18, 19))
    assert paper.files() == before
    assert (health(paper)["health"], health(paper)["why"]) == (
        "changed-shape",
        "lists 2 entries, 20 before; nothing is taken out",
    )
    paper.says(*listed("a", *range(20)))
    assert health(paper)["health"] == "healthy"
    paper.says()
    assert paper.files() == before
    assert "lists no entries, 20 before" in health(paper)["why"]


def test_a_feed_that_redates_its_entries_moves_nothing_r18(paper):
    paper.says(*listed("a", *TWELVE))
    before = paper.files()
    paper.says(*listed("a", *TWELVE, day=1))
    assert paper.files() == before
    assert health(paper)["why"] == "12 entries changed their dates; the first ones count"


def test_a_captcha_is_a_failure_with_its_kind_r13(paper):
    paper.says(*listed("a", *TWELVE))
    paper.server.answers[""] = http(b"<html><title>Are you human?</title></html>", Content_Type="text/html")
    paper.build(later=DAY)
    told = health(paper)
    assert (told["health"], told["failing"]) == ("failing", 1)
    assert "a page" in told["why"]
    assert told["error"] == told["why"]
    assert told["since"] == paper.now.isoformat()
    paper.says(*listed("a", *TWELVE))
    assert (health(paper)["health"], health(paper)["error"]) == ("healthy", None)


def test_a_feed_that_posts_faster_than_it_lists_is_losing_some(paper):
    found = []
    for day in range(3):
        paper.says(*listed(f"d{day}", *range(5 * day, 5 * day + 5)))
        found.append(health(paper)["health"])
    assert found == ["healthy", "healthy", "losing"]
    told = health(paper)
    assert "ask its publisher for a longer feed" in told["why"]


def test_every_answer_is_timed(paper):
    paper.says(*listed("a", *TWELVE))
    with paper.store() as store:
        (source,) = [row for key, row in store.sources.ids().items() if "127" in key]
        assert store.sources.subscription(source).milliseconds > 0


def test_a_change_of_settings_lets_none_go(paper):
    paper.says(*listed("old", *TWELVE))
    paper.says(*listed("new", *TWELVE))
    settings = paper.settings
    paper.settings = lambda: replace(
        settings(), upstreams=tuple(replace(one, drop=("第01条",)) for one in settings().upstreams)
    )
    paper.build(later=HOUR)
    assert len(paper.titles()) == 11
    found = [row.state for row in paper.rows()]
    assert {state: found.count(state) for state in found} == {"live": 11, "dropped": 2, "held": 11}


def test_explain_says_that_an_entry_is_held(paper):
    paper.says(*listed("old", *TWELVE))
    paper.says(*listed("new", *TWELVE))
    (account,) = as_json("explain", "https://paper.example/new/3")["stories"]
    assert (account["id"], account["entries"][0]["state"]) == (None, "held")
    assert "`coranto status` says more" in coranto("explain", "https://paper.example/new/3").stdout


# -- dates


def test_nothing_in_our_output_is_later_than_the_run_r19(tmp_path):
    """2 hours to 78 years ahead, and the year 9999: the day of first sight, also at later polls."""
    site = Site(tmp_path)
    ahead = ("2022-01-08T07:00:00Z", "2023-01-08T05:00:00Z", "2100-01-08T05:00:00Z", "9999-12-31T23:59:59Z")
    site.feed(
        "a",
        *(
            item(f"urn:{number}", title=f"第{number}条", published=date, updated=date)
            for number, date in enumerate(ahead)
        ),
    )
    site.build()
    seen = site.now
    first = {story.title: story.published for story in site.stories()}
    assert set(first.values()) == {seen}
    assert len(first) == len(ahead)
    assert all(story.updated <= site.now for story in site.stories())
    files = site.files()
    assert not any(year in body.decode() for body in files.values() for year in ("2023-", "2100-", "9999-"))
    site.build(later=DAY)
    assert site.files() == files


GARBAGE = ("", "soon", "32 Foo 2022", "0000-00-00", "2022-02-30T00:00:00Z", "昨天", "-1")


def test_an_entry_without_a_readable_date_is_dated_when_it_is_seen_r20(tmp_path):
    """Stored: later polls move nothing, also when a date is stated at last."""
    site = Site(tmp_path)
    site.feed(
        "a", *(item(f"urn:{number}", title=f"第{number}条", published=date) for number, date in enumerate(GARBAGE))
    )
    site.build()
    seen = site.now
    assert [story.published for story in site.stories()] == [seen] * len(GARBAGE)
    files = site.files()
    site.build(later=DAY)
    assert site.files() == files
    site.feed("a", *(item(f"urn:{number}", title=f"第{number}条") for number in range(len(GARBAGE))))
    site.build(later=DAY)
    assert [story.published for story in site.stories()] == [seen] * len(GARBAGE)


def test_one_guid_for_two_articles_shows_both_with_lasting_ids_r17(tmp_path):
    site = Site(tmp_path)
    both = [
        item(
            "same", link=f"https://a.example/{number}", title=f"第{number}条", published=f"2022-01-07T1{number}:00:00Z"
        )
        for number in (1, 2)
    ]
    site.feed("a", *both)
    site.build()
    ids = site.ids()
    assert set(ids) == {"第1条", "第2条"}
    for listing in (both[:1], both[1:], both[::-1]):
        site.feed("a", *listing)
        site.build()
        assert site.ids() == ids
