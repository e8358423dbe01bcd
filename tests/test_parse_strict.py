"""The two tiers of the XML parser agree: what the strict one reads, feedparser's would read the same, field by field."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coranto.readers import charset, parse_guard, parse_xml, strict
from coranto.readers.parse_raw import ParseError, RawFeed
from examples import often
from feedparser_cases import cases
from parsing import ATOM, CONTEXT, rss

UPSTREAM = Path(__file__).parent / "data" / "upstream"
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:media="http://search.yahoo.com/mrss/"'
)


def by_feedparser(body: bytes) -> RawFeed:
    text, _ = charset.decode(body, "")
    prepared, found, problems = parse_guard.prepare(text, CONTEXT.url, CONTEXT.zone)
    assert problems == ()
    return parse_xml.read(prepared, found, CONTEXT.url)


def judged(body: bytes) -> str:
    """Whether the strict tier takes a document; if so, both must say the same."""
    if not charset.nothing_but_utf8_is_named(body, ""):
        return "labelled"
    everyday = strict.read(body)
    if everyday is None:
        return "odd"
    assert everyday == by_feedparser(body)
    return "everyday"


def test_both_tiers_agree_on_feedparsers_own_cases() -> None:
    counts = Counter(judged(case.body) for case in cases())
    assert counts["everyday"] > 450, counts


@pytest.mark.parametrize("path", sorted(UPSTREAM.glob("*.xml")), ids=lambda path: path.name)
def test_both_tiers_agree_on_the_feeds_of_the_tests(path: Path) -> None:
    judged(path.read_bytes())


# -- generated feeds: tame ones, which are everyday's or nearly, and wild ones

TAME = [
    "", " ", "广州日报", "a", " a\n b ", "AT&T", "1 < 2", "é", "x;y", "Fri, 24 Dec 2021 10:00:00 +0800", "2021-12-24T02:00:00Z",
    "60", "weekly", "zh_CN", "true", "<p>文 <br></br>&nbsp;</p>", "<b>", "😀", "]]>", "y" * 100,
]  # fmt: skip
WILD = [
    *TAME, "a &amp; b", "&lt;b&gt;x&lt;/b&gt;", "x</b>", "Ã©tÃ©", "\x93q\x94", "\u2028", "a;b&c;d", "http://a.example/?a&copy;b",
    "https:///x", "/relative", "mailto:x@a.example", "urn:uuid:1", "x@a.example (Ann)", "Ann <x@a.example>", "y" * 150, "\ufeff", "&#8217;",
]  # fmt: skip
GOOD_ADDRESSES = ["http://a.example/1", "https://a.example/?x=1&y=2", "https://例子.example/路"]
ADDRESSES = [
    *GOOD_ADDRESSES,
    "http://a.example/&amp;x;",
    "",
    "/x",
    "http:////a",
    "ftp://a.example/",
    " http://a.example/",
]
RSS_ITEM = ["title", "link", "guid", "pubDate", "description", "content:encoded", "author", "dc:creator", "category", "dc:date",
            "comments", "source", "slash:comments"]  # fmt: skip
RSS_CHANNEL = ["title", "link", "language", "ttl", "description", "generator", "pubDate", "managingEditor", "category",
               "sy:updatePeriod", "sy:updateFrequency", "copyright", "webMaster"]  # fmt: skip
ATOM_ENTRY = ["title", "id", "published", "updated", "summary", "content", "rights"]
ATOM_FEED = ["title", "id", "updated", "subtitle", "rights", "generator", "icon"]
ODD = ["dc:title", "media:title", "media:thumbnail", "Title", "item", "p", "contributor", "dc:subject", "id", "body"]
USUAL = {  # attributes, and what they say
    "guid": {"isPermaLink": ["true", "false"]}, "category": {"domain": ["http://a.example/", ""]}, "source": {"url": GOOD_ADDRESSES},
    "title": {"type": ["text", "html"]}, "summary": {"type": ["text", "html", "HTML"]}, "content": {"type": ["html", "text/html", "text"]},
}  # fmt: skip
ANY = {
    "type": ["text", "html", "xhtml", "text/html", "text/plain", "image/png", "audio/mpeg", ""], "isPermaLink": ["FALSE", "", "no"],
    "href": ADDRESSES, "src": ADDRESSES, "xml:lang": ["zh-CN", "", "en_US"], "xml:base": ADDRESSES, "domain": ["x"], "term": ["x"],
}  # fmt: skip
RELS = ["alternate", "self", "via", "enclosure", "Alternate", "next", ""]


@st.composite
def element(draw, name: str, wild) -> str:
    """One element: its text as references, as CDATA or with a comment inside; a wild one with odd attributes or a child."""
    addresses = ADDRESSES if wild else GOOD_ADDRESSES
    text = draw(st.sampled_from(addresses if name == "link" else WILD if wild else TAME))
    forms = [escape(text), f"{escape(text)}<!-- c -->{escape(text)}", f"<![CDATA[{text.replace(']]>', '')}]]>"]
    inner = draw(st.sampled_from(forms if name != "link" else forms[:1]))
    stated = {key: draw(st.sampled_from(said)) for key, said in USUAL.get(name, {}).items() if draw(st.booleans())}
    if wild:
        inner += draw(st.sampled_from([""] * 12 + ["<b>x</b>", "<?pi x?>", "&nbsp;", "x"]))
        odd = draw(st.sampled_from([""] * 12 + list(ANY)))
        stated |= {odd: draw(st.sampled_from(ANY[odd]))} if odd else {}
    if name == "title" and not wild:
        stated = {}
    attributes = "".join(f" {key}={quoteattr(value)}" for key, value in stated.items())
    return f"<{name}{attributes}>{inner}</{name}>"


@st.composite
def elements(draw, names: list[str], wild, *more) -> str:
    """Some of these elements in any order; of a wild feed, some twice, and strange ones."""
    chosen = draw(st.lists(st.sampled_from(names), max_size=8, unique=True))
    if wild:
        chosen += draw(st.lists(st.sampled_from(names + ODD), max_size=1))
    parts = [draw(element(name, wild)) for name in chosen] + [draw(one) for one in more]
    return "\n".join(draw(st.permutations(parts)))


@st.composite
def atom_links(draw, wild, name: str = "link", rels=tuple(RELS)) -> str:
    found = []
    for _ in range(draw(st.integers(0, 2))):
        stated = {
            "href": draw(st.sampled_from(ADDRESSES if wild else GOOD_ADDRESSES)),
            "rel": draw(st.sampled_from(rels)),
        }
        stated |= draw(
            st.sampled_from(
                [{}, {"type": "text/html"}, {"type": "Audio/MPEG", "length": "12"}, {"title": "t", "length": "x"}]
            )
        )
        found.append(f"<{name} {' '.join(f'{key}={quoteattr(value)}' for key, value in stated.items() if value)}/>")
    return "".join(found)


@st.composite
def people(draw, wild) -> str:
    parts = [
        "<name>甲</name>",
        "<name> A B </name>",
        "<email>a@a.example</email>",
        "<uri>http://a.example</uri>",
        "<email/>",
    ]
    parts += ["<uri>/x</uri>", "<name><b/></name>", "x", "<name x='y'>n</name>"] if wild else []
    chosen = st.lists(st.sampled_from(parts), max_size=3, unique_by=lambda part: part[:5])
    return "".join(f"<author>{''.join(draw(chosen))}</author>" for _ in range(draw(st.integers(0, 2))))


TERM = st.builds(
    lambda term, label: f"<category term={quoteattr(term)} label={quoteattr(label)}/>", *[st.sampled_from(TAME[:5])] * 2
)
ENCLOSURE = st.sampled_from(["", "<enclosure url='http://a.example/a.mp3' type='Audio/mpeg' length='7'/>"])
IMAGE = "<image><url>http://a.example/i</url><title>图</title><link>http://a.example</link></image>"
SKIPPED = "<skipHours><hour>3</hour><hour> 24 </hour><hour>x</hour></skipHours><skipDays><day>Sunday</day></skipDays>"


@st.composite
def rss_feeds(draw) -> str:
    wild = draw(st.sampled_from([False, True]))
    some = st.sampled_from(["", IMAGE, SKIPPED, "<enclosure url=''/>" if wild else IMAGE])
    rels = ("self", "next") if not wild else tuple(RELS)
    item = elements(RSS_ITEM, wild, ENCLOSURE, atom_links(wild, "atom:link", rels)).map(
        lambda inner: f"<item>{inner}</item>"
    )
    channel = draw(elements(RSS_CHANNEL, wild, some, atom_links(wild, "atom:link", rels)))
    version = draw(st.sampled_from(["version='2.0'", "version='0.91'", "", *(["xml:lang='en'"] if wild else [])]))
    items = "".join(draw(st.lists(item, min_size=1, max_size=3)))
    return f"<rss {version} {NAMESPACES}><channel>{channel}{items}</channel></rss>"


@st.composite
def atom_feeds(draw) -> str:
    wild = draw(st.sampled_from([False, True]))
    entry = elements(ATOM_ENTRY, wild, atom_links(wild), people(wild), TERM).map(
        lambda inner: f"<entry>{inner}</entry>"
    )
    top = draw(elements(ATOM_FEED, wild, atom_links(wild), people(wild)))
    stated = draw(
        st.sampled_from(["", " xml:lang='zh_CN'", " xml:lang=''", *([" xml:base='http://b.example/'"] if wild else [])])
    )
    entries = "".join(draw(st.lists(entry, min_size=1, max_size=3)))
    return f"<feed xmlns='http://www.w3.org/2005/Atom'{stated}>{top}{entries}</feed>"


SEEN: Counter[str] = Counter()


@given(st.one_of(rss_feeds(), atom_feeds()))
@settings(max_examples=often(400), suppress_health_check=list(HealthCheck), deadline=None)
def test_both_tiers_agree_on_any_feed(text: str) -> None:
    try:
        SEEN[judged(text.encode())] += 1
    except ParseError:
        pytest.fail(f"the strict tier reads what the other refuses: {text}")


def test_many_of_the_generated_feeds_were_everyday_ones() -> None:
    """Or the law above would say nothing."""
    if SEEN:
        assert SEEN["everyday"] > SEEN.total() / 10, SEEN


# -- what is everyday

WORDPRESS = """
<title>标题</title><link>https://a.example/1</link><dc:creator><![CDATA[编辑]]></dc:creator>
<pubDate>Fri, 24 Dec 2021 02:00:00 +0000</pubDate><category><![CDATA[新闻]]></category>
<guid isPermaLink="false">https://a.example/?p=1</guid><description><![CDATA[摘要 [&#8230;]]]></description>
<content:encoded><![CDATA[<p>正文</p>]]></content:encoded><slash:comments>0</slash:comments>
"""


def test_an_everyday_feed_never_sees_feedparser() -> None:
    body = f"<?xml version='1.0' encoding='UTF-8'?>\n<rss version='2.0' {NAMESPACES}><channel><title>t</title>{item_of(WORDPRESS)}</channel></rss>"
    assert judged(body.encode()) == "everyday"
    assert judged(b"\xef\xbb\xbf" + body.encode()) == "everyday"


def item_of(inner: str) -> str:
    return f"<item>{inner}</item>"


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>t</title></item>") + b"<!-- late -->x", b"\n" + rss("<item><title>t</title></item>")[:-3],
        b"<!DOCTYPE rss>" + rss("<item><title>t</title></item>"), rss("<item><title>&nbsp;</title></item>"),
        rss("<item><title>\xff</title></item>".encode("latin-1").decode("latin-1")).replace(b"\xc3\xbf", b"\xff"),
        rss("<item><title>t</title><title>u</title></item>"), rss("<item xml:lang='en'><title>t</title></item>"),
        rss("<item><title>a &amp;amp; b</title></item>"), rss("<item><title>t</title><author>a@a.example</author></item>"),
        rss("<item><title>\x85</title></item>"), rss("<item><title>&#133;</title></item>"), rss("<item><title>&#xFEFF;</title></item>"),
        rss("<item><title>t</title></item>" * 5001), rss("<item><title>t</title></item>" + "<!-- x -->" * 50_000), rss(""),
        f"<feed {ATOM}><entry><title type='xhtml'>x</title></entry></feed>".encode(), f"<feed {ATOM}><title>t</title></feed>".encode(),
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", b"", b"{}", rss("<item><title>t</title></item>").decode().encode("utf-16"),
    ],
    ids=lambda body: repr(body[:60]),
)  # fmt: skip
def test_what_is_odd_is_left_to_feedparser(body: bytes) -> None:
    assert strict.read(body) is None


@pytest.mark.parametrize("name", [*RSS_ITEM, *RSS_CHANNEL])
def test_a_child_where_a_text_should_be_is_odd(name: str) -> None:
    inner = f"<item><title>t</title></item><{name}><b>x</b></{name}>"
    body = f"<rss {NAMESPACES}><channel>{inner}</channel></rss>"
    assert strict.read(body.encode()) is None
