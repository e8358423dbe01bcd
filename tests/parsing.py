"""Small feeds for the tests of the parser."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from coranto.identity import Rules
from coranto.model import Entry
from coranto.readers.parse import ParseContext, parse
from coranto.settings.values import DEFAULT_CODES

CONTEXT = ParseContext(
    source="paper.example/rss.xml",
    url="https://paper.example/feeds/rss.xml",
    zone=ZoneInfo("Asia/Shanghai"),
    rules=Rules(codes=DEFAULT_CODES),
    categories=("广州样报",),
    own_categories=True,
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{}</feed>'


def rss(inner: str, attributes: str = "") -> bytes:
    return f'<rss version="2.0" {attributes}><channel><title>t</title>{inner}</channel></rss>'.encode()


def item(inner: str, attributes: str = "") -> bytes:
    return rss(f"<item>{inner}</item>", attributes)


def only(body: bytes | str, context: ParseContext = CONTEXT, content_type: str = "application/xml") -> Entry:
    document = parse(body.encode() if isinstance(body, str) else body, content_type, context)
    assert len(document.entries) == 1, document.problems
    return document.entries[0]


def atom(inner: str) -> str:
    return ATOM.format(f"<entry>{inner}</entry>")
