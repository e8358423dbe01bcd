"""Bytes of upstream feeds to Documents.  Each file in data/upstream has its expectation beside it.

`ACCEPT=1 pytest tests/test_parse.py` rewrites the expectations: read the difference before you keep it.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coranto.identity import Rules
from coranto.model import Document, Entry
from coranto.readers import parse_entry, parse_raw
from coranto.readers.parse import ParseContext, ParseError, parse
from coranto.settings.values import DEFAULT_CODES

UPSTREAM = Path(__file__).parent / "data" / "upstream"
FEEDS = sorted(path for path in UPSTREAM.iterdir() if not path.name.endswith(".expected.json"))
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


def as_json(document: Document) -> str:
    def plain(value):
        return value.isoformat() if isinstance(value, datetime) else sorted(value)

    return json.dumps(asdict(document), default=plain, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_each_format_gives_the_expected_document(path):
    shown = as_json(parse(path.read_bytes(), "", CONTEXT))
    expected = path.with_name(path.name + ".expected.json")
    if os.environ.get("ACCEPT"):
        expected.write_text(shown, "utf-8")
    assert expected.exists(), f"{expected} is missing; ACCEPT=1 writes it"
    assert shown == expected.read_text("utf-8")


def test_every_expectation_has_its_feed():
    stray = [
        path.name
        for path in UPSTREAM.glob("*.expected.json")
        if not (UPSTREAM / path.name.removesuffix(".expected.json")).exists()
    ]
    assert not stray


PAGE = b"<!doctype html><html><head><title>x</title>%s</head><body>hello</body></html>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<?xml version='1.0'?>", "empty"),
        (PAGE % b"", "html"),
        (b"<div>moved</div>", "html"),
        (PAGE % b"<script src=/cdn-cgi/challenge-platform/x.js></script>", "captcha"),
        ("<html><title>安全验证</title></html>".encode(), "captcha"),
        (b'{"error": "rate limited"}', "json-error"),
        (b"null", "json-error"),
        (b"[]", "json-error"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": 5}', "json-error"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "ti', "cut"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000, "too-big"),
        (b"\x89PNG\r\n\x1a\n....", "image"),
        (b"GIF89a", "image"),
        (b"%PDF-1.7", "binary"),
        (b"<?xml version='1.0'?><opml version='2.0'><body/></opml>", "opml"),
        (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "sitemap"),
        (b"<error>no</error>", "not-a-feed"),
        (b"<rss/>", "not-a-feed"),
        (b"<rss version='2.0'></rss>", "not-a-feed"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "not-a-feed"),
        (b"service unavailable", "text"),
        (b"x" * (parse_raw.MOST_BYTES + 1), "too-big"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_feed_is_an_error_of_its_kind(body, kind):  # R13
    with pytest.raises(ParseError) as caught:
        parse(body, "application/rss+xml", CONTEXT)
    assert caught.value.kind == kind
    assert "\n" not in str(caught.value)


def test_a_page_that_names_a_feed_is_not_followed_but_named():  # R13
    page = PAGE % b'<link rel="alternate" type="application/atom+xml" href="/atom.xml">'
    with pytest.raises(ParseError, match=r"https://paper\.example/atom\.xml") as caught:
        parse(page, "text/html", CONTEXT)
    assert caught.value.kind == "html"


def test_an_api_error_says_what_it_said():
    with pytest.raises(ParseError, match="rate limited"):
        parse(b'{"message": "rate limited"}', "application/json", CONTEXT)


@pytest.mark.parametrize(
    "cut",
    [
        "<item><title>b</ti",
        "<item><title>b</title></item>",
        "<item><title><![CDATA[b</title></item></channel></rss>",
        "<item><title>b</title></item><!-- </channel></rss>",
    ],
)
def test_a_cut_document_publishes_nothing(cut):  # R14
    body = "<rss><channel><item><title>a</title></item>" + cut
    with pytest.raises(ParseError) as caught:
        parse(body.encode(), "", CONTEXT)
    assert caught.value.kind == "cut"


LAUGHS = '<?xml version="1.0"{}?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>'


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS.format("").encode(),
        LAUGHS.format(' encoding="utf-16"').encode("utf-16"),
        LAUGHS.format("").encode("utf-16-le"),
        b'<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]><rss><channel/></rss>',
        b'<!DOCTYPE rss [<!ELEMENT rss ANY><!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>',
    ],
)
def test_entities_are_refused_in_any_charset(body):
    with pytest.raises(ParseError) as caught:
        parse(body, "text/xml", CONTEXT)
    assert caught.value.kind == "entity"


def test_the_word_entity_in_an_article_is_no_attack():
    entry = only(
        item("<title>XML</title><description><![CDATA[<pre>&lt;!ENTITY a&gt; <!ENTITY b></pre>]]></description>")
    )
    assert "ENTITY a" in entry.words.content


def test_a_valid_feed_without_items_is_an_empty_document():
    assert parse(rss(""), "", CONTEXT).entries == ()


@pytest.mark.parametrize(
    ("isolated", "permalink"),
    [("", True), (' isPermaLink="true"', True), (" isPermaLink='False'", False), (' isPermaLink="false"', False)],
)
def test_a_guid_is_an_address_unless_it_says_not(isolated, permalink):
    entry = only(
        item(f"<link>https://a.example/x</link><guid{isolated}>https://a.example/?p=1#</guid><title>t</title>")
    )
    assert entry.own_id == "https://a.example/?p=1#"
    assert entry.permalinks == (("https://a.example/?p=1#",) if permalink else ())


def test_without_link_a_permalink_is_the_link():
    assert only(item("<guid>https://a.example/p</guid><title>t</title>")).link == "https://a.example/p"
    assert only(item("<guid isPermaLink='false'>https://a.example/p</guid><title>t</title>")).link == ""
    assert only(atom("<id>https://a.example/p</id><title>t</title>")).link == ""


@pytest.mark.parametrize(
    "own", ["0", "00", "1.0", "A", "a", "é", "e\u0301", "HTTP://A.example/%7e", "x  y", "../../etc"]
)
def test_ids_stay_as_stated(own):
    assert only(item(f"<guid>{own}</guid><title>t</title>")).own_id == own
    assert only(atom(f"<id>{own}</id><title>t</title>")).own_id == own


def test_a_monstrous_id_is_stable_and_its_own():
    ids = {only(item(f"<guid>{'g' * 2**20}{end}</guid><title>t</title>")).own_id for end in ("", "a", "b", "a")}
    assert len(ids) == 3
    assert all(len(own) < 200 for own in ids)


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("R&amp;amp;D &amp;lt;b&amp;gt;", "R&D <b>"),
        ("How to &lt;b&gt;", "How to <b>"),
        ("&lt;b&gt;bold&lt;/b&gt; news", "bold news"),
        ("a\n  b\x0bc", "a bc"),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("&#x202e;rtl &#x1F600; e&#x301;", "\u202ertl 😀 e\u0301"),
    ],
)
def test_titles_are_plain_text(stated, shown):
    assert only(item(f"<title>{stated}</title>")).title == shown


def test_nothing_active_is_left_of_any_field():  # R27
    bad = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    entry = only(
        item(
            f"<title>{bad}x</title><link>javascript:alert(1)</link><author>{bad}me</author><category>{bad}</category>"
            f"<description>{bad}ok</description><enclosure url='data:text/html,x' type='{bad}'/>"
        )
    )
    assert entry.link == ""
    assert entry.problems
    assert entry.words.enclosures == ()
    assert "<script" not in entry.words.content
    assert "onerror" not in entry.words.content
    assert [person.name for person in entry.words.authors] == ["me"]


def test_relative_links_follow_xml_base_then_the_entry_then_the_feed():
    body = "<title>t</title><link>/news/1</link><description>&lt;a href='x'&gt;l&lt;/a&gt;</description>"
    assert 'href="https://paper.example/news/x"' in only(item(body)).words.content
    based = '<title>t</title><link href="p"/><content xml:base="https://b.example/c/" type="html">&lt;a href="x"&gt;l&lt;/a&gt;</content>'
    entry = only(atom(based))
    assert entry.link == "https://paper.example/feeds/p"
    assert 'href="https://b.example/c/x"' in entry.words.content


def test_the_code_comes_from_the_own_addresses_only():  # IDENTITY A.1
    inner = "<title>t</title><link>https://a.example/1</link><guid>{}</guid><description>&lt;a href='https://a.example/?infoCode=NW202112240000000001'&gt;x&lt;/a&gt;</description>"
    assert only(item(inner.format("g"))).code == ""
    assert only(item(inner.format("https://b.example/?infoCode=nw202112242224483837"))).code == "NW202112242224483837"
    two = "<title>t</title><link>https://a.example/?infoCode=NW202112240000000001</link><guid>https://a.example/?infoCode=NW202112240000000002</guid>"
    entry = only(item(two))
    assert entry.code == ""
    assert entry.problems


def test_dates_use_the_zone_of_the_subscription_and_are_never_guessed():  # R20
    entry = only(item("<title>t</title><pubDate>2021-12-24 04:02:50</pubDate>"))
    assert entry.published == datetime(2021, 12, 23, 20, 2, 50, tzinfo=UTC)
    assert entry.updated is None
    entry = only(item("<title>t</title><pubDate>2021-13-45</pubDate>"))
    assert entry.published is None
    assert "2021-13-45" in entry.problems[0]


def test_an_atom_entry_that_was_only_updated_was_out_by_then():
    entry = only(atom("<title>t</title><updated>2021-12-24T04:02:50Z</updated>"))
    assert entry.published == entry.updated == datetime(2021, 12, 24, 4, 2, 50, tzinfo=UTC)


def test_one_bad_entry_costs_that_entry(monkeypatch):  # R24
    real = parse_entry.markup.clean
    monkeypatch.setattr(parse_entry.markup, "clean", lambda text, base="": 1 / 0 if "bad" in text else real(text, base))
    body = rss(
        "<item><title>A</title><description>bad</description></item><item><title>B</title><description>good</description></item>"
    )
    document = parse(body, "", CONTEXT)
    assert [entry.title for entry in document.entries] == ["B"]
    assert "'A'" in document.problems[0]


def test_an_entry_that_says_nothing_is_skipped_and_named():
    document = parse(item("<link>https://a.example/1</link>"), "", CONTEXT)
    assert document.entries == ()
    assert "https://a.example/1" in document.problems[0]


def test_the_newest_entries_of_too_many_are_read(monkeypatch):  # RELIABILITY 4
    monkeypatch.setattr("coranto.readers.parse_guard.MOST_ENTRIES", 3)
    items = "".join(
        f"<item><title>{day}</title><pubDate>2021-12-{day:02d}</pubDate></item>" for day in (1, 9, 3, 8, 2, 7)
    )
    document = parse(rss(items), "", CONTEXT)
    assert [entry.title for entry in document.entries] == ["9", "8", "7"]
    assert "6 entries" in document.problems[0]


def test_the_newest_items_of_a_json_feed_are_kept(monkeypatch):
    monkeypatch.setattr("coranto.readers.parse.MOST_ENTRIES", 2)
    items = [{"id": str(day), "title": str(day), "date_published": f"2021-12-{day:02d}"} for day in (1, 9, 3)]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    document = parse(json.dumps(feed).encode(), "application/json", CONTEXT)
    assert [entry.title for entry in document.entries] == ["9", "3"]


def test_drop_words_are_found_in_title_and_text_whatever_their_case():
    context = replace(CONTEXT, drop=("无关", "ADVERT"))
    assert only(item("<title>An advert</title>"), context).dropped == "ADVERT"
    assert (
        only(
            item("<title>t</title><description>&lt;p&gt;无&lt;b&gt;关&lt;/b&gt;&lt;/p&gt;</description>"), context
        ).dropped
        == "无关"
    )
    assert only(item("<title>t</title>"), context).dropped == ""


def test_own_categories_are_taken_only_if_the_subscription_says_so():
    body = item("<title>t</title><category>财经</category><category> 财经 </category><category/>")
    assert only(body).categories == ("广州样报", "财经")
    assert only(body, replace(CONTEXT, own_categories=False)).categories == ("广州样报",)


def test_the_self_link_is_never_kept():
    body = ATOM.format(
        '<link rel="self" href="http://127.0.0.1/"/><link rel="hub" href="http://127.0.0.1/hub"/><entry><title>x</title></entry>'
    )
    document = parse(body.encode(), "", CONTEXT)
    assert "127.0.0.1" not in repr(document)


@pytest.mark.parametrize(
    "inner",
    [
        "<item><title>ok</title><author>" + "a" * 40_000 + "</author></item>",
        "<item><title>ok</title><description>" + "&lt;div&gt;" * 20_000 + "</description></item>",
        "<item><title>ok</title><a>" + "<a>" * 20_000 + "</item>",
        "<item " + " ".join(f'a{number}="1"' for number in range(8000)) + "><title>ok</title></item>",
        "<item><title>ok</title><description>" + "<a \"'" * 20_000 + "</description></item>",
        "<item><title>ok</title></item>" + "<!-- " * 50_000,
        "<![CDATA[" * 50_000,
        "<item>" * 20_000,
    ],
    ids=["author", "div", "deep", "attributes", "quotes", "comments", "cdata", "items"],
)
def test_what_makes_parsers_slow_ends_soon(inner):
    start = time.process_time()
    try:
        parse(rss(inner), "", CONTEXT)
    except ParseError as error:
        assert error.kind in {"too-big", "cut"}
    assert time.process_time() - start < 5


def test_namespaces_without_end_are_refused():
    with pytest.raises(ParseError, match="attributes"):
        parse(rss("", " ".join(f'xmlns:a{number}="http://a.example/{number}"' for number in range(5000))), "", CONTEXT)


FRAGMENTS = [
    b"<rss version='2.0'><channel>", b"<item>", b"</item>", b"<title>", b"</title>", b"</channel></rss>", b"<guid>", b"</guid>",
    b"<feed xmlns='http://www.w3.org/2005/Atom'>", b"</feed>", b"<entry>", b"</entry>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&", b"<", b">",
    b"&#xD800;", b"&nbsp;", b"<link href='//['/>", b"<link>http://[::1</link>", b"\xff", b"\x00", "广".encode("gbk"), "广".encode(), b"<?", b"<!DOCTYPE x [",
    b"<content type='xhtml' xml:base='::'>", b"</content>", b"<author>", b"</author>", b"<x:y>", b'{"version":"https://jsonfeed.org/version/1","items":[', b"]}",
    b"<enclosure url='http://a.example/x' length='-1'/>", b"<category term=''/>", b"<svg>", b"<source url='x'>", b"<image>", b"<textInput>", b"<ttl>x</ttl>",
]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=8)), max_size=25),
    st.sampled_from(["", "rss", "feed"]),
    st.text(max_size=20),
)
def test_any_bytes_give_a_document_or_our_error(pieces, root, content_type):
    wrap = {
        "": b"%s",
        "rss": b"<rss version='2.0'><channel><title>t</title>%s</channel></rss>",
        "feed": b"<feed><title>t</title>%s</feed>",
    }
    try:
        document = parse(wrap[root] % b"".join(pieces), content_type, CONTEXT)
    except ParseError as error:
        assert error.kind
        return
    as_json(document).encode()
    for entry in document.entries:
        assert entry.title
        assert "\x00" not in repr(entry)


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda kids: (
            st.lists(kids)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "title",
                        "url",
                        "authors",
                        "attachments",
                        "content_html",
                        "tags",
                        "name",
                        "date_published",
                        "size_in_bytes",
                    ]
                ),
                kids,
            )
        ),
    )
)
def test_json_of_any_shape_gives_a_document(value):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": value,
        "authors": value,
        "items": [value, {"title": "ok", "authors": value, "attachments": value, "id": value}],
    }
    document = parse(json.dumps(feed).encode(), "application/feed+json", CONTEXT)
    assert document.entries[-1].title == "ok"
