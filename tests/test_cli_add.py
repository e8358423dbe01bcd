"""`coranto add`: the feed at an address is found, tried, and written down without touching another byte."""

from __future__ import annotations

import pytest

from commands import as_json, coranto, snapshot
from coranto.cli.failures import Refused
from coranto.cli.lines import Wanted, append, block
from coranto.settings import load
from loopback import http, loopback
from river import Site, item

SITE = 'site: {title: 江城新闻, url: "https://news.example/", tag: "news.example,2021"}\n'
PAGE = b"""<html><head><title>p</title>
<link rel=alternate type=application/rss+xml href=/rss.xml title=RSS>
<link rel=alternate type=application/atom+xml href=atom.xml title=Atom></head>"""


@pytest.fixture
def atom(tmp_path):
    made = Site(tmp_path / "feed")
    return made.feed(
        "a", item("tag:a,2022:1", title="渡轮改期", published="2022-01-07T14:39:30Z"), title="港区快讯"
    ).read_bytes()


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def _settings(folder, server, more=""):
    private = f'fetch: {{pause: 0s, private: ["127.0.0.1:{server.port}"]}}\n'
    (folder / "settings.yaml").write_text(SITE + private + more, encoding="utf-8")


def test_a_feed_is_tried_and_its_lines_printed(here, atom):
    with loopback(http(atom)) as server:
        _settings(here, server)
        before = snapshot(here)
        result = coranto("add", server.url(), "--category", "harbour")
    assert result.exit_code == 0
    assert result.stdout == f"upstreams:\n  - url: {server.url()}\n    category: harbour\n"
    assert "港区快讯: 1 entry" in result.stderr
    assert "newest: 2022-01-07 14:39 UTC  渡轮改期" in result.stderr
    assert snapshot(here) == before


def test_a_page_leads_to_its_feed_the_best_first(here, atom):
    with loopback({"/": http(PAGE, Content_Type="text/html"), "/atom.xml": http(atom)}) as server:
        _settings(here, server)
        told = as_json("add", server.url("/"), "--write")
        assert [asked.target for asked in server.log] == ["/", "/atom.xml"]
        assert told["feed"] == server.url("/atom.xml")
        assert told["title"] == "港区快讯"
        assert told["written"]
        assert [found["title"] for found in told["offered"]] == ["Atom", "RSS"]
        assert load(here / "settings.yaml").upstreams[0].url == server.url("/atom.xml")
        assert as_json("add", server.url("/"), "--write")["subscribed"]


def test_a_page_that_names_none_is_searched_with_five_requests_at_most(here):
    answers = {"": http(b"", status="404 Not Found"), "/x/": http(b"<html><body>nothing</body></html>")}
    with loopback(answers) as server:
        _settings(here, server)
        result = coranto("add", server.url("/x/"))
        assert len(server.log) == 5
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "the page names no feed" in result.stderr


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http(b"", status="403 Forbidden"), "the server answers 403"),
        (http(b'{"error": "no"}', Content_Type="application/json"), "/feed: "),
        (http(b"\x89PNG\r\n"), "/feed: "),
    ],
)
def test_what_is_no_feed_is_named_with_exit_code_1(here, answer, said):
    with loopback(answer) as server:
        _settings(here, server)
        result = coranto("add", server.url(), "--write")
    assert result.exit_code == 1
    assert said in result.stderr
    assert load(here / "settings.yaml").upstreams == ()


def test_a_private_address_is_not_asked_unless_settings_allow_it(here):
    (here / "settings.yaml").write_text(SITE, encoding="utf-8")
    with loopback(http()) as server:
        result = coranto("add", server.url())
        assert server.log == []
    assert result.exit_code == 1
    assert "fetch.private" in result.stderr


def test_a_file_is_added_by_its_path_from_the_settings(here, atom, monkeypatch):
    (here / "settings.yaml").write_text(SITE, encoding="utf-8")
    (here / "up").mkdir()
    (here / "up" / "港区.xml").write_bytes(atom)
    monkeypatch.chdir(here / "up")
    assert coranto("add", "港区.xml", "--write", "--config", "../settings.yaml").exit_code == 0
    (upstream,) = load(here / "settings.yaml").upstreams
    assert upstream.url == "up/港区.xml"
    again = coranto("add", "港区.xml", "--write", "--config", "../settings.yaml")
    assert "stands in the settings already" in again.stdout


@pytest.mark.parametrize(("what", "code"), [("nowhere.xml", 1), ("ftp://a.example/x", 2)])
def test_what_cannot_be_added_is_named(here, what, code):
    (here / "settings.yaml").write_text(SITE, encoding="utf-8")
    result = coranto("add", what)
    assert result.exit_code == code
    assert result.stderr.startswith(what)


# -- the lines, and where they go

NEW = "  - url: https://b.example/rss\n    category: news\n"
OLD = "upstreams:\n  - url: https://a.example/rss\n    category: x"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "\nupstreams:\n" + NEW),
        ("keep: 3d", "keep: 3d\n\nupstreams:\n" + NEW),
        (OLD + "\n", OLD + "\n" + NEW),
        (OLD, OLD + "\n" + NEW),
        (OLD + "   # why\n\n# next\nkeep: 3d\n", OLD + "   # why\n" + NEW + "\n# next\nkeep: 3d\n"),
        (OLD + "\n    # every: 1h\n  # other\n", OLD + "\n    # every: 1h\n" + NEW + "  # other\n"),
        ("upstreams:   # none yet\nkeep: 3d\n", "upstreams:   # none yet\n" + NEW + "keep: 3d\n"),
        ("upstreams:", "upstreams:\n" + NEW),
        (
            "upstreams:\n- {url: a.xml}\nkeep: 3d\n",
            "upstreams:\n- {url: a.xml}\n" + NEW.replace("\n  ", "\n").removeprefix("  ") + "keep: 3d\n",
        ),
        ("upstreams:\n  - url: >-\n      a.xml\n\n", "upstreams:\n  - url: >-\n      a.xml\n\n" + NEW),
        ("upstreams:\n  - url: a.xml\n    category:\n", "upstreams:\n  - url: a.xml\n    category:\n" + NEW),
        ("# 中文\r\nkeep: 3d\r\n", "# 中文\r\nkeep: 3d\r\n\r\n" + ("upstreams:\n" + NEW).replace("\n", "\r\n")),
    ],
)
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_lines_are_added_and_every_other_byte_stays(tmp_path, before, after, bom):
    file = tmp_path / "settings.yaml"
    ends = "\r\n" if "\r\n" in before else "\n"
    head = bom + SITE.replace("\n", ends)
    file.write_bytes((head + before).encode())
    file.chmod(0o640)
    append(file, [Wanted("https://b.example/rss", ("news",))])
    assert file.read_bytes() == (head + after).encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["settings.yaml"]


@pytest.mark.parametrize(
    "inline", ["upstreams: []", "upstreams: [{url: a.xml}]", "upstreams: ~", "keep: 3d\n...", "upstreams: a"]
)
def test_a_form_that_lines_cannot_be_added_to_is_left_alone(tmp_path, inline):
    file = tmp_path / "settings.yaml"
    file.write_text(SITE + inline + "\n", encoding="utf-8")
    before = snapshot(tmp_path)
    with pytest.raises(Refused):
        append(file, [Wanted("https://b.example/rss")])
    assert snapshot(tmp_path) == before


def test_refused_lines_are_printed_to_be_pasted(here, atom):
    with loopback(http(atom)) as server:
        _settings(here, server, "upstreams: []\n")
        before = snapshot(here)
        result = coranto("add", server.url(), "--write", "--category", "a")
    assert result.exit_code == 2
    assert result.stdout == f"upstreams:\n  - url: {server.url()}\n    category: a\n"
    assert "paste the lines there yourself" in result.stderr
    assert snapshot(here) == before


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x?a=b&c=d#e",
        "https://a.example/#!/x",
        "a b.xml",
        "no",
        "36.xml",
        "港区.xml",
        "./x: y.xml",
        "a'\".xml",
    ],
)
@pytest.mark.parametrize("name", ["no", "36", "港区", "a b", "x: y", "#x", "- a", "null", "a,b", "[x]", "it's"])
def test_whatever_stands_in_the_lines_is_read_back(tmp_path, url, name):
    file = tmp_path / "settings.yaml"
    file.write_text(SITE + block([Wanted(url, (name, "b"))]), encoding="utf-8")
    (upstream,) = load(file).upstreams
    assert (upstream.url, upstream.categories) == (url, (name, "b"))
