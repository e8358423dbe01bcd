"""Feeds and stories to write: synthetic, in the shapes of real ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from coranto.model import Category, Enclosure, Feed, Listing, Person, Source, Story
from coranto.writers import SiteHead

SITE = "https://news.example/"
NOON = datetime(2022, 1, 3, 4, 0, tzinfo=UTC)

GUANGZHOU = Category(key="guangzhouribao", folder="guangzhouribao", title="广州日报", description="广州的报纸 & 更多")
MARKET = Category(key="行情", folder="行情", title="行情")
PAPER = Source(
    key="paper.example/rss.xml",
    kind="feed",
    id="https://paper.example/feed",
    title="样报",
    link="https://paper.example/",
    feed_url="https://paper.example/rss.xml",
)


def story(number: int = 1, **fields: object) -> Story:
    """A story of our own, the ``number``-th of a day; ``fields`` replace what a test is about."""
    moment = NOON - timedelta(minutes=number)
    values: dict[str, object] = {
        "id": f"tag:news.example,2021:code/NW{number:018}",
        "title": f"第{number}条：样例标题",
        "link": f"https://paper.example/news/1353,{number:018}.html?a=1&b=2",
        "published": moment,
        "updated": moment,
        "content": f'<p>第{number}条的正文。</p>\n<p>A second paragraph &amp; <a href="https://a.example/?x=1&amp;y=2">a link</a>.</p>',
        "summary": f"第{number}条的正文。A second paragraph & a link.",
        "categories": (GUANGZHOU,),
    }
    return Story(**{**values, **fields})


def full_story() -> Story:
    """A story that states everything that a story can state."""
    return story(
        2,
        updated=NOON,
        authors=(
            Person(name="王小明", email="wang@paper.example", uri="https://paper.example/wang"),
            Person(name="李雷"),
        ),
        categories=(GUANGZHOU, MARKET),
        enclosures=(
            Enclosure(url="https://paper.example/a.mp3", type="audio/mpeg", length=1234, title="录音"),
            Enclosure(url="https://paper.example/b.pdf", type="application/pdf"),
        ),
        language="en",
        source=PAPER,
        related=("https://m.paper.example/news/2.html", "https://other.example/2?x=1&y=2"),
    )


def hostile_story() -> Story:
    """A story as the worst entry would bring it: everything that must not reach a document."""
    return story(
        3,
        title="\x00<b>Fat</b> ]]> &amp;lt; AT&amp;T \ud83d 😀 \u202eabc\ufffe\n<script>alert(1)</script>",
        link="javascript:alert(1)",
        content="<p>]]&gt; and ]]> and \x0b bell</p>",
        summary="<script>alert(2)</script> ?a=1&copy=2 \ufffd &lt;b&gt;",
        authors=(Person(name=" \x07 "), Person(name="<i>Eve</i>", email="not an e-mail", uri="javascript:alert(3)")),
        enclosures=(
            Enclosure(url="https://paper.example/bad file%.mp3", type="no type", length=-5),
            Enclosure(url="data:text/html,hi"),
        ),
        language="not a language",
        source=Source(key="file:feeds/local.xml", kind="feed", title="", feed_url="feeds/local.xml"),
        related=("javascript:alert(4)", 'https://例子.example/文?q="a b"', "https://[broken/"),
    )


def feed(*stories: Story, **fields: object) -> Feed:
    """A feed of ``stories``; ``fields`` replace what a test is about."""
    values: dict[str, object] = {
        "id": "tag:news.example,2021:category/guangzhouribao",
        "category": GUANGZHOU,
        "base": SITE + "guangzhouribao/",
        "title": "广州日报",
        "description": "广州的报纸 & 更多",
        "language": "zh-CN",
        "site_title": "广州新闻",
        "site_url": SITE,
        "updated": max((one.updated for one in stories), default=NOON),
        "icon": SITE + "icon.png",
        "stories": stories,
    }
    return Feed(**{**values, **fields})


def english_feed(*stories: Story) -> Feed:
    """A feed with as little as a feed can state."""
    return feed(*stories, title="Weather", description="", language="en", site_title="Example News", icon="")


def site(**fields: object) -> SiteHead:
    """The site of these feeds."""
    values: dict[str, object] = {
        "title": "广州新闻",
        "url": SITE,
        "language": "zh-CN",
        "all_base": SITE + "all/",
        "opml_url": SITE + "opml.xml",
        "description": "每天的新闻 <b>",
        "icon": SITE + "icon.png",
        "updated": NOON,
    }
    return SiteHead(**{**values, **fields})


def listings() -> tuple[Listing, ...]:
    """Two categories, one with a Unicode folder."""
    return (
        Listing(category=GUANGZHOU, base=SITE + "guangzhouribao/", stories=42, newest=NOON, latest="第1条 <b> & 更多"),
        Listing(category=MARKET, base=SITE + "行情/", stories=1, newest=NOON - timedelta(days=1)),
    )
