"""Our own feed comes back: an echo, not news (IDENTITY 18)."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from river import Site, item


@pytest.mark.parametrize("document", ["atom.xml", "rss.xml", "feed.json"])
def test_our_own_feed_coming_back_is_no_news(tmp_path, document):
    site = Site(tmp_path)
    site.post("posts/2022-01-07-with-link.md", title="有链接", link="http://a.example/1")
    site.post("posts/2022-01-06-bare.md", title="没有链接", date="2022-01-06 08:00:00 +0800")
    site.feed("a", item("https://a.example/?p=1", title="上游", link="https://a.example/1x"))
    site.build()
    before = {story.title: replace(story, related=(), copies=(), categories=()) for story in site.stories()}
    assert len(before) == 3
    site.upstreams.append("echo")
    shutil.copy(tmp_path / "feeds" / "all" / document, tmp_path / "up" / "echo.xml")
    report = site.build()
    assert (report.stories.total, report.stories.added, report.stories.merged) == (3, 0, 3)
    if (
        document == "feed.json"
    ):  # it has no id of its own, so a story with a stranger's id does not show that it is ours
        assert site.story("上游").id == before.pop("上游").id
    for title, story in before.items():
        assert replace(site.story(title), related=(), copies=(), categories=()) == story
    assert site.story("没有链接").related == ()


def test_a_deleted_post_whose_echo_is_left_goes_on_under_its_id(tmp_path):
    """Another source still has its story: no new one."""
    site = Site(tmp_path)
    file = site.post("posts/2022-01-06-bare.md", title="没有链接")
    site.post("posts/2022-01-06-other.md", title="另一条")
    site.build()
    before = site.ids()
    site.upstreams.append("echo")
    shutil.copy(tmp_path / "feeds" / "all" / "atom.xml", tmp_path / "up" / "echo.xml")
    site.build()
    file.unlink()
    site.build()
    assert site.ids() == before


def test_an_alias_coming_back_is_no_news(tmp_path):
    """IDENTITY 18: aliases count too."""
    site = Site(tmp_path)
    site.feed("a", item("https://a.example/?p=1", title="一", link="https://a.example/1"))
    site.feed("b", item("https://b.example/?p=1", title="一", link="https://b.example/1"))
    site.build()
    assert len(site.ids()) == 1
    assert len(site.stories()) == 2
    site.feed("b", item("https://b.example/?p=1", title="一", link="https://a.example/1"))
    site.build()
    (story,) = site.stories()
    assert story.id == "https://a.example/?p=1"
    assert len(site.rows()) == 2
    alias = item("https://b.example/?p=1", title="一", link="https://somewhere.example/else")
    site.feed("echo", alias)
    site.build()
    assert [one.id for one in site.stories()] == ["https://a.example/?p=1"]
