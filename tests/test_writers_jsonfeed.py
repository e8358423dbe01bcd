"""JSON Feed: what the format holds, and reading it back without loss."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import feeds
from coranto.model import Person
from coranto.writers import jsonfeed
from judge import CONTENT, assert_valid, item, without_descriptions


def test_an_article_about_script_is_no_script():
    """Validators and filters search for the bare word; a browser shows the same text."""
    story = feeds.story(content="<p>JavaScript: the good parts</p>", summary="javascript : a <i>")
    assert_valid(feeds.feed(story))
    assert item(story).findtext(CONTENT) == "<p>JavaScript&#58; the good parts</p>"
    assert jsonfeed.read(jsonfeed.write(feeds.feed(story))) == (without_descriptions(story),)


def test_json_attachments_and_language():
    made = json.loads(jsonfeed.write(feeds.feed(feeds.full_story())))["items"][0]
    assert [file["mime_type"] for file in made["attachments"]] == ["audio/mpeg", "application/pdf"]
    assert made["language"] == "en"
    assert made["tags"] == ["广州日报", "行情"]


def test_json_has_one_line_an_item():
    lines = jsonfeed.write(feeds.feed(feeds.story(1), feeds.story(2))).decode().splitlines()
    assert len(lines) == 4
    assert json.loads(lines[1].rstrip(","))["title"] == "第1条：样例标题"


def test_reading_back_restores_even_what_was_not_fit_to_show():
    story = replace(
        feeds.hostile_story(),
        title="<b>Fat</b> &amp;lt;",
        summary="\ufffd <i>",
        content="<p>\ufffd</p>",
        authors=(Person(name="", uri="x y"),),
    )
    assert jsonfeed.read(jsonfeed.write(feeds.feed(story))) == (without_descriptions(story),)


@pytest.mark.parametrize("data", [b"", b"<rss/>", b"[]", b"{}", b'{"items": 3}', b"\xff\xfe{"])
def test_reading_something_else_raises(data):
    with pytest.raises(ValueError, match=r"JSON|Expecting|decode"):
        jsonfeed.read(data)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        3,
        {},
        {"id": 3},
        {"_coranto": 3},
        {"_coranto": {"source": {}}},
        {"_coranto": {"categories": [{"key": 1}]}},
        {"date_published": "yesterday"},
        {"_coranto": {"related": [1]}},
        {"attachments": [{"url": "https://a.example/"}]},
    ],
)
def test_an_item_that_somebody_broke_does_not_take_the_others_with_it(broken):
    document = json.loads(jsonfeed.write(feeds.feed(feeds.story(1), feeds.story(2))))
    first = document["items"][0]
    document["items"][0] = {**first, **broken} if isinstance(broken, dict) and broken else broken
    read = jsonfeed.read(json.dumps(document).encode())
    assert [story.id for story in read] == [feeds.story(2).id]
