"""What a request asks for, and who may ask: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto.server import asked, gate


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        (b"/", ("",)),
        (b"/index.html", ("index.html",)),
        (b"/%E5%9C%B0%E9%93%81/atom.xml", ("地铁", "atom.xml")),
        (b"/metro/", ("metro", "")),
        (b"/a%20b", ("a b",)),
    ],
)
def test_a_path_is_split_and_then_decoded(path, parts):
    assert asked.segments(path) == parts


@pytest.mark.parametrize(
    "path",
    [
        b"/../settings.yaml",
        b"/%2e%2e/settings.yaml",
        b"/metro/..%2f..%2fsettings.yaml",
        b"/metro%2Fatom.xml",
        b"/..%5csettings.yaml",
        b"/.coranto/store.sqlite3",
        b"/metro/.atom.xml.new",
        b"//metro/atom.xml",
        b"/metro//atom.xml",
        b"/metro/%00",
        b"/metro/a%0d%0ab",
        b"/%ff%fe",
        b"metro",
        b"",
        b"/" + b"a" * 3000,
    ],
)
def test_no_path_leads_out_or_to_what_is_hidden(path):
    """Promise 7."""
    assert asked.segments(path) is None


@given(st.binary(max_size=60).map(lambda raw: b"/" + raw))
def test_a_part_of_a_path_is_never_a_way_out(path):
    for part in asked.segments(path) or ():
        assert part not in {".", ".."}
        assert not set(part) & {"/", "\\", "\0", "\n", "\r"}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        *((b"", ""), (b"format=rss", "rss"), (b"limit=3&format=ATOM", "atom"), (b"x=1", ""), (b"format=", "")),
        *((b"format=xml", None), (b"format=../x", None), (b"format=\xff", None), (b"format=rss&format=json", "json")),
    ],
)
def test_a_format_is_named_as_users_of_rsshub_name_it(query, name):
    assert asked.format_of(query) == name


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        *((b"", ""), (b"gzip", "gzip"), (b"gzip, br", "br"), (b"GZIP;q=0.5", "gzip"), (b"br;q=0.1, gzip", "gzip")),
        *((b"*", "br"), (b"*;q=0", ""), (b"gzip;q=0", ""), (b"identity", ""), (b"identity, gzip;q=0.5", "")),
        *((b"gzip;q=x", ""), (b"deflate", ""), (b"gzip;q=0, *", "br"), (b"\xff,gzip", "gzip")),
    ],
)
def test_the_coding_is_the_one_that_the_client_likes_best(accepted, coding):
    """RFC 9110 12.5.3."""
    assert asked.coding(accepted, ("br", "gzip")) == coding


TAGS = (b'"a"', b'"a-gzip"')


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        *((b'"a"', b'"a"'), (b'W/"a-gzip"', b'"a-gzip"'), (b'"x", W/"a"', b'"a"'), (b"*", b'"a"')),
        *((b'"b"', b""), (b"a", b""), (b"", b"")),
    ],
)
def test_entity_tags_are_compared_weakly(stated, tag):
    """RFC 9110 13.1.2."""
    assert asked.matched(stated, TAGS) == tag


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        (b"Thu, 01 Jan 1970 00:01:00 GMT", 60),
        (b"Thursday, 01-Jan-70 00:01:00 GMT", 60),
        (b"yesterday", -1),
        (b"", -1),
        (b"\xff", -1),
    ],
)
def test_a_date_that_is_none_is_no_condition(date, seconds):
    assert asked.seconds(date) == seconds


HERE = [(b"host", b"127.0.0.1:8080")]


@pytest.mark.parametrize(
    ("peer", "headers", "operators", "may"),
    [
        ("127.0.0.1", HERE, (), True),
        ("::1", [(b"host", b"[::1]:8080")], (), True),
        ("::ffff:127.0.0.1", [(b"host", b"localhost")], (), True),
        ("127.0.0.1", [*HERE, (b"x-forwarded-for", b"203.0.113.9")], (), False),
        ("127.0.0.1", [*HERE, (b"forwarded", b"for=203.0.113.9")], (), False),
        ("127.0.0.1", [*HERE, (b"via", b"1.1 proxy")], (), False),
        ("127.0.0.1", [(b"host", b"evil.example")], (), False),
        ("127.0.0.1", [], (), False),
        ("192.168.1.9", HERE, (), False),
        ("192.168.1.9", [(b"host", b"nas.lan")], ("192.168.1.0/24",), True),
        ("192.168.2.9", [(b"host", b"nas.lan")], ("192.168.1.0/24",), False),
        ("192.168.1.9", [(b"x-real-ip", b"203.0.113.9")], ("192.168.1.0/24",), False),
        ("203.0.113.9", [(b"x-real-ip", b"203.0.113.9")], ("0.0.0.0/0",), True),
        ("2001:db8::1", [], ("0.0.0.0/0",), False),
        ("fe80::1%eth0", [], ("fe80::/10",), True),
        ("", HERE, (), False),
    ],
)
def test_only_operators_see_how_the_sources_are(peer, headers, operators, may):
    """Not what a proxy on this machine passes on, nor a page elsewhere that calls this machine by its own name."""
    assert gate.may_look(peer, headers, operators) is may
