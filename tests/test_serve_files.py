"""Feeds over HTTP, by a real server on loopback (WRITING, HTTP; LIBRARIES 4)."""

import gzip
import hashlib
import os
import time
from email.utils import formatdate

import brotli
import pytest

from serving import FEED, served

OLD = 1_700_000_000  # seconds since 1970


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("site")) as site:
        os.utime(site.feeds / "metro" / "atom.xml", (OLD, OLD))
        yield site


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.xml", "application/xml; charset=utf-8"),
        ("feed.json", "application/feed+json"),
        ("index.html", "text/html; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("page.js", "text/javascript; charset=utf-8"),
        ("photo.jpg", "application/octet-stream"),
    ],
)
def test_every_file_has_the_type_that_browsers_and_readers_take_well(site, name, kind):
    (site.feeds / "types").mkdir(exist_ok=True)
    (site.feeds / "types" / name).write_bytes(b"x")
    assert site.ask(f"/types/{name}").fields["content-type"] == kind


def test_a_feed_comes_whole_with_both_validators_and_may_be_kept_for_a_while(site):
    answer = site.ask("/metro/atom.xml")
    assert (answer.status, answer.body) == (200, FEED)
    assert answer.fields["etag"] == f'"{hashlib.sha256(FEED).hexdigest()[:32]}"'
    assert answer.fields["last-modified"] == formatdate(OLD, usegmt=True)
    assert answer.fields["cache-control"] == "public, max-age=60"
    assert answer.fields["vary"] == "Accept-Encoding"
    assert answer.fields["access-control-allow-origin"] == "*"
    assert answer.fields["x-content-type-options"] == "nosniff"
    assert answer.fields["content-security-policy"].startswith("default-src 'none'; ")
    assert "server" not in answer.fields


def test_who_has_it_gets_304_by_either_validator(site):
    whole = site.ask("/metro/atom.xml")
    for field in ("if-none-match", "if-modified-since"):
        value = whole.fields["etag" if field == "if-none-match" else "last-modified"]
        answer = site.ask("/metro/atom.xml", **{field: value})
        assert (answer.status, answer.body) == (304, b"")
        assert answer.fields["etag"] == whole.fields["etag"]
        assert answer.fields["cache-control"] == whole.fields["cache-control"]


def test_if_none_match_goes_before_if_modified_since(site):
    """RFC 9110 13.2.2."""
    date = formatdate(OLD, usegmt=True)
    assert site.ask("/metro/atom.xml", if_none_match='"another"', if_modified_since=date).status == 200


def test_an_entity_tag_of_another_coding_is_known_too(site):
    """Whoever stored the plain bytes, and now also takes gzip, has them still."""
    packed = site.ask("/metro/atom.xml", accept_encoding="gzip").fields["etag"]
    plain = site.ask("/metro/atom.xml").fields["etag"]
    assert packed != plain
    assert site.ask("/metro/atom.xml", accept_encoding="gzip", if_none_match=plain).status == 304
    assert site.ask("/metro/atom.xml", if_none_match=f"W/{packed}").status == 304


@pytest.mark.parametrize(("coding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_a_feed_is_compressed_once_and_the_same_each_time(site, coding, unpack):
    first, second = (site.ask("/metro/atom.xml", accept_encoding=coding) for _ in range(2))
    assert first.body == second.body
    assert unpack(first.body) == FEED
    assert first.fields["content-encoding"] == coding
    assert first.fields["content-length"] == str(len(first.body))
    assert first.fields["etag"] == f'"{hashlib.sha256(FEED).hexdigest()[:32]}-{coding}"'


def test_a_head_has_the_fields_and_no_body(site):
    get, head = (site.ask("/metro/atom.xml", method, accept_encoding="gzip") for method in ("GET", "HEAD"))
    assert head.body == b""
    assert {**head.fields, "date": ""} == {**get.fields, "date": ""}


def test_the_gz_that_was_published_beside_a_file_is_used_if_it_is_of_these_bytes(site):
    """`feeds.compress`."""
    folder = site.feeds / "packed"
    folder.mkdir(exist_ok=True)
    beside = gzip.compress(FEED, 9, mtime=0)
    (folder / "rss.xml").write_bytes(FEED)
    (folder / "rss.xml.gz").write_bytes(beside)
    (folder / "old.xml").write_bytes(FEED)
    (folder / "old.xml.gz").write_bytes(gzip.compress(b"what stood there before" * 99, 9, mtime=0))
    assert site.ask("/packed/rss.xml", accept_encoding="gzip").body == beside
    assert gzip.decompress(site.ask("/packed/old.xml", accept_encoding="gzip").body) == FEED


def test_a_new_file_is_served_at_once_and_an_old_validator_is_not_enough(site):
    file = site.feeds / "metro" / "rss.xml"
    file.write_bytes(b"<rss>1</rss>")
    before = site.ask("/metro/rss.xml")
    new = file.with_name("new")
    new.write_bytes(b"<rss>2</rss>")
    new.replace(file)
    after = site.ask("/metro/rss.xml", if_none_match=before.fields["etag"])
    assert (after.status, after.body) == (200, b"<rss>2</rss>")
    file.unlink()
    assert site.ask("/metro/rss.xml").status == 404


def test_a_file_of_this_very_second_has_no_date_yet(site):
    """It may change once more in its second, and who has only the date would never see it (RFC 9110 8.8.2.2)."""
    file = site.feeds / "metro" / "now.xml"
    file.write_bytes(b"<a/>")
    later = time.time() + 30
    os.utime(file, (later, later))
    answer = site.ask("/metro/now.xml", if_modified_since=formatdate(int(later), usegmt=True))
    assert answer.status == 200
    assert "last-modified" not in answer.fields


# -- other names


@pytest.mark.parametrize(
    ("path", "name"), [("/metro?format=atom", "metro/atom.xml"), ("/metro/?format=ATOM", "metro/atom.xml")]
)
def test_a_format_is_asked_for_as_of_rsshub(site, path, name):
    assert site.ask(path).body == (site.feeds / name).read_bytes()


def test_a_format_that_there_is_not_is_told_so(site):
    assert site.ask("/metro?format=pdf").status == 400
    assert b"atom, rss and json" in site.ask("/metro?format=pdf").body
    assert site.ask("/metro?format=json").status == 404


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/metro", "metro/"),
        ("/METRO", "metro/"),
        ("/Metro/atom.xml", "../metro/atom.xml"),
        ("/Metro?format=atom", "metro?format=atom"),
    ],
)
def test_another_way_to_write_an_address_leads_to_the_right_one(site, path, location):
    answer = site.ask(path)
    assert (answer.status, answer.fields["location"]) == (301, location)


def test_the_pages_of_folders_are_their_index(site):
    assert site.ask("/").body == b"<html>"
    assert site.ask("/metro/").body == b"<html>metro"


def test_the_name_of_an_asset_has_a_mark_so_it_may_be_kept_for_long(site):
    (site.feeds / "assets").mkdir(exist_ok=True)
    (site.feeds / "assets" / "style.css").write_bytes(b"a {}")
    assert site.ask("/assets/style.css?v=1").fields["cache-control"] == "public, max-age=2592000"


@pytest.mark.parametrize("accept", ["text/html,*/*", "*/*"])
def test_what_is_not_there_is_told_as_the_client_reads(site, accept):
    answer = site.ask("/nothing/atom.xml", accept=accept)
    assert answer.status == 404
    assert ("没有这个页面" in answer.body.decode()) == ("html" in accept)
    assert answer.fields["cache-control"] == "no-store"
    assert site.ask("/metro/atom.xml/x").status == 404
    assert site.ask("/metro/metro/").status == 404


# -- out of bounds


@pytest.mark.parametrize(
    "path",
    [
        *("/../settings.yaml", "/%2e%2e/settings.yaml", "/metro/%2e%2e/%2e%2e/settings.yaml", "/..%2fsettings.yaml"),
        *("/.secret", "/metro/.secret", "//etc/passwd", "/link.xml", "/outside/settings.yaml", "/pipe", "/metro/%00"),
    ],
)
def test_no_path_leaves_the_folder(site, path):
    """Promise 7: dotfiles, dots, encoded or not, links, and what is no file."""
    (site.feeds / ".secret").write_text("site: {}", encoding="utf-8")
    (site.feeds / "metro" / ".secret").write_text("site: {}", encoding="utf-8")
    for name, target in (("link.xml", site.feeds.parent / "settings.yaml"), ("outside", site.feeds.parent)):
        if not (site.feeds / name).is_symlink():
            (site.feeds / name).symlink_to(target)
    if not (site.feeds / "pipe").exists():
        os.mkfifo(site.feeds / "pipe")
    answer = site.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert b" 404 " in answer.split(b"\r\n")[0]
    assert b"site:" not in answer


def test_a_file_that_becomes_a_link_is_served_no_more(site):
    file = site.feeds / "metro" / "was.xml"
    file.write_bytes(b"<a/>")
    assert site.ask("/metro/was.xml").status == 200
    file.unlink()
    file.symlink_to(site.feeds.parent / "settings.yaml")
    assert site.ask("/metro/was.xml").status == 404


def test_what_is_held_in_memory_is_bounded(tmp_path):
    from coranto.server.shelf import Shelf

    for number in range(20):
        (tmp_path / f"{number}.xml").write_bytes(b"x" * 1000)
    shelf = Shelf(tmp_path, most=5000)
    for number in range(20):
        shelf.put((f"{number}.xml",), shelf.load((f"{number}.xml",)))
        assert shelf.octets <= 5000
    assert shelf.get(("0.xml",)) is None
    assert shelf.get(("19.xml",)) is not None
