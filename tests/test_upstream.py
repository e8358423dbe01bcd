"""One visit to a subscription, and many of them (POLITENESS P1 to P3, P8, P9, P14, P16, P19, P26, P29; R13, R14)."""

import os
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coranto.client import Client, Limits
from coranto.identity import Rules
from coranto.readers import upstream as module
from coranto.readers.parse import ParseContext, parse
from coranto.readers.upstream import State, poll
from coranto.settings.values import Fetch, Upstream
from loopback import http, loopback, raw
from river import Site

NOW = datetime(2022, 1, 7, 12, 0, 0, tzinfo=UTC)
SMALL = Limits(seconds=1, body=200_000, wire=200_000)
CAPTCHA = b"<!DOCTYPE html><html><head><title>Just a moment</title></head><body>Are you a robot?</body></html>"
NEW = State()
BRIDGE = Fetch(private=("127.0.0.1",), pause=0)
KNOWN = State(etag='"old"', last_modified="yesterday", body_sha256="0" * 64)


def feed(*titles, link="/news/"):
    items = "".join(
        f"<item><title>{t}</title><link>{link}{n}</link><guid>g{n}</guid></item>" for n, t in enumerate(titles)
    )
    head = "<title>羊城新报</title><link>https://paper.example/</link><description>d</description>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


FEED = feed("一", "二")


def context(url):
    return ParseContext(source="k", url=url, zone=ZoneInfo("Asia/Shanghai"), rules=Rules())


def visit(url, state=NEW, fetch=BRIDGE, path=None, parse=parse):
    with Client(fetch, "1", SMALL) as client:
        return poll(Upstream(url=url, key="k", path=path), state, client, context(url), parse, NOW)


def visited(answer, state=NEW, path="/feed"):
    """The outcome of one visit, and what the server saw."""
    with loopback(answer) as server:
        return visit(server.url(path), state), server.log


def remembered(outcome):
    return State(etag=outcome.etag, last_modified=outcome.last_modified, body_sha256=outcome.body_sha256)


def is_kept(outcome, state=KNOWN):
    return remembered(outcome) == state


# ---- good answers


def test_a_new_feed_is_parsed_and_its_facts_are_told():
    answer = http(
        FEED, ETag='W/"a b"', Last_Modified="yesterday", Cache_Control="max-age=7200", Content_Type="text/html"
    )
    outcome, log = visited(answer)
    assert (outcome.kind, outcome.status, outcome.source) == ("changed", 200, "k")
    assert [entry.title for entry in outcome.document.entries] == ["一", "二"]
    assert (outcome.etag, outcome.last_modified, outcome.max_age) == ('W/"a b"', "yesterday", 7200)
    assert (outcome.retry_after, outcome.moved_to, outcome.gone, outcome.failure) == (-1, "", False, None)
    assert len(outcome.body_sha256) == 64
    assert "If-None-Match" not in log[0].headers


def test_the_same_body_is_not_parsed_again_but_its_new_validators_are_kept():
    """P2, P29."""

    def again(*_):
        pytest.fail("parsed again")

    with loopback(lambda asked: http(FEED, ETag=f'"{asked.number}"')(asked)) as server:
        first = visit(server.url())
        second = visit(server.url(), remembered(first), parse=again)
        third = visit(server.url(), remembered(second), parse=again)
    assert (second.kind, second.status, second.document) == ("unchanged", 200, None)
    assert [first.etag, second.etag, third.etag] == ['"0"', '"1"', '"2"']
    assert [asked.headers.get("If-None-Match") for asked in server.log] == [None, '"0"', '"1"']


def test_a_validator_that_the_last_answer_lacks_is_dropped():
    """P2."""
    outcome, _ = visited(http(FEED, ETag='"new"'), KNOWN)
    assert (outcome.etag, outcome.last_modified) == ('"new"', "")


def test_a_304_keeps_what_it_does_not_state():
    """P2, P8."""
    outcome, log = visited(http(b"", "304 Not Modified"), KNOWN)
    assert (outcome.kind, outcome.status, outcome.max_age) == ("unchanged", 304, -1)
    assert is_kept(outcome)
    assert (log[0].headers["If-None-Match"], log[0].headers["If-Modified-Since"]) == ('"old"', "yesterday")
    outcome, _ = visited(http(b"", "304 Not Modified", ETag='"newer"', Cache_Control="max-age=60"), KNOWN)
    assert (outcome.etag, outcome.last_modified, outcome.max_age) == ('"newer"', "yesterday", 60)


def test_a_226_brings_only_what_is_new():
    """P26: and its ETag is that of the whole."""
    outcome, log = visited(http(feed("三"), "226 IM Used", IM="feed", ETag='"n"'), KNOWN)
    assert log[0].headers["A-IM"] == "feed"
    assert (outcome.kind, outcome.status, outcome.etag, outcome.last_modified) == ("changed", 226, '"n"', "yesterday")
    assert [entry.title for entry in outcome.document.entries] == ["三"]


def test_a_226_takes_nothing_away(tmp_path):
    """P26: over a whole build, and the next request names the whole by its newest ETag."""
    site, shown = Site(tmp_path), []
    answers = [
        http(feed("一", "二"), ETag='"1"'),
        http(feed("三", link="/new/").replace(b"g0", b"g9"), "226 IM Used", IM="feed", ETag='"2"'),
        http(b"", "304 Not Modified"),
    ]
    with loopback(lambda asked: answers[asked.number](asked)) as server:
        site.extra = (
            f"fetch: {{private: [127.0.0.1], pause: 0s}}\nupstreams: [{{url: '{server.url()}', category: x}}]\n"
        )
        for _ in answers:
            site.build(later=timedelta(days=1))
            shown.append(sorted(site.titles("x")))
    assert shown == [["一", "二"], ["一", "三", "二"], ["一", "三", "二"]]
    assert [asked.headers.get("If-None-Match") for asked in server.log] == [None, '"1"', '"2"']
    assert [asked.headers.get("A-IM") for asked in server.log] == [None, "feed", "feed"]


def test_a_feed_without_entries_is_no_failure():
    assert visited(http(feed()))[0].kind == "changed"


# ---- refused answers


@pytest.mark.parametrize(
    "answer",
    [
        http(CAPTCHA, ETag='"captcha"', Last_Modified="today", Cache_Control="max-age=9"),
        http(CAPTCHA, Content_Type="application/rss+xml", ETag='"captcha"'),
        http(b'{"error": "no"}', ETag='"x"'), http(FEED[:200], ETag='"x"'), http(b"", ETag='"x"'), http(b" \n", ETag='"x"'),
        raw(b'HTTP/1.1 200 OK\r\nETag: "x"\r\nContent-Length: 9999\r\n\r\n' + FEED), raw(b""),
        http(b"", "204 No Content", ETag='"x"'), http(FEED, "206 Partial Content", ETag='"x"'), http(FEED, "226 IM Used", ETag='"x"'),
        http(FEED, "500 Oh", ETag='"x"'), http(FEED, "502 Bad Gateway"), http(FEED, "404 Not Found"), http(FEED, "401 Unauthorized"),
        http(FEED, "300 Multiple Choices"), http(FEED, "999 Strange"), http(b"", "302 Found", Location="file:///etc/passwd"),
    ],
)  # fmt: skip
def test_a_refused_answer_changes_nothing_that_is_known(answer):
    """P3, R13, R14: the next request carries the older pair."""
    outcome, _ = visited(answer, KNOWN)
    assert outcome.kind == "failed"
    assert is_kept(outcome)
    assert (outcome.document, outcome.max_age, outcome.moved_to) == (None, -1, "")
    assert outcome.failure.where.startswith("http://127.0.0.1:")
    assert outcome.failure.error
    assert "\n" not in outcome.failure.error


@pytest.mark.parametrize(
    "answer", [http(b"", "304 Not Modified", ETag='"x"'), http(FEED, "226 IM Used", IM="feed", ETag='"x"')]
)
def test_an_answer_to_what_was_not_asked_is_an_error(answer):
    """P3."""
    outcome, _ = visited(answer)
    assert outcome.kind == "failed"
    assert is_kept(outcome, State())


def test_410_is_gone():
    """P14."""
    outcome, _ = visited(http(FEED, "410 Gone"), KNOWN)
    assert (outcome.kind, outcome.gone, outcome.status) == ("failed", True, 410)
    assert "410 Gone" in outcome.failure.error


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable", "500 Oh"])
@pytest.mark.parametrize(
    ("value", "seconds"), [("3600", 3600), ("Fri, 07 Jan 2022 14:00:00 GMT", 7200), ("soon", -1), ("-5", -1), ("", -1)]
)
def test_retry_after_is_told(status, value, seconds):
    """P9."""
    outcome, _ = visited(http(b"", status, Retry_After=value))
    assert (outcome.kind, outcome.retry_after) == ("failed", seconds)


def test_max_age_counts_on_a_429_and_not_on_a_404():
    """P9."""
    assert visited(http(b"", "429 No", Cache_Control="max-age=900"))[0].max_age == 900
    assert visited(http(b"", "404 No", Cache_Control="max-age=900"))[0].max_age == -1


def test_a_failure_says_what_to_do():
    assert visit("http://127.0.0.1:9/", fetch=Fetch()).failure.error.endswith(
        'add "127.0.0.1:9" to fetch.private in settings.yaml'
    )
    assert "only http and https" in visit("ftp://paper.example/rss.xml").failure.error


def test_a_parser_that_breaks_down_costs_one_visit():
    def broken(*_):
        raise RecursionError("deep\nbelow")

    with loopback(http(FEED)) as server:
        outcome = visit(server.url(), KNOWN, parse=broken)
    assert outcome.kind == "failed"
    assert "RecursionError" in outcome.failure.error
    assert is_kept(outcome)


def test_a_login_is_not_told():
    assert "geheim" not in str(visit("http://u:geheim@127.0.0.1:9/x", fetch=Fetch()).failure)


# ---- moved


@pytest.mark.parametrize(
    ("status", "moves"), [("301 Moved", True), ("308 Moved", True), ("302 Found", False), ("307 Temp", False)]
)
def test_a_permanent_redirect_names_the_new_address(status, moves):
    """P16."""
    with loopback({"/feed": http(b"", status, Location="/sub/new"), "/sub/new": http(feed("一", link="a"))}) as server:
        outcome = visit(server.url())
        again = visit(server.url(), remembered(outcome))
    assert outcome.moved_to == (server.url("/sub/new") if moves else "")
    assert again.kind == "unchanged"
    assert again.moved_to == outcome.moved_to
    assert outcome.document.entries[0].link == server.url("/sub/a0")
    assert outcome.document.source.feed_url == server.url()


def test_a_redirect_to_a_page_is_never_believed():
    """P17: the domain was sold."""
    with loopback({"/feed": http(b"", "301 Moved", Location="/shop"), "/shop": http(CAPTCHA)}) as server:
        outcome = visit(server.url())
    assert outcome.kind == "failed"


def test_a_moved_feed_is_asked_where_it_is():
    with loopback(http(FEED)) as server:
        assert visit(server.url("/old"), State(url_moved=server.url("/new"))).kind == "changed"
    assert [asked.target for asked in server.log] == ["/new"]


# ---- files


def test_a_file_is_read_like_a_feed(tmp_path):
    path = tmp_path / "粤.xml"
    path.write_bytes(FEED)
    first = visit("粤.xml", path=path)
    assert (first.kind, first.status, len(first.document.entries)) == ("changed", 0, 2)
    assert visit("粤.xml", remembered(first), path=path).kind == "unchanged"
    path.write_bytes(feed("三"))
    assert visit("粤.xml", remembered(first), path=path).kind == "changed"


def test_a_file_that_cannot_be_read_is_a_failure_with_its_path(tmp_path, monkeypatch):
    pipe, empty, big = tmp_path / "pipe", tmp_path / "empty", tmp_path / "big"
    os.mkfifo(pipe)
    empty.touch()
    big.write_bytes(b"x" * 20)
    monkeypatch.setattr(module, "_LONGEST_FILE", 10)
    for path in (tmp_path / "gone.xml", tmp_path, pipe, big, Path("/" + "x" * 300)):
        outcome = visit("upstreams/a.xml", KNOWN, path=path)
        assert (outcome.kind, outcome.failure.where) == ("failed", "upstreams/a.xml")
        assert str(path) in outcome.failure.error
        assert is_kept(outcome)
    assert visit("upstreams/a.xml", KNOWN, path=empty).kind == "failed"


def test_a_date_counts_from_the_visit():
    """P9: also with a clock that stands elsewhere than the machine's."""
    outcome, _ = visited(http(b"", "503 Later", Retry_After=format_datetime(NOW.replace(hour=15), usegmt=True)))
    assert outcome.retry_after == 3 * 3600


# ---- secrets and holds


def test_own_headers_go_to_the_configured_origin_also_when_the_feed_moved(monkeypatch):
    """P18."""
    monkeypatch.setenv("NEWS_KEY", "geheim")
    with loopback(http(FEED)) as server, loopback(http(FEED)) as other, Client(BRIDGE, "1", SMALL) as client:
        upstream = Upstream(url=server.url(), key="k", headers=(("X-Api-Key", "$NEWS_KEY"),), auth="reader:$NEWS_KEY")
        for moved in ("", server.url("/new"), other.url("/new")):
            outcome = poll(upstream, State(url_moved=moved), client, context(server.url()), parse, NOW)
            assert outcome.kind == "changed"
            assert "geheim" not in repr(outcome)
    assert [asked.headers["X-Api-Key"] for asked in server.log] == ["geheim", "geheim"]
    assert all("Authorization" in asked.headers for asked in server.log)
    assert not {"X-Api-Key", "Authorization"} & set(other.log[0].headers)


def test_a_missing_variable_is_a_failure_that_names_it(monkeypatch):
    monkeypatch.delenv("NEWS_KEY", raising=False)
    with loopback(http(FEED)) as server, Client(BRIDGE, "1", SMALL) as client:
        upstream = Upstream(url=server.url(), key="k", auth="$NEWS_KEY")
        outcome = poll(upstream, KNOWN, client, context(server.url()), parse, NOW)
    assert outcome.kind == "failed"
    assert outcome.failure.where == server.url()
    assert "environment variable NEWS_KEY, which is not set" in outcome.failure.error
    assert is_kept(outcome)
    assert server.log == []


def test_a_single_visit_to_a_held_host_says_until_when():
    """P10."""
    with loopback(http(b"", "429 No", Retry_After="3600")) as server, Client(BRIDGE, "1", SMALL) as client:
        upstream = Upstream(url=server.url(), key="k")
        outcomes = [poll(upstream, KNOWN, client, context(server.url()), parse, NOW) for _ in range(2)]
    assert [outcome.status for outcome in outcomes] == [429, 0]
    assert "asked us to wait until" in outcomes[1].failure.error
    assert is_kept(outcomes[1])
    assert len(server.log) == 1


def test_an_outcome_says_how_long_its_answer_took():
    """Also when the answer is refused; of what gave none, and of a file, nothing is known."""
    for answer in (http(FEED), http(b"", "500 Internal Server Error"), http(CAPTCHA)):
        assert 0 < visited(answer)[0].seconds < 1
    assert visited(raw())[0].seconds == 0
