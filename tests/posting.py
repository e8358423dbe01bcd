"""Posts for the tests, and what reads them."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from coranto.identity import Rules
from coranto.readers.posts import PostContext, parse
from coranto.settings.values import DEFAULT_CODES

DATA = Path(__file__).parent / "data" / "posts"
CONTEXT = PostContext(
    source="posts:posts",
    zone=ZoneInfo("Asia/Shanghai"),
    category_title="{}新闻",
    rules=Rules(codes=DEFAULT_CODES),
    base="https://news.example/",
)
NAME = "2021-12-24-a-post.md"


def post(matter="title: t\ndate: 2021-12-24 04:02:50 +0800", body="text", name=NAME, context=CONTEXT):
    return parse(f"---\n{matter}\n---\n{body}".encode(), name, context)


def entry(*args, **kwargs):
    return post(*args, **kwargs).entry


def sample(name):
    return parse((DATA / name).read_bytes(), name, CONTEXT)


def utc(*when):
    return datetime(*when, tzinfo=UTC)
