"""Many entries that look alike cost what they are, not the square of it; and the report counts doubtful merges."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from commands import as_json, coranto
from listening import NOON, entry, listening
from river import SHARE, N, Site, item
from world import Said, world

MANY = 1500
BOUND = 12  # seconds of work; the square of it took over a minute


@pytest.mark.parametrize("same", ["title", "link", "own_id"])
def test_a_feed_whose_items_share_a_title_a_link_or_an_id_is_read_again_in_bounded_time(same):
    """F3, F4: "快讯" on every item is a real feed. Read again, it is known again."""
    items = [
        entry(
            **{
                "own_id": f"urn:a:{n}",
                "link": f"https://a.example/{n}",
                "title": f"第{n}条",
                "published": NOON - n * timedelta(minutes=1),
                same: "https://a.example/all",
            }
        )
        for n in range(MANY)
    ]
    with listening() as feed:
        feed.poll(*items)
        start = time.process_time()
        feed.poll(*items)
        assert time.process_time() - start < BOUND
        assert feed.store.stories.count() == MANY


def test_a_crowd_that_was_never_out_looks_for_its_old_ids_once():
    with world() as made:
        with made.store.database.transaction():
            for number in range(6000):
                made.put((1, f"n{number}"), Said(code="NW202201070001", instant=number))
        start = time.process_time()
        made.settle()
        assert time.process_time() - start < 4
        assert made.store.stories.count() == 1


def test_a_thousand_claims_of_one_article_make_no_feed_large(tmp_path):
    """A story names fifty of its copies; who wins is as ever."""
    site = Site(tmp_path)
    site.post("posts/2022-01-06-local.md", title="本地", link=SHARE + N, category="news")
    claims = [item(f"urn:a:{n}", title="别处", link=f"{SHARE}{N}&from={n}") for n in range(300)]
    site.feed("a", *claims)
    site.build()
    (story,) = site.stories("news")
    assert story.title == "本地"
    assert len(story.related) == len(story.copies) == 50
    assert all(len(body) < 60_000 for path, body in site.files().items() if path.startswith("news/"))
    site.lose_state()
    site.build()
    assert site.stories("news") == (story,)


def test_the_report_counts_doubtful_merges(tmp_path, monkeypatch):
    """E5."""
    monkeypatch.chdir(tmp_path)
    site = Site(tmp_path)
    site.post("posts/2022-01-06-local.md", title="本地")
    for name, amount in (("a", "100亿"), ("b", "200亿")):
        site.feed(name, item(f"urn:{name}:1", title=f"央行开展{amount}元逆回购", link="http://x.example/1"))
    assert site.build().stories.doubtful == 1
    assert as_json("build", "--offline")["stories"]["doubtful"] == 1
    assert "1 doubtful merge (`coranto check`)" in coranto("build", "--offline").stdout
