"""`coranto run` as a process of its own: one instance, a good end, settings that change under it."""

import json
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from commands import environment, interruptible, program, spawn
from loopback import http, loopback, raw
from river import atom, item
from test_worker import NEWS, site

POST = "---\ntitle: {}\ndate: 2026-03-01 08:00:00 +0800\ncategories: news\n---\n正文。\n"


class Running:
    """A daemon at work."""

    def __init__(self, process, log):
        self.process, self._log = process, log

    def text(self):
        return self._log.read_text(encoding="utf-8").splitlines()

    def lines(self, event=""):
        return [line for line in self.text() if not event or f"event={event} " in f"{line} "]

    def wait_for(self, what, seconds=20.0):
        """Until ``what()`` is true; its value."""
        end = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < end, self._log.read_text(encoding="utf-8")
            assert self.process.poll() is None, self._log.read_text(encoding="utf-8")
            time.sleep(0.05)
        return found

    def end(self, number=signal.SIGTERM):
        """Exit code, and the seconds it took."""
        started = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        return code, time.monotonic() - started


@contextmanager
def running(folder, *options, serve=False, **env):
    log = folder.parent / f"{folder.name}.log"
    with log.open("ab") as out, interruptible():
        process = subprocess.Popen(
            program("run", *(("--port", "0") if serve else ("--no-serve",)), *options),
            cwd=folder,
            env=environment(**env),
            stderr=out,
        )
    try:
        yield Running(process, log)
    finally:
        process.kill()
        process.wait()


def write(folder, urls=(), **more):
    text = site(urls, **more) if urls else site([]).replace("upstreams:\n", "")
    (folder / "settings.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "site"
    (place / "posts").mkdir(parents=True)
    write(place)
    (place / "posts" / "2026-03-01-a.md").write_text(POST.format("第一条"), encoding="utf-8")
    return place


def feed(folder):
    file = folder / "feeds" / "news" / "atom.xml"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def test_it_publishes_and_a_new_post_within_seconds(folder):
    with running(folder) as daemon:
        daemon.wait_for(lambda: "第一条" in feed(folder))
        (folder / "posts" / "2026-03-01-b.md").write_text(POST.format("第二条"), encoding="utf-8")
        daemon.wait_for(lambda: "第二条" in feed(folder), seconds=6)
        code, took = daemon.end()
        assert (code, took < 5) == (0, True)
        assert daemon.lines("stopped")[0].endswith("signal=SIGTERM")


def test_it_stops_within_five_seconds_whatever_hangs_r23(folder):
    """An upstream that says nothing, one whose name is looked up for ever, a tree that is whole afterwards."""
    with loopback({"/ok": http(NEWS, ETag='"1"'), "/hangs": raw(60.0)}) as server:
        write(folder, [server.url("/hangs"), server.url("/ok")], fetch="private: [127.0.0.1], pause: 0s")
        with running(folder) as daemon:
            daemon.wait_for(lambda: len(server.log) >= 1 and "第一条" in feed(folder))
            code, took = daemon.end()
    assert code == 0
    assert took < 5
    assert not list((folder / "feeds").rglob(".*"))
    assert not list((folder / ".coranto").glob("*-wal")), "the store was closed"
    assert spawn("status", cwd=folder).returncode == 0


def test_what_was_broken_off_at_the_end_is_not_asked_again_at_once_p7(folder):
    with loopback({"/hangs": raw(60.0)}) as server:
        write(folder, [server.url("/hangs")])
        for _ in range(2):
            with running(folder) as daemon:
                daemon.wait_for(lambda: daemon.lines("published") or daemon.lines("stopped"))
                time.sleep(0.5)
                daemon.end()
        assert len(server.log) == 1
    told = json.loads(spawn("status", "--json", cwd=folder).stdout)
    assert told["sources"][-1]["failing"] == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_second_signal_ends_it_at_once(folder, number, code):
    with loopback({"/hangs": raw(60.0)}) as server:
        write(folder, [server.url("/hangs")])
        with running(folder) as daemon:
            daemon.wait_for(lambda: len(server.log) == 1)
            daemon.process.send_signal(number)
            daemon.wait_for(lambda: True)
            time.sleep(0.2)
            found, took = daemon.end(number)
    assert found == code
    assert took < 1.5


def test_ctrl_c_is_told_as_that(folder):
    with running(folder) as daemon:
        daemon.wait_for(lambda: daemon.lines("published"))
        assert daemon.end(signal.SIGINT)[0] == 130


def test_one_instance_r8(folder):
    """The second one stops within a second and names the first; one that was killed is no obstacle."""
    with running(folder) as daemon:
        daemon.wait_for(lambda: daemon.lines("published"))
        for command in ("run", "build"):
            started = time.monotonic()
            second = spawn(command, cwd=folder)
            assert second.returncode == 75
            assert f"pid {daemon.process.pid}" in second.stderr
            assert time.monotonic() - started < 2
        daemon.process.kill()
        daemon.process.wait()
    with running(folder) as daemon:
        daemon.wait_for(lambda: len(daemon.lines("started")) == 2)
        assert daemon.end()[0] == 0


def test_bad_settings_at_the_start_are_refused_r22(folder):
    (folder / "settings.yaml").write_text("site: 1\n", encoding="utf-8")
    result = spawn("run", cwd=folder)
    assert result.returncode == 2
    assert "settings.yaml:1:" in result.stderr
    assert not (folder / "feeds").exists()


def test_a_bad_edit_keeps_the_last_good_settings_and_is_told_once_r22(folder):
    file = folder / "settings.yaml"
    good = file.read_text(encoding="utf-8")
    with running(folder) as daemon:
        daemon.wait_for(lambda: daemon.lines("published"))
        file.write_text(good + "nonsense: 1\n", encoding="utf-8")
        daemon.wait_for(lambda: daemon.lines("settings"))
        daemon.process.send_signal(signal.SIGHUP)
        (folder / "posts" / "2026-03-01-b.md").write_text(POST.format("第二条"), encoding="utf-8")
        daemon.wait_for(lambda: "第二条" in feed(folder))
        (told,) = daemon.lines("settings")
        assert "level=error" in told
        assert "settings.yaml:3:1: nonsense" in told
        file.write_text(good.replace("样站", "新站"), encoding="utf-8")
        daemon.wait_for(lambda: "新站" in feed(folder))
        assert daemon.lines("settings state=ok")
        assert daemon.end()[0] == 0


def test_sighup_reads_settings_again_and_a_new_upstream_is_polled(folder):
    with loopback(http(NEWS, ETag='"1"')) as server, running(folder) as daemon:
        daemon.wait_for(lambda: daemon.lines("published"))
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for(lambda: daemon.lines("reloaded"))
        write(folder, [server.url()])
        daemon.wait_for(lambda: len(server.log) == 1)
        daemon.end()


def test_settings_that_name_another_store_move_there(folder):
    file = folder / "settings.yaml"
    with running(folder) as daemon:
        daemon.wait_for(lambda: daemon.lines("published"))
        file.write_text(file.read_text(encoding="utf-8") + "store: other/store.sqlite3\n", encoding="utf-8")
        daemon.wait_for((folder / "other" / "store.sqlite3").exists)
        daemon.wait_for(lambda: len(daemon.lines("started")) == 2)
        assert daemon.end()[0] == 0


def test_the_service_manager_hears_how_it_is(folder, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        with running(folder, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="1500000") as daemon:
            heard = set()
            while not {"READY=1", "WATCHDOG=1"} <= heard:
                heard.add(manager.recv(4096).decode())
            daemon.end()
            while "STOPPING=1" not in heard:
                heard.add(manager.recv(4096).decode())


def test_the_log_can_be_json(folder):
    with running(folder, "--log-format", "json") as daemon:
        daemon.wait_for(lambda: '"event": "published"' in "".join(daemon.lines("") or daemon._log.read_text()))
        daemon.end()
        lines = [json.loads(line) for line in daemon._log.read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["started", "posts", "published", "stopped"]


def churning():
    """A paper whose twelve entries come again under other guids and links at the second look."""
    now = datetime.now(UTC)

    def answer(asked):
        mark = "old" if asked.number == 0 else "new"
        items = [
            item(
                f"urn:{mark}:{number}",
                link=f"https://paper.example/{mark}/{number}",
                title=f"第{number}篇",
                published=f"{now - timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}",
            )
            for number in range(12)
        ]
        return http(atom(*items))(asked)

    return answer


def test_a_held_source_is_let_go_beside_the_running_daemon_r16(folder):
    with loopback(churning()) as server:
        write(folder, [server.url()], every="2s", more="schedule: {refresh: 1s}\n")
        with running(folder) as daemon:
            daemon.wait_for(lambda: daemon.lines("source state=held") or len(server.log) > 3)
            assert daemon.lines("source state=held")
            daemon.wait_for(lambda: "第7篇" in feed(folder))
            assert feed(folder).count('<title type="text">第7篇') == 1
            assert spawn("status", "--release", server.url(), cwd=folder).returncode == 0
            daemon.wait_for(lambda: feed(folder).count('<title type="text">第7篇') == 2)
            assert daemon.end()[0] == 0


# ---- what befalls a program that runs for months


def test_a_full_disk_is_outlived_r3(folder):
    """Nothing can be written for some seconds: what was published stays, and afterwards all goes on."""
    with loopback(hourly_by_the_second()) as server:
        write(folder, [server.url(f"/{n}") for n in range(4)], every="1s", more="schedule: {refresh: 1s}\n")
        with running(folder) as daemon:
            daemon.wait_for(lambda: daemon.lines("published") and len(server.log) > 4)
            resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
            daemon.wait_for(lambda: "level=error event=" in daemon._log.read_text(encoding="utf-8"))
            (folder / "posts" / "2026-03-01-b.md").write_text(POST.format("第二条"), encoding="utf-8")
            time.sleep(3)
            resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
            asked = len(server.log)
            daemon.wait_for(lambda: len(server.log) > asked + 3 and "第二条" in feed(folder), seconds=40)
            assert len([line for line in daemon.lines("store") if "level=error" in line]) == 1
            assert daemon.end()[0] == 0


def hourly_by_the_second():
    """A paper that says something new at each look."""

    def answer(asked):
        link = f"https://paper.example/{asked.number}"
        now = datetime.now(UTC)
        return http(atom(item(link, link=link, title=f"第{asked.number}条", published=f"{now:%Y-%m-%dT%H:%M:%SZ}")))(
            asked
        )

    return answer


def test_a_store_that_is_taken_away_is_begun_anew_from_what_is_published(folder):
    """R8, R9: and no second daemon can start beside it."""
    with running(folder) as daemon:
        daemon.wait_for(lambda: daemon.lines("published"))
        before = feed(folder)
        shutil.rmtree(folder / ".coranto")
        daemon.wait_for(lambda: daemon.lines("store") and len(daemon.lines("started")) == 2)
        daemon.wait_for((folder / ".coranto" / "store.sqlite3").exists)
        assert spawn("run", cwd=folder).returncode == 75
        assert feed(folder) == before
        assert daemon.end()[0] == 0


def test_a_damaged_store_is_set_aside_r9(folder):
    with running(folder) as daemon:
        daemon.wait_for(lambda: daemon.lines("published"))
        daemon.end()
    before, store = feed(folder), folder / ".coranto" / "store.sqlite3"
    with closing(sqlite3.connect(store)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'file'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with store.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with running(folder) as daemon:
        daemon.wait_for(lambda: list(store.parent.glob("*.unreadable-*")))
        (folder / "posts" / "2026-03-01-b.md").write_text(POST.format("第二条"), encoding="utf-8")
        daemon.wait_for(lambda: "第二条" in feed(folder))
        assert daemon.end()[0] == 0
    assert before.split("<entry>")[1].split("</id>")[0] in feed(folder)


@pytest.mark.parametrize("edit", ["store: 'postgresql://x/y'\n", "store: /dev/null/store.sqlite3\n"])
def test_settings_with_a_store_that_cannot_be_used_change_nothing_r22(folder, edit):
    file = folder / "settings.yaml"
    with running(folder) as daemon:
        daemon.wait_for(lambda: daemon.lines("published"))
        file.write_text(file.read_text(encoding="utf-8") + edit, encoding="utf-8")
        daemon.wait_for(lambda: "level=error" in "".join(daemon.lines("settings")))
        (folder / "posts" / "2026-03-01-b.md").write_text(POST.format("第二条"), encoding="utf-8")
        daemon.wait_for(lambda: "第二条" in feed(folder))
        assert daemon.end()[0] == 0


def test_a_log_that_cannot_be_written_stops_no_feed(folder):
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        process = subprocess.Popen(program("run", "--no-serve"), cwd=folder, env=environment(), stderr=full)
    try:
        end = time.monotonic() + 20
        while "第一条" not in feed(folder) and time.monotonic() < end:
            time.sleep(0.1)
        assert "第一条" in feed(folder)
        process.terminate()
        assert process.wait(timeout=6) == 0
    finally:
        process.kill()
        process.wait()


def test_a_visit_under_way_at_the_end_is_taken_in_if_it_ends_soon_r23(folder):
    """The answer comes a second after SIGTERM: it is stored, and published."""
    with loopback(raw(1.0, *http(NEWS, ETag='"1"')(None))) as server:
        write(folder, [server.url()])
        with running(folder) as daemon:
            daemon.wait_for(lambda: daemon.lines("published") and len(server.log) == 1)
            code, took = daemon.end()
    assert (code, took < 5) == (0, True)
    told = json.loads(spawn("status", "--json", cwd=folder).stdout)["sources"][-1]
    assert (told["health"], told["entries"]) == ("healthy", 1)


def test_a_folder_that_is_missing_after_the_store_was_lost_empties_no_feed(folder):
    """As a build: a volume that is not mounted yet is no deleted post."""
    file = folder / "settings.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "posts: [{path: posts}, {path: more}]\n", encoding="utf-8")
    (folder / "more").mkdir()
    (folder / "more" / "2026-03-01-b.md").write_text(POST.format("第二条"), encoding="utf-8")
    assert spawn("build", cwd=folder).returncode == 0
    shutil.rmtree(folder / ".coranto")
    (folder / "more").rename(folder / "away")
    with running(folder) as daemon:
        daemon.wait_for(lambda: daemon.lines("post"))
        time.sleep(6)
        assert "第二条" in feed(folder)
        daemon.end()


def test_a_link_that_leads_to_itself_stops_no_other_feed(folder):
    with running(folder) as daemon:
        daemon.wait_for(lambda: daemon.lines("published"))
        shutil.rmtree(folder / "feeds" / "news")
        (folder / "feeds" / "news").symlink_to("news")
        text = POST.format("第二条").replace("categories: news", "categories: [news, other]")
        (folder / "posts" / "2026-03-01-b.md").write_text(text, encoding="utf-8")
        daemon.wait_for((folder / "feeds" / "other" / "atom.xml").exists)
        daemon.wait_for(lambda: "leads nowhere" in "".join(daemon.lines("feeds")))
        assert daemon.end()[0] == 0


# -- it serves, too


def address_of(daemon):
    daemon.wait_for(lambda: daemon.lines("serving"))
    return re.search(r"http://[^ ]+/", daemon.lines("serving")[-1])[0]


def test_what_it_publishes_it_serves_and_a_change_at_once(folder):
    with running(folder, serve=True) as daemon:
        address = address_of(daemon)
        daemon.wait_for(lambda: "第一条" in feed(folder))
        with urllib.request.urlopen(f"{address}news/atom.xml", timeout=5) as answer:
            tag, body = answer.headers["ETag"], answer.read().decode()
        assert "第一条" in body
        (folder / "posts" / "2026-03-02-b.md").write_text(POST.format("第二条"), encoding="utf-8")
        daemon.wait_for(lambda: "第二条" in feed(folder))
        asked = urllib.request.Request(f"{address}news/atom.xml", headers={"If-None-Match": tag})
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert "第二条" in answer.read().decode()
        for probe in ("healthz", "readyz"):
            with urllib.request.urlopen(address + probe, timeout=5) as answer:
                assert answer.read() == b"ok\n"
        code, seconds = daemon.end()
        assert code == 0
        assert seconds < 5


def test_a_port_that_is_taken_stops_no_feed_and_is_tried_again(folder):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        with running(folder, "--port", port, serve=True) as daemon:
            daemon.wait_for(lambda: "第一条" in feed(folder))
            (line,) = daemon.wait_for(lambda: daemon.lines("serve"))
            assert "level=error" in line
            assert f"port {port}" in line
            assert daemon.end()[0] == 0


def test_settings_move_the_server_under_way(folder):
    with running(folder, serve=True) as daemon:
        first = address_of(daemon)
        daemon.wait_for(lambda: "第一条" in feed(folder))
        (folder / "settings.yaml").write_text(
            (folder / "settings.yaml").read_text(encoding="utf-8").replace("title: ", "title: 新"), encoding="utf-8"
        )
        daemon.wait_for(lambda: len(daemon.lines("serving")) == 2)
        assert address_of(daemon).rsplit(":", 1)[0] == first.rsplit(":", 1)[0]
        with urllib.request.urlopen(f"{address_of(daemon)}news/atom.xml", timeout=5) as answer:
            assert answer.status == 200
