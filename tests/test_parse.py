"""Bytes of upstream feeds to Documents.  Each file in data/upstream has its expectation beside it.

`ACCEPT=1 pytest tests/test_parse.py` rewrites the expectations: read the difference before you keep it.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coranto.model import Document
from coranto.readers import parse_entry, parse_raw, parse_scan
from coranto.readers.parse import ParseError, parse
from examples import often
from parsing import ATOM, CONTEXT, item, only, rss

UPSTREAM = Path(__file__).parent / "data" / "upstream"
FEEDS = sorted(path for path in UPSTREAM.iterdir() if not path.name.endswith(".expected.json"))


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
        (b"<rss version='2.0'><channel>" + b"<a>" * 501, "too-big"),
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
    monkeypatch.setattr("coranto.readers.strict.fields.MOST_ENTRIES", 3)
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
    with suppress(ParseError):
        parse(rss(inner), "", CONTEXT)
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


@settings(max_examples=often(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
    except ParseError:
        return
    as_json(document).encode()
    for entry in document.entries:
        assert entry.title
        assert "\x00" not in repr(entry)


@settings(max_examples=often(50), deadline=None)
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


@pytest.mark.parametrize("piece", ["<b/>", "<b>x</b>", "<!-- x -->"])
def test_a_document_of_too_many_tags_is_refused(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """RELIABILITY 4: each tag is work, and feedparser's work is more than linear."""
    monkeypatch.setattr(parse_scan, "_MOST_TAGS", 100)
    with pytest.raises(ParseError, match="more than 100 tags") as refused:
        parse(rss(f"<item><title>t</title>{piece * 101}</item>", "xml:lang='en'"), "", CONTEXT)
    assert refused.value.kind == "too-big"


@pytest.mark.parametrize("sign", ["&amp;", "&#65;", "&", "< "])
def test_a_document_of_too_many_references_is_refused(sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """RELIABILITY 4: each is a piece of text of its own for the parser."""
    monkeypatch.setattr(parse_scan, "_MOST_SIGNS", 100)
    with pytest.raises(ParseError, match="more than 100 signs") as refused:
        parse(rss(f"<item><title>{sign * 101}</title></item>", "xml:lang='en'"), "", CONTEXT)
    assert refused.value.kind == "too-big"


def test_a_tag_of_more_than_a_picture_is_refused() -> None:
    """RELIABILITY 4: a picture as a data: address is the most that anybody needs."""
    with pytest.raises(ParseError, match=r"of 1,048,5\d\d characters") as refused:
        parse(rss(f"<item><title>t</title><b a='{'x' * 1024 * 1024}'/></item>"), "", CONTEXT)
    assert refused.value.kind == "too-big"


def test_a_feed_of_too_many_categories_makes_no_more_folders_than_a_site_can_bear() -> None:
    """RELIABILITY 4: with `own_categories` each is a folder of four files; 3,000 items of 20 would be 60,000."""
    named = replace(CONTEXT, own_categories=True)
    items = "".join(
        f"<item><title>{n}</title>{''.join(f'<category>c{n}-{k}</category>' for k in range(25))}</item>"
        for n in range(30)
    )
    document = parse(rss(items), "", named)
    used = [name for entry in document.entries for name in entry.categories if name not in CONTEXT.categories]
    assert used == [f"c{n}-{k}" for n in range(10) for k in range(20)]
    assert len(document.entries) == 30
    assert all(set(CONTEXT.categories) <= set(entry.categories) for entry in document.entries)
    assert "600 categories; only the first 200 are used" in document.problems
