"""The hostile server's catalogue in its short form; all of it, with time and memory, is `make hostile`."""

from __future__ import annotations

import json
import time

import pytest

from hostile import judge
from hostile.catalogue import GOOD, Path, inside
from hostile.documents import item, rss, said
from hostile.kinds import all_paths
from hostile.runner import ours, ours_at_once, run_all
from hostile.server import serving
from loopback import http, raw

PATHS = [path for path in all_paths() if not path.slow and not path.heavy]
# Of kinds with many that are alike every fourth one: the tests of their parts have them all.
MANY = {"entries", "charset", "xml", "redirect"}
SHORT = [path for number, path in enumerate(PATHS) if path.kind not in MANY or number % 4 == 0]
PART = 20  # paths of a test


def parts():
    return [SHORT[at : at + PART] for at in range(0, len(SHORT), PART)]


def judged(*paths, visit=ours_at_once):
    """The faults of each path that has any."""
    with serving(paths) as server:
        runs = list(run_all(paths, server, visit, at_once=2))
    assert len(runs) == len(paths)
    faults = {f"{path.kind}/{path.name}": judge.faults(path, run) for path, run in runs}
    return {place: wrong for place, wrong in faults.items() if wrong}


@pytest.mark.parametrize("paths", parts(), ids=lambda paths: f"{paths[0].kind}/{paths[0].name}")
def test_nothing_gets_in_and_nothing_gets_lost(paths):
    assert judged(*paths) == {}


def test_the_catalogue_is_large_and_covers_every_kind():
    kinds = {path.kind for path in all_paths()}
    assert {"time", "size", "http", "redirect", "status", "not-a-feed", "format", "charset", "xml"} <= kinds
    assert len(all_paths()) > 150


# ---- a judge that could not find anything would be none


def path(answer, expect="entries", **more):
    return Path(kind="judge", name="one", answer=answer, expect=expect, **more)


FEED = said(rss(item("一条")))


def only(faults):
    (found,) = faults.values()
    return " ".join(found)


def test_a_good_feed_through_all_processes_is_good():
    assert judged(path(FEED, titles=("一条",)), visit=ours) == {}


@pytest.mark.parametrize(
    ("judged_path", "says"),
    [
        (path(FEED, "error"), "only 0 of 1 polls failed"),
        (path(http(b"", "500 Oops"), "entries"), "there are no entries"),
        (path(http(b"", "500 Oops"), "error", says="teapot"), "does not say"),
        (path(FEED, titles=("两条",)), "the titles are"),
        (path(FEED, "keep"), "changed, though nothing came"),
        (path(http(b"", "500 Oops"), "keep"), "failed: the server answers 500"),
        (path(FEED, check=lambda _: ["a fault of its own"]), "a fault of its own"),
        (path(raw(2.0)), "the server"),
    ],
)
def test_what_is_not_as_expected_is_found(judged_path, says):
    assert says in only(judged(judged_path))


def test_a_request_to_the_inside_is_found():
    def visit(asked_path, port, site):
        import http.client

        for host in ("127.0.0.2", "127.0.0.1"):
            line = http.client.HTTPConnection(host, port)
            line.request("GET", f"/inside/{asked_path.kind}/{asked_path.name}")
            line.getresponse().read()
            line.close()
        return ours_at_once(asked_path, port, site)

    assert only(judged(path(FEED), visit=visit)).count("the inside was asked") == 2


def test_an_address_of_the_inside_is_none_of_the_outside():
    with serving([path(lambda asked: http(inside(asked).encode())(asked), good_first=False)]) as server:
        seen = []

        def visit(_path, port, _site):
            import urllib.request

            seen.append(urllib.request.urlopen(f"http://127.0.0.1:{port}/judge/one").read())
            return {}, 0.0

        visit(None, server.port, None)
    assert seen == [f"http://127.0.0.2:{server.port}/inside/judge/one".encode()]


def test_a_path_that_hangs_or_dies_is_found(monkeypatch):
    monkeypatch.setattr("hostile.runner.LONGEST", 0.5)
    assert "killed" in only(judged(path(FEED), visit=lambda *_: time.sleep(60)))
    assert "ZeroDivisionError" in only(judged(path(FEED), visit=lambda *_: 1 / 0))


def test_time_and_memory_over_the_bound_are_found():
    def slow(*given):
        return ours_at_once(*given)[0], 30.0

    def large(*given):
        hold = bytearray(400 * 1024 * 1024)
        return *ours_at_once(*given), hold

    assert "took 30.0 s" in only(judged(path(FEED), visit=slow))
    assert "MiB" in only(judged(path(FEED), visit=lambda *given: large(*given)[:2]))


def test_a_lost_story_is_found():
    def loses(asked_path, port, site):
        seen, seconds = ours_at_once(asked_path, port, site)
        return {**seen, "stories": {}}, seconds

    assert "was lost" in only(judged(path(FEED), visit=loses))


PAGE = b"<!doctype html><html><body>%s</body></html>"
ATOM = b"<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:x:1</id><title type='html'>%s</title><updated>2022-01-07T00:00:00Z</updated></feed>"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("index.html", PAGE % b"<script>alert(1)</script>", "script that is not ours"),
        ("index.html", PAGE % b"<p onclick=x()>", "onclick"),
        ("index.html", PAGE % b"<a href='java&#10;script:alert(1)'>", "leads to"),
        ("index.html", PAGE % b"<svg><a xlink:href='x'/></svg>", "svg"),
        ("news/atom.xml", ATOM % b"&lt;img src=x onerror=alert(1)&gt;", "onerror"),
        ("news/atom.xml", ATOM % b"<script xmlns='http://www.w3.org/1999/xhtml'>1</script>", "child elements"),
        ("news/atom.xml", b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "4.1.1"),
        ("news/rss.xml", b"<rss version='2.0'><channel><item><title>x</title><link>javascript:1</link></item></channel></rss>", "leads to"),
        ("news/feed.json", json.dumps({"items": [{"id": "1", "content_html": "<iframe srcdoc=x>"}]}).encode(), "iframe"),
        ("news/feed.json", json.dumps({"items": [{"id": "1", "url": "data:text/html,x"}]}).encode(), "leads to"),
    ],
)  # fmt: skip
def test_what_is_active_or_invalid_in_an_output_is_found(name, data, says):
    assert says in " ".join(judge.written(name, data))


def test_the_good_feed_is_good():
    assert judged(path(http(GOOD), "keep")) == {}
