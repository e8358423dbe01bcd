"""When two addresses name one article (IDENTITY A.4, law 10), and which texts may stand as an id (A.3)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coranto.text.urls import absolute_iri, canonical, names_a_site, public_iri

EQUAL = {
    "scheme": ("http://a.example/p", "https://a.example/p", "//a.example/p", "HTTPS://a.example/p"),
    "host in any case, with www. and a last dot": (
        "http://A.Example/p",
        "http://www.a.example./p",
        "http://a.example/p",
    ),
    "slash": ("http://a.example/p/", "http://a.example/p", "http://a.example/p//"),
    "slash before the query": ("http://a.example/?p=1", "http://a.example?p=1"),
    "default port": (
        "http://a.example:80/p",
        "https://a.example:443/p",
        "http://a.example:/p",
        "http://a.example:0080/p",
    ),
    "fragment": ("http://a.example/p#top", "http://a.example/p", "http://a.example/p#"),
    "session": (
        "http://a.example/p;jsessionid=AB12.node?x=1",
        "http://a.example/p?x=1",
        "http://a.example/p;JSESSIONID=2?x=1",
    ),
    "dot segments": ("http://a.example/x/../p/./q", "http://a.example/p/q", "http://a.example/x/%2e%2E/p/q"),
    "backslashes": ("http:\\\\a.example\\p", "http://a.example/p"),
    "user": ("http://me:secret@a.example/p", "http://a.example/p"),
    "escapes": ("http://a.example/%7Ep/%e4%bd%a0", "http://a.example/~p/%E4%BD%A0", "http://a.example/~p/你"),
    "a comma, escaped (K6)": ("http://a.example/news/1353%2C7.html", "http://a.example/news/1353,7.html"),
    "blanks": ("http://a.example/p?q=a b", "http://a.example/p?q=a%20b", "http://a.example/p?q=a+b"),
    "order of names": ("http://a.example/p?b=1&a=2", "http://a.example/p?a=2&b=1", "http://a.example/p?a=2&&b=1&"),
    "tracking": ("http://a.example/p?utm_source=x&a=1&fbclid=2&mtm_x=3&SPM=4&scm=5", "http://a.example/p?a=1"),
    "shared from an app": ("http://a.example/p?from=timeline&isappinstalled=0", "http://a.example/p"),
    "IDNA": ("http://广州.中国/p", "http://xn--6rtwn.xn--fiqs8s/p", "http://广州。中国/p"),
    "IPv6": ("http://[::1]:80/p", "http://[0:0::1]/p"),
    "line ends and blanks around": (" http://a.example/\np\n", "http://a.example/p"),
}

DIFFERENT = {
    "case of the path": ("http://a.example/P", "http://a.example/p"),
    "case of a value": ("http://a.example/?p=A", "http://a.example/?p=a"),
    "a name without value": ("http://a.example/?x", "http://a.example/?x="),
    "GBK bytes that are no UTF-8": ("http://a.example/?q=%B9%E3", "http://a.example/?q=%D6%DC"),
    "443 under http": ("http://a.example:443/p", "https://a.example/p"),
    "80 under https": ("https://a.example:80/p", "http://a.example/p"),
    "order of equal names": ("http://a.example/?a=1&a=2", "http://a.example/?a=2&a=1"),
    "a fragment that is a path": ("http://a.example/#/post/1", "http://a.example/#/post/2"),
    "a hashbang": ("http://a.example/#!post/1", "http://a.example/#!post/2"),
    "an escaped separator in the path": ("http://a.example/a%2Fb", "http://a.example/a/b"),
    "an escaped separator in a value": ("http://a.example/?a=1%26b=2", "http://a.example/?a=1&b=2"),
    "plus and an escaped plus": ("http://a.example/?q=a+b", "http://a.example/?q=a%2Bb"),
    "parameters of the path": ("http://a.example/p;v=1", "http://a.example/p;v=2"),
    "a generic name with a value of its own": ("http://a.example/?source=beijing", "http://a.example/?source=shanghai"),
    "www. that is the name": ("http://www.example/p", "http://example/p"),
    "lone surrogates": ("http://a.example/?q=\ud800", "http://a.example/?q=\udfff"),
}

NONE = (
    "", " ", "<>", "a", "news/7.html", "/news/7.html", "./", "?a=1", "mailto:me@a.example", "tag:a.example,2021:7", "urn:7",
    "tel:12345", "ftp://a.example/p", "file:///etc/passwd", "javascript:alert(1)", "http:", "http://", "http:///p", "http://:80/p",
    "http://a.example:port/p", "http://a.example:99999/p", "http://[::1/p", "http://[x]/p", "http://a..example/p", "http://a b.example/",
    "http://\ud800.example/p", "http://%ff.example/p", "http://a.example/" + "a" * 8192, "http://" + "a." * 300 + "example/", "x" * 1_048_576,
    "http://a.example:" + "1" * 5000 + "/p", "//a.example/" + "你" * 3000,
)  # fmt: skip


@pytest.mark.parametrize("spellings", EQUAL.values(), ids=EQUAL.keys())
def test_spellings_of_one_address_are_equal(spellings):
    assert len({canonical(url) for url in spellings}) == 1
    assert canonical(spellings[0])


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_addresses_of_two_articles_stay_apart(pair):
    assert canonical(pair[0]) != canonical(pair[1])
    assert all(map(canonical, pair))


@pytest.mark.parametrize("text", NONE, ids=lambda text: ascii(text[:30]))
def test_what_is_no_address_has_no_canonical_form(text):
    assert canonical(text) == ""


def test_the_form_has_neither_scheme_nor_www():
    assert canonical("https://www.paper.example/a/?b=1&a=%e5#x") == "paper.example/a?a=%E5&b=1"
    assert canonical("http://localhost:8000/feed.xml") == "localhost:8000/feed.xml"
    assert canonical("http://wiki/7") == "//wiki/7"


def test_parameters_from_settings_go_and_those_that_are_identity_stay():
    url = "http://a.example/p?Token=1&utm_id=7&spm=2"
    assert canonical(url) == "a.example/p?Token=1"
    assert canonical(url, frozenset({"token"})) == "a.example/p"
    assert canonical(url, frozenset({"TOKEN"}), frozenset({"UTM_ID", "token"})) == "a.example/p?Token=1&utm_id=7"


def test_a_generic_name_goes_on_a_host_where_it_means_nothing():
    assert canonical("https://youtu.be/abc?si=7") == "youtu.be/abc"
    assert canonical("https://a.example/abc?si=7") == "a.example/abc?si=7"


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "http://www.a.example:8000/",
        "http://a.example/#top",
        "http://wiki/",
        "http://a.example/#!/",
        "",
    ],
)
def test_a_sites_root_names_no_article(url):
    assert names_a_site(canonical(url))


@pytest.mark.parametrize(
    "url", ["http://a.example/p", "http://a.example/?p=1", "http://wiki/7", "http://a.example/#!/post/7"]
)
def test_an_article_is_no_site(url):
    assert not names_a_site(canonical(url))


_STARTS = (
    "http://",
    "https:",
    "//",
    "/",
    "\\",
    "a.example",
    "www.",
    "www",
    "wiki",
    "localhost",
    ":80",
    ":443",
    ":",
    "[::1]",
)
_MARKS = (
    "@",
    ".",
    "..",
    "?",
    "&",
    "=",
    "x",
    "utm_a=1",
    "%",
    "%2",
    "%2e",
    "%2F",
    "%20",
    "+",
    " ",
    "%b9%E3",
    "%25",
    "%3B",
)
_ENDS = ("#", "#!", "#/", ";", ";jsessionid=", "广", "ß", "\ud800", "\n")
_PIECES = st.sampled_from((*_STARTS, *_MARKS, *_ENDS))
_URLS = st.one_of(
    st.text(),
    st.lists(_PIECES, max_size=14).map("".join),
    st.lists(_PIECES, max_size=12).map(lambda p: "http://a.example/" + "".join(p)),
)


@given(_URLS)
@example("http://www.www.a.example/;jsessionid=1/..;jsessionid=2/")
def test_canonical_is_idempotent_and_takes_every_text(url):
    """Law 10."""
    once = canonical(url)
    assert canonical(once) == once
    assert once.isascii()
    names_a_site(once)


@given(st.lists(_PIECES, max_size=10).map("".join))
def test_scheme_www_and_slash_are_irrelevant(rest):
    """Law 10."""
    path = rest.replace("?", "").replace("#", "").rstrip()
    forms = [f"{start}a.example/x{path}" for start in ("http://", "https://", "//", "http://www.", "https://www.www.")]
    assert len({canonical(form) for form in [*forms, *(f"{form}/" for form in forms)]}) == 1


@given(st.binary(max_size=6), st.binary(max_size=6))
def test_no_two_undecodable_queries_are_equal(one, other):
    """Law 10: whatever the bytes mean, GBK or nothing, they tell articles apart."""
    urls = ["http://a.example/?q=" + "".join(f"%{byte:02x}" for byte in value) for value in (one, other)]
    assert (canonical(urls[0]) == canonical(urls[1])) is (one == other)


GOOD_IDS = (
    "http://a.example/?p=1", "https://例え.example/記事", "tag:a.example,2021:code/NW1", "tag:me@a.example,2021-01-02:x", "urn:isbn:0451450523",
    "urn:uuid:60a76c80-d399-11d9-b93C-0003939e0af6", "yt:video:abc", "http://8.8.8.8/1", "http://[2606:4700::1]/a",
)  # fmt: skip
BAD_IDS = (
    "", "7", "00", "/p/7", "a b", "http://a.example/a b", "http://", "http:///p", "http:p", "12:30", "urn:uuid:7", "urn:x", "urn:-a:b", "tag:x",
    "http://a.example/<7>", 'http://a.example/"', "http://a.example/{7}", "http://a.example/a|b", "http://a.example/a\\b", "http://a.example/^",
    "http://a.example/`", "http://a.example/%zz", "http://a.example/%4", "http://a.example/\u202e", "http://a.example/\n", "http://a.example/\ud800",
    "http://a.example/#a#b", "http://a.example/[7]", "a.example:80/p", "localhost:80/p", "x:", "http://a.example/" + "a" * 2048,
)  # fmt: skip


@pytest.mark.parametrize("text", GOOD_IDS)
def test_an_absolute_iri_may_stand_as_an_id(text):
    assert absolute_iri(text)
    assert public_iri(text)


@pytest.mark.parametrize("text", BAD_IDS, ids=lambda text: ascii(text[:30]))
def test_what_is_no_absolute_iri_is_no_id(text):
    assert not absolute_iri(text)
    assert not public_iri(text)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "wiki",
        "a.localhost",
        "a.local",
        "a.internal",
        "10.0.0.1",
        "127.0.0.1",
        "127.1",
        "169.254.1.1",
        "192.168.1.1",
        "[::1]",
        "[fe80::1]",
    ],
)
def test_an_id_at_a_private_host_is_none_across_sources(host):
    """Two clones with the guid http://localhost/?p=1 join nothing (A.3)."""
    assert absolute_iri(f"http://{host}/?p=1")
    assert not public_iri(f"http://{host}/?p=1")


@given(_URLS)
def test_every_text_is_an_id_or_not(text):
    assert absolute_iri(text) or not public_iri(text)
