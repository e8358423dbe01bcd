"""What a disk may do to us: it is full, it may not be written, it gives back other bytes than it was given (R3, R7, R9).

Every call that may fail, and every moment at which a build may end, is in `test_faults.py`; two that run at once are in
`test_lock.py`, `test_cli_ends.py` and `test_daemon.py`; a store of an older Coranto is in `test_store.py`.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from commands import environment, program
from coranto.store import StoreError, open_store
from river import HOUR, LONG, Site, item

DAY = timedelta(days=1)
PAGE = 4096


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A site that was built, which nobody changes."""
    return begun(tmp_path_factory.mktemp("built"))


@pytest.fixture
def site(built, tmp_path):
    """The same site, to be spoilt."""
    return copied(built, tmp_path / "site")


def begun(folder):
    site = Site(folder)
    for number in range(12):
        day = f"2022-01-0{number % 7 + 1}"
        site.post(
            f"posts/{day}-{number}.md",
            title=f"第{number}条",
            date=f"{day} 08:00:00 +0800",
            text=LONG,
            category=f"c{number % 3}",
        )
    site.feed("a", *(item(f"https://a.example/{n}", title=f"报{n}", link=f"https://a.example/{n}") for n in range(6)))
    site.build()
    return site


def copied(site, folder):
    other = Site(folder)
    shutil.copytree(site.folder, folder, dirs_exist_ok=True)
    other.upstreams, other.now = list(site.upstreams), site.now
    return other


def edit(site):
    site.post("posts/2022-01-02-1.md", title="第1条", date="2022-01-02 08:00:00 +0800", text=LONG + "改", category="c1")
    site.post("posts/2022-01-07-new.md", title="新的一条", date="2022-01-07 08:00:00 +0800", category="c1")


@pytest.fixture(scope="module")
def edited(built, tmp_path_factory):
    """What an edit of that site gives if nothing befalls it, an hour and a day later."""
    found = {}
    for later in (HOUR, DAY):
        site = copied(built, tmp_path_factory.mktemp("edited") / "site")
        edit(site)
        site.build(later=later)
        found[later] = site.files()
    return found


def are_whole(files):
    """Every file can be read, and no id stands in a feed twice."""
    for path, body in files.items():
        if path.endswith(".json"):
            ids = [one["id"] for one in json.loads(body).get("items", [])]
            assert len(ids) == len(set(ids)), path
        elif path.endswith(".xml"):
            etree.fromstring(body)
        assert not Path(path).name.startswith(".")
    return True


def spoil(site, page, at, size, byte):
    """Overwrite a part of a page of the store."""
    file = site.folder / ".coranto/store.sqlite3"
    body = bytearray(file.read_bytes())
    begin = page % (len(body) // PAGE) * PAGE + at
    body[begin : begin + size] = bytes([byte]) * size
    file.write_bytes(body)


def set_aside(site):
    return [*(site.folder / ".coranto").glob("*.unreadable-*")]


# ---- a store that is damaged (R9)

SPOILT = {"all of it": (0, PAGE, 0xFF), "its second half": (2048, 2048, 0), "a sector": (3072, 512, 0)}


@pytest.mark.parametrize("part", SPOILT)
@pytest.mark.parametrize("page", range(0, 54, 5))
def test_a_store_of_which_a_page_is_overwritten_is_made_again_from_what_is_published_r9(site, edited, page, part):
    """Damage is found by the day's look through it if not by accident: no id, no date, no text is another."""
    spoil(site, page + len(part) % 5, *SPOILT[part])
    edit(site)
    site.build(later=DAY)
    assert site.files() == edited[DAY]


@pytest.mark.parametrize("page", range(3, 54, 4))
def test_damage_between_two_looks_ends_no_build_and_breaks_no_file(site, page):
    """Whatever a row turns out to hold; a build that meets it begins the store anew, the next look finds the rest."""
    titles, ids = {story.title for story in site.stories()}, {story.id for story in site.stories()}
    with closing(open_store(str(site.folder / ".coranto/store.sqlite3"))) as store:
        store.outputs.keep_fact("verified", site.now.isoformat())
    spoil(site, page, *SPOILT["its second half"])
    edit(site)
    site.build()
    assert are_whole(site.files())
    site.build(later=DAY)
    assert are_whole(site.files())
    assert {story.title for story in site.stories()} == titles | {"新的一条"}
    assert {story.id for story in site.stories()} >= ids


def page_of(site, table):
    """Where the rows of a table of ours begin."""
    with closing(sqlite3.connect(site.folder / ".coranto/store.sqlite3")) as store:
        return store.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0] - 1


# Tables that the build of one edit reads too little of to see that they are damaged.
UNSEEN = pytest.mark.parametrize("table", ["story", "public", "entry_category", "carried"])


@UNSEEN
def test_a_store_that_was_not_closed_is_looked_through_at_once(site, edited, table):
    """As after a power cut: the page that was lost is one that no build would miss."""
    file = site.folder / ".coranto/store.sqlite3"
    page = page_of(site, table)
    file.with_name(file.name + "-wal").write_bytes(b"\0" * 64)
    spoil(site, page, *SPOILT["its second half"])
    edit(site)
    site.build()
    assert site.files() == edited[HOUR]
    assert len(set_aside(site)) == 1


@UNSEEN
def test_damage_that_no_build_comes_across_is_found_within_a_day(site, edited, table):
    spoil(site, page_of(site, table), *SPOILT["its second half"])
    edit(site)
    site.build(later=DAY)
    assert site.files() == edited[DAY]
    assert len(set_aside(site)) == 1


def execute(site, *statements):
    with closing(sqlite3.connect(site.folder / ".coranto/store.sqlite3")) as store:
        for statement in statements:
            store.execute(statement)
        store.commit()


@pytest.mark.parametrize("said", ["subscription SET milliseconds = 'x'", "entry SET story = 'x'"])
def test_a_value_of_another_kind_is_found_within_a_day(site, edited, said):
    """What SQLite itself would take for sound."""
    execute(site, f"UPDATE {said}")
    edit(site)
    site.build(later=DAY)
    assert site.files() == edited[DAY]
    assert len(set_aside(site)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        *("UPDATE entry SET categories = '['", "UPDATE entry SET published = 'x'", "UPDATE subscription SET due = 'x'"),
        *(
            "DROP TABLE filed",
            "ALTER TABLE story RENAME winner TO looser",
        ),
        *("UPDATE entry SET published = 9223372036854775807", "UPDATE subscription SET due = -9223372036854775807"),
        *("PRAGMA user_version = 0", "UPDATE sqlite_schema SET name = CAST(x'ff' AS TEXT) WHERE name = 'filed'"),
    ],
)
def test_a_store_that_hangs_together_but_says_nonsense_ends_no_build(site, edited, statement):
    """As a page may that is not what was written."""
    execute(site, "PRAGMA writable_schema = 1", statement)
    edit(site)
    site.build()
    assert site.files() == edited[HOUR]
    assert len(set_aside(site)) == 1


@pytest.mark.parametrize("command", ["status", "check", "explain posts/2022-01-01-0.md", "opml export"])
def test_who_only_looks_is_told_that_the_store_is_damaged(site, command):
    site.settings()
    execute(
        site, "UPDATE subscription SET milliseconds = 'x', listed = 'x', due = 'x'", "UPDATE source SET title = x'ff'"
    )
    execute(site, "UPDATE entry SET published = 'x', categories = '['")
    done = subprocess.run(
        program(*command.split()), cwd=site.folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 1, 2}
    assert done.returncode == 0 or "the store is damaged" in done.stderr
    assert set_aside(site) == []


def test_a_text_that_settings_name_as_store_is_left_alone(site):
    file = site.folder / ".coranto/store.sqlite3"
    file.write_text("# 我的笔记\n" * 1000, encoding="utf-8")
    with pytest.raises(StoreError, match="is a text and no store; name another file in `store:`"):
        site.build()
    assert file.read_text("utf-8") == "# 我的笔记\n" * 1000


def test_the_database_of_another_program_is_left_alone(site):
    file = site.folder / ".coranto/store.sqlite3"
    file.unlink()
    execute(site, "CREATE TABLE bookmarks (url TEXT)", "INSERT INTO bookmarks VALUES ('https://a.example/')")
    before = file.read_bytes()
    with pytest.raises(StoreError, match="of another program; name another file in `store:`"):
        site.build()
    assert file.read_bytes() == before
    assert set_aside(site) == []


@pytest.mark.parametrize("size", [0, 100, PAGE, 5 * PAGE + 77])
def test_a_store_that_was_cut_off_is_made_again(site, edited, size):
    with (site.folder / ".coranto/store.sqlite3").open("r+b") as file:
        file.truncate(size)
    edit(site)
    site.build()
    assert site.files() == edited[HOUR]


def test_a_person_and_a_script_are_told_that_the_store_was_damaged(site):
    site.settings()
    for args in (), ("--json",):
        spoil(site, 0, *SPOILT["all of it"])
        done = coranto(site, *args)
        assert done.returncode == 0
        assert "the store was damaged, and was made again from what is published" in done.stderr
    assert Path(json.loads(done.stdout)["store"]["set_aside"]).is_file()
    assert json.loads(coranto(site, "--json").stdout)["store"] == {"set_aside": None}


def coranto(site, *args, before=(), **more):
    """A build as a process, an hour later."""
    now = str(int((site.now + HOUR).timestamp()))
    return subprocess.run(
        [*before, *program("build", *args)],
        cwd=site.folder,
        env={**environment(), "SOURCE_DATE_EPOCH": now},
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


def wrong(found, before, after):
    """The files that are neither as they were nor as they shall be."""
    return [path for path, body in found.items() if body not in (before.get(path), after.get(path))]


# ---- a disk that is full, and one that may not be written (R3)


@pytest.mark.parametrize("most", [0, 1000, 20_000, 60_000])
def test_a_build_that_may_write_no_more_says_so_and_leaves_what_was(site, edited, most):
    """A file may have ``most`` bytes: the store, or a feed, or both do not fit."""
    edit(site)
    site.settings()
    before = site.files()
    done = coranto(site, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    assert not wrong(site.files(), before, edited[HOUR])
    site.build()
    assert site.files() == edited[HOUR]


# Root may write where it may not; without this it is as everybody.
AS_EVERYBODY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


@pytest.mark.parametrize(("kept", "code"), [("feeds", 1), ("feeds/c1", 1), (".coranto", 1), ("posts", 0)])
def test_a_folder_that_may_not_be_written_costs_no_feed_its_stories(site, edited, kept, code):
    """Posts need only be read."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and setpriv is not there to change that")
    edit(site)
    site.settings()
    before = site.files()
    allow(site.folder / kept, 0o555, 0o444)
    done = coranto(site, before=AS_EVERYBODY if os.geteuid() == 0 else [])
    allow(site.folder / kept, 0o755, 0o644)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert code == 0 or kept in done.stderr
    assert not wrong(site.files(), before, edited[HOUR])
    site.build()
    assert site.files() == edited[HOUR]


def allow(folder, folders, files):
    """What may be done with a folder and all below it."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(folders if path.is_dir() else files)


# ---- a post half written (R7)


def test_a_post_that_is_cut_off_anywhere_keeps_its_story_and_is_whole_again_r7(site):
    file = site.folder / "posts/2022-01-02-1.md"
    whole, before = file.read_bytes(), {story.id: story for story in site.stories()}
    (ours,) = (story for story in before.values() if story.title == "第1条")
    for size in range(0, len(whole), 41):
        file.write_bytes(whole[:size])
        site.build()
        now = {story.id: story for story in site.stories()}
        assert now.keys() == before.keys(), size
        assert now[ours.id].title in ours.title, size
    file.write_bytes(whole)
    site.build()
    after = {story.id: story for story in site.stories()}
    assert (after[ours.id].title, after[ours.id].content) == (ours.title, ours.content)
