"""A folder of posts that is listed as before is not compared file by file; what a build says of it stays the same."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from coranto.intake import listing
from coranto.store import open_store
from river import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    for number in range(3):
        made.post(f"posts/2022-01-0{number + 1}-p{number}.md", title=f"第{number}条")
    made.build()
    return made


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that were gone through file by file."""
    found = list[str]()
    compare = listing._compare

    def noted(posts, *rest):
        found.append(posts.key)
        return compare(posts, *rest)

    monkeypatch.setattr(listing, "_compare", noted)
    return found


def test_a_folder_that_is_as_it_was_is_one_comparison(site: Site, compared: list[str]) -> None:
    report = site.build()
    assert compared == []
    assert (report.posts.read, report.posts.unchanged, report.posts.failed) == (0, 3, [])


@pytest.mark.parametrize("change", ["text", "time", "new", "gone", "renamed", "replaced"])
def test_any_change_is_seen(site: Site, compared: list[str], change: str) -> None:
    first = site.folder / "posts/2022-01-01-p0.md"
    body = first.read_text("utf-8")
    match change:
        case "text":
            first.write_text(body.replace("第0条", "第零条"), "utf-8")
        case "time":
            os.utime(first, (1, 1))
        case "new":
            site.post("posts/2022-01-09-new.md", title="新")
        case "gone":
            first.unlink()
        case "renamed":
            first.rename(first.with_name("2022-01-01-other.md"))
        case "replaced":  # the same size, at the same time: another inode
            state = first.stat()
            other = first.with_name("other.tmp")
            other.write_text(body.replace("第0条", "第九条"), "utf-8")
            os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
            other.rename(first)
    site.build()
    assert compared == ["posts:posts"]
    assert ("第零条" in site.titles()) == (change == "text")
    assert ("第九条" in site.titles()) == (change == "replaced")
    assert ("新" in site.titles()) == (change == "new")
    assert ("第0条" in site.titles()) == (change in {"time", "new", "renamed"})
    site.build()
    assert compared == ["posts:posts"]


def test_a_post_that_is_wrong_is_told_at_every_build(site: Site, compared: list[str]) -> None:
    (site.folder / "posts/2022-01-05-bad.md").write_text("no post", "utf-8")
    told = [[failure.error for failure in site.build().posts.failed] for _ in range(3)]
    assert told[0] == told[1] == told[2] != []
    assert len(compared) == 3
    (site.folder / "posts/2022-01-05-bad.md").unlink()
    assert site.build().posts.failed == []
    assert site.build().posts.unchanged == 3
    assert len(compared) == 4


def test_a_name_that_is_no_utf_8_is_told_at_every_build(site: Site) -> None:
    with open(os.fsencode(site.folder / "posts") + b"/2022-01-05-\xff.md", "wb") as file:  # noqa: PTH123
        file.write(b"---\ntitle: t\n---\n")
    told = [[failure.error for failure in site.build().posts.failed] for _ in range(2)]
    assert told == [["the file's name is not UTF-8: rename it"]] * 2


def test_rules_that_changed_read_every_file_again(site: Site) -> None:
    site.extra = 'categories: {"x": {title: "y"}}\nidentity: {info_code: [{query: code}]}\n'
    assert site.build().posts.read == 3


def test_a_store_that_lost_its_files_reads_them_again(site: Site) -> None:
    with closing(open_store(str(site.folder / ".coranto/store.sqlite3"))) as store:
        (source,) = [row for key, row in store.sources.ids().items() if key.startswith("posts:")]
        store.files.forget(source, ["2022-01-01-p0.md"])
    assert site.build().posts.read == 1
