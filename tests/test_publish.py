"""Bytes into feeds/: atomically, only what changed, never outside (R1 to R4, promises 2, 3, 7)."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from coranto import publish
from coranto.publish import Publisher, PublishError
from coranto.store.outputs import Output

FULL_DISK = """
import json, resource, signal, sys
from pathlib import Path
from coranto.publish import Publisher, PublishError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit then fails, as on a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    Publisher(Path(sys.argv[1])).put("news", {"a.xml": b"small", "b.xml": b"x" * 5000, "c.xml": b"small"}, {})
except PublishError as error:
    print(error)
"""


def ours(root, path):
    """A file as it stands, as if we had written it."""
    found = (root / path).stat() if (root / path).exists() else None
    size, mtime_ns = (found.st_size, found.st_mtime_ns) if found else (0, 0)
    return Output(path=path, folder="", sha256="", size=size, mtime_ns=mtime_ns)


def put(root: Path, files: dict[str, bytes], known: list[Output] = (), *, dry: bool = False, folder: str = "news"):
    return Publisher(root, dry=dry).put(folder, files, {output.path: output for output in known})


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Content, time and inode of every file in it."""
    return {
        file.name: (file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino) for file in sorted(folder.iterdir())
    }


def aged(folder: Path) -> None:
    """As if the files had been written a day ago."""
    for file in folder.iterdir():
        os.utime(file, ns=(10**18, 10**18))


# -- what is written


def test_new_files_are_written_and_remembered(tmp_path):
    outputs, written = put(tmp_path / "feeds", {"a.xml": b"one", "b.xml": b"two"})
    assert written == ["news/a.xml", "news/b.xml"]
    assert {name: body for name, (body, *_) in state(tmp_path / "feeds" / "news").items()} == {
        "a.xml": b"one",
        "b.xml": b"two",
    }
    assert [(one.path, one.folder, one.size) for one in outputs] == [
        ("news/a.xml", "news", 3),
        ("news/b.xml", "news", 3),
    ]
    assert all(Publisher(tmp_path / "feeds").intact(one) for one in outputs)


def test_files_of_the_root_have_no_folder(tmp_path):
    outputs, written = put(tmp_path, {"index.html": b"x"}, folder="")
    assert (written, outputs[0].path, outputs[0].folder) == (["index.html"], "index.html", "")


def test_what_did_not_change_is_not_touched(tmp_path):
    """R4: bytes, time and inode; also when the store was lost and nothing is known of the files."""
    known, _ = put(tmp_path, {"a.xml": b"one", "b.xml": b"two"})
    before = state(tmp_path / "news")
    assert put(tmp_path, {"a.xml": b"one", "b.xml": b"two"}, known) == (known, [])
    assert put(tmp_path, {"a.xml": b"one", "b.xml": b"two"}) == (known, [])
    assert state(tmp_path / "news") == before
    assert put(tmp_path, {"a.xml": b"one", "b.xml": b"three"}, known)[1] == ["news/b.xml"]
    after = state(tmp_path / "news")
    assert after["a.xml"] == before["a.xml"]
    assert after["b.xml"][0] == b"three"


def test_a_file_that_somebody_changed_is_written_again(tmp_path):
    known, _ = put(tmp_path, {"a.xml": b"one"})
    (tmp_path / "news" / "a.xml").write_bytes(b"eno")
    os.utime(tmp_path / "news" / "a.xml", ns=(1, 1))
    assert not Publisher(tmp_path).intact(known[0])
    assert put(tmp_path, {"a.xml": b"one"}, known)[1] == ["news/a.xml"]
    assert (tmp_path / "news" / "a.xml").read_bytes() == b"one"


def test_a_file_that_somebody_only_touched_is_left_as_it_is(tmp_path):
    """A checkout changes times, and no bytes."""
    known, _ = put(tmp_path, {"a.xml": b"one"})
    aged(tmp_path / "news")
    outputs, written = put(tmp_path, {"a.xml": b"one"}, known)
    assert written == []
    assert outputs[0].mtime_ns == 10**18


def test_a_reader_sees_each_file_whole(tmp_path):
    """R1: old or new, at every instant."""
    bodies = [b"a" * 200_000, b"b" * 300_000]
    put(tmp_path, {"a.xml": bodies[0]})
    seen, stop = set(), Event()

    def read() -> None:
        while not stop.is_set():
            seen.add((tmp_path / "news" / "a.xml").read_bytes())

    reader = Thread(target=read)
    reader.start()
    for number in range(30):
        put(tmp_path, {"a.xml": bodies[number % 2]})
    stop.set()
    reader.join()
    assert seen <= set(bodies)


def test_the_file_is_durable_before_its_name_and_the_name_before_the_end(tmp_path, monkeypatch):
    """R2: fsync of the file, replace, fsync of the folder."""
    steps = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (steps.append("folder" if _is_folder(fd) else "file"), sync(fd)))
    monkeypatch.setattr(os, "replace", lambda old, new: (steps.append("replace"), replace(old, new)))
    put(tmp_path, {"a.xml": b"one"})
    assert steps == ["file", "replace", "folder"]


def _is_folder(descriptor: int) -> bool:
    return Path(f"/proc/self/fd/{descriptor}").is_dir()


@pytest.fixture(params=["unnamed", "named"])
def filesystem(request, monkeypatch):
    """With files without a name, and as where the file system has none."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE")


def test_it_works_on_any_file_system(tmp_path, filesystem):
    put(tmp_path, {"a.xml": b"one"})
    put(tmp_path, {"a.xml": b"two"})
    assert {name: body for name, (body, *_) in state(tmp_path / "news").items()} == {"a.xml": b"two"}
    assert (tmp_path / "news" / "a.xml").stat().st_mode & 0o777 == 0o644


# -- what goes wrong


def test_a_full_disk_leaves_the_old_files(tmp_path):
    """R3: byte-identical, one sentence, nothing left behind, and the next run recovers."""
    put(tmp_path, {"a.xml": b"old", "b.xml": b"old", "c.xml": b"old"})
    run = subprocess.run([sys.executable, "-c", FULL_DISK, tmp_path], capture_output=True, text=True, check=True)
    assert run.stdout.endswith("the old files stay as they were\n")
    assert os.strerror(errno.EFBIG) in run.stdout
    assert {name: body for name, (body, *_) in state(tmp_path / "news").items()} == {
        "a.xml": b"small",
        "b.xml": b"old",
        "c.xml": b"old",
    }
    assert put(tmp_path, {"b.xml": b"x" * 5000})[1] == ["news/b.xml"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_write_that_fails_at_any_step_leaves_the_old_file(tmp_path, monkeypatch, filesystem, call, code):
    put(tmp_path, {"a.xml": b"old"})
    before = state(tmp_path / "news")

    def fail(*_args: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as broken:
        broken.setattr(os, call, fail)
        with pytest.raises(PublishError, match=os.strerror(code)):
            put(tmp_path, {"a.xml": b"new"})
    assert state(tmp_path / "news") == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    """Somebody's file stands where a folder must be."""
    (tmp_path / "news").write_text("mine")
    with pytest.raises(PublishError, match=f"{tmp_path}/news"):
        put(tmp_path, {"a.xml": b"x"})
    assert (tmp_path / "news").read_text() == "mine"


def test_what_an_interrupted_run_left_is_swept(tmp_path):
    put(tmp_path, {"a.xml": b"old"})
    left = tmp_path / "news" / f".a.xml{publish._NEW}"
    left.write_bytes(b"half")
    others = tmp_path / "news" / ".htaccess"
    others.write_text("mine")
    put(tmp_path, {"a.xml": b"new"})
    assert not left.exists()
    assert others.exists()
    left.write_bytes(b"half")
    Publisher(tmp_path).remove(ours(tmp_path, "news/a.xml"))
    assert [file.name for file in (tmp_path / "news").iterdir()] == [".htaccess"]


# -- promise 7: never outside


def test_a_folder_that_is_a_link_to_elsewhere_is_refused(tmp_path):
    (tmp_path / "feeds").mkdir()
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "a.xml").write_bytes(b"theirs")
    (tmp_path / "feeds" / "news").symlink_to(tmp_path / "etc")
    with pytest.raises(PublishError, match="leads out of"):
        put(tmp_path / "feeds", {"a.xml": b"ours"})
    with pytest.raises(PublishError, match="leads out of"):
        Publisher(tmp_path / "feeds").remove(ours(tmp_path / "feeds", "news/a.xml"))
    assert (tmp_path / "etc" / "a.xml").read_bytes() == b"theirs"


@pytest.mark.parametrize("path", ["../a.xml", "news/../../a.xml", "/etc/passwd"])
def test_a_path_that_leads_out_is_refused(tmp_path, path):
    (tmp_path / "feeds").mkdir()
    with pytest.raises(PublishError, match="leads out of"):
        Publisher(tmp_path / "feeds").remove(ours(tmp_path / "feeds", path))


def test_a_file_that_is_a_link_is_replaced_and_not_followed(tmp_path):
    put(tmp_path / "feeds", {"a.xml": b"x"})
    target = tmp_path / "target"
    target.write_bytes(b"theirs")
    file = tmp_path / "feeds" / "news" / "a.xml"
    file.unlink()
    file.symlink_to(target)
    put(tmp_path / "feeds", {"a.xml": b"theirs"})
    assert not file.is_symlink()
    assert (file.read_bytes(), target.read_bytes()) == (b"theirs", b"theirs")


def test_feeds_itself_may_be_a_link(tmp_path):
    """A web server's folder is often linked."""
    (tmp_path / "www").mkdir()
    (tmp_path / "feeds").symlink_to(tmp_path / "www")
    put(tmp_path / "feeds", {"a.xml": b"x"})
    assert (tmp_path / "www" / "news" / "a.xml").read_bytes() == b"x"


# -- removing


def test_a_file_of_ours_goes_and_its_empty_folder_with_it(tmp_path):
    put(tmp_path, {"a.xml": b"1", "b.xml": b"2"})
    publisher = Publisher(tmp_path)
    publisher.remove(ours(tmp_path, "news/a.xml"))
    assert [file.name for file in (tmp_path / "news").iterdir()] == ["b.xml"]
    publisher.remove(ours(tmp_path, "news/b.xml"))
    assert list(tmp_path.iterdir()) == []
    publisher.remove(ours(tmp_path, "news/b.xml"))  # gone already: nothing to do


def test_somebody_elses_file_stays_and_keeps_its_folder(tmp_path):
    put(tmp_path, {"a.xml": b"1"})
    (tmp_path / "news" / "CNAME").write_text("mine")
    Publisher(tmp_path).remove(ours(tmp_path, "news/a.xml"))
    assert [file.name for file in (tmp_path / "news").iterdir()] == ["CNAME"]


def test_a_file_that_somebody_changed_is_not_ours_to_remove(tmp_path):
    (known,), _ = put(tmp_path, {"a.xml": b"1"})
    (tmp_path / "news/a.xml").write_bytes(b"theirs now")
    assert not Publisher(tmp_path).remove(known)
    assert (tmp_path / "news/a.xml").read_bytes() == b"theirs now"


def test_the_root_stays(tmp_path):
    put(tmp_path / "feeds", {"index.html": b"1"}, folder="")
    Publisher(tmp_path / "feeds").remove(ours(tmp_path / "feeds", "index.html"))
    assert list((tmp_path / "feeds").iterdir()) == []


# -- a dry run


def test_a_dry_run_says_what_it_would_write_and_writes_nothing(tmp_path):
    known, _ = put(tmp_path, {"a.xml": b"1"})
    before = state(tmp_path / "news")
    _, written = put(tmp_path, {"a.xml": b"1", "b.xml": b"2"}, known, dry=True)
    assert written == ["news/b.xml"]
    assert put(tmp_path, {"x.xml": b"1"}, dry=True, folder="other")[1] == ["other/x.xml"]
    Publisher(tmp_path, dry=True).remove(ours(tmp_path, "news/a.xml"))
    assert state(tmp_path / "news") == before
    assert [file.name for file in tmp_path.iterdir()] == ["news"]
