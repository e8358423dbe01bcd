"""The way out is closed, end to end: lists of other programs, and YAML, read no file and run nothing.

RELIABILITY 2 (security kinds) and promise 7.
"""

from __future__ import annotations

import re
import subprocess
import tracemalloc
from html import escape
from pathlib import Path

import pytest
from click.testing import Result

from commands import coranto, environment, program
from coranto.client import Limits
from coranto.readers import parse_child
from coranto.readers.posts import parse
from coranto.settings import load
from loopback import http, loopback
from posting import CONTEXT, NAME
from river import Site

Patch = pytest.MonkeyPatch

# -- lists of other programs

OUTLINE = '<outline text="甲" xmlUrl="https://a.example/"/>'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: Patch) -> Path:
    monkeypatch.chdir(tmp_path)
    Site(tmp_path).settings()
    (tmp_path / "secret.txt").write_text("geheim", encoding="utf-8")
    return tmp_path


def imported(folder: Path, document: str) -> Result:
    (folder / "list.opml").write_text(document.replace("FILE", f"file://{folder}/secret.txt"), encoding="utf-8")
    return coranto("opml", "import", "list.opml", "--write")


@pytest.mark.parametrize(
    ("before", "inside", "code"),
    [
        ("<!DOCTYPE opml [<!ENTITY e SYSTEM 'FILE'>]>", "&e;", 2), ("<!DOCTYPE opml [<!ENTITY e SYSTEM 'HTTP'>]>", "&e;", 2),
        ("<!DOCTYPE opml [<!ENTITY % p SYSTEM 'FILE'> %p;]>", "&e;", 2), ("<!DOCTYPE opml [<!ENTITY % p SYSTEM 'HTTP'> %p;]>", "", 2),
        ("<!DOCTYPE opml SYSTEM 'FILE'>", "", 0), ("<!DOCTYPE opml PUBLIC '-//x' 'HTTP'>", "", 0), ("<?xml-stylesheet href='HTTP'?>", "", 0),
        ("", "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='FILE' parse='text'/>", 0),
    ],
)  # fmt: skip
def test_a_list_reads_no_file_and_asks_nobody(here: Path, before: str, inside: str, code: int) -> None:
    """XXE: who declares entities is refused as a whole; a DTD, a stylesheet and an include are not loaded."""
    with loopback(http(b"geheim")) as server:
        result = imported(here, f"{before}<opml><body>{OUTLINE}{inside}</body></opml>".replace("HTTP", server.url()))
    assert result.exit_code == code
    assert server.log == []
    assert "geheim" not in result.output + (here / "settings.yaml").read_text("utf-8")
    assert [one.url for one in load(here / "settings.yaml").upstreams] == ([] if code else ["https://a.example/"])


def test_a_list_adds_addresses_of_the_web_and_no_lines_of_its_own(here: Path) -> None:
    """No script, no file of ours, no command (newsboat#3400), no key of the settings."""
    urls = ["javascript:alert(1)", "file:///etc/passwd", "feed:file:///etc/passwd", "feed:javascript:1", "/etc/passwd",
            "../secret.txt", "exec:id", "|id", "filter:id:https://a.example/", "data:text/xml,x", "https:///x", "http://"]  # fmt: skip
    forged = "https://c.example/&#10;  - url: https://evil.example/&#10;store: /tmp/x"
    folder = "丙&#10;store: /tmp/x&#10;#"
    rows = "".join(f'<outline text="乙" xmlUrl="{escape(url)}"/>' for url in [*urls, forged])
    result = imported(here, f'<opml><body>{rows}<outline text="{folder}">{OUTLINE}</outline></body></opml>')
    assert result.exit_code == 1
    settings = load(here / "settings.yaml")
    (only,) = settings.upstreams
    assert (only.url, only.path, only.categories) == ("https://a.example/", None, ("丙 store: /tmp/x #",))
    assert settings.store == str(here / ".coranto" / "store.sqlite3")
    assert len(result.stderr.splitlines()) == len(urls) + 2


@pytest.mark.parametrize("body", ["<outline text='x'>" * 100_000, f"<outline text='{'x' * 11_000_000}'/>"], ids=["deep", "long"])  # fmt: skip
def test_a_list_that_is_too_much_is_refused_in_few_words(here: Path, body: str) -> None:
    result = imported(here, f"<opml><body>{body}</body></opml>")
    assert (result.exit_code, len(result.stderr) < 1000) == (2, True)


# -- YAML

BOMB = "a0: &a0 [ha]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
MERGES = "m0: &m0 {k: v}\n" + "".join(f"m{n}: &m{n} {{!!merge <<: [*m{n - 1}, *m{n - 1}]}}\n" for n in range(1, 20))
FIELDS = ("categories", "tags", "date", "author", "authors", "link", "summary", "language", "enclosures", "infoCode", "published")  # fmt: skip


@pytest.mark.parametrize(
    "matter",
    [
        *(f"{BOMB}{field}: *a29\n" for field in FIELDS), *(f"{field}: &a [*a, {{b: *a}}]\n" for field in FIELDS),
        MERGES, MERGES.replace("!!merge ", ""), f"date: !!int {'9' * 60_000}\n", "date: !!timestamp 99999-99-99\n",
        "tags: !!set {a, b}\ncategories: !!omap [a: b]\nauthors: !!pairs [a: b]\n", "weight: .inf\nlayout: 0x7fffffffffffffff\n",
    ],
)  # fmt: skip
def test_no_front_matter_multiplies(matter: str) -> None:
    """Bombs of references and of merges, loops, and types that somebody writes out: bounded, and it stays a post."""
    parse(b"---\ntitle: t\n---\n", NAME, CONTEXT).words()  # what it loads is none of the post's
    tracemalloc.start()
    try:
        post = parse(f"---\ntitle: t\n{matter}---\n正文。\n".encode(), NAME, CONTEXT)
        assert "正文" in post.words().content
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    assert post.entry.title == "t"


def test_a_post_that_would_run_something_is_named_with_its_line(here: Path) -> None:
    """YAML: no object, no name, no module (CVE-2020-1747, -14343), whatever it is called."""
    made = here / "made"
    calls = (f"!!python/object/apply:os.mkdir [{made}]", f"!!python/object/new:os.mkdir [{made}]", "!!python/name:os.system",
             "!!python/module:os", "!!python/object:os.x {}", f"!<tag:yaml.org,2002:python/object/apply:os.mkdir> [{made}]")  # fmt: skip
    site = Site(here)
    for number, call in enumerate(calls):
        site.post(f"posts/2022-01-07-{number}.md", matter=f"x: {call}")
    site.post("posts/2022-01-07-good.md", title="好的")
    result = coranto("build")
    assert result.exit_code == 1
    places = [line.partition(": ")[0] for line in result.stderr.splitlines()]
    assert places == [f"posts/2022-01-07-{number}.md:6" for number in range(len(calls))]
    assert site.titles() == ["好的"]
    assert not made.exists()


@pytest.mark.parametrize("more", ["keep: !!timestamp 2021-01-01", f"keep: {'9' * 50_000}", BOMB, MERGES])
def test_settings_take_no_such_thing(here: Path, more: str) -> None:
    """And say so with file and line, in bounded words, before anything is done."""
    text = (here / "settings.yaml").read_text("utf-8")
    (here / "settings.yaml").write_text(text + more, encoding="utf-8")
    result = coranto("build")
    assert (result.exit_code, len(result.stderr) < 100_000) == (2, True)
    assert result.stderr.startswith(f"settings.yaml:{len(text.splitlines()) + 1}:")
    assert not (here / ".coranto" / "store.sqlite3").exists()


def test_the_promises_name_the_numbers_that_hold_and_how_to_report() -> None:
    text, mib = (Path(__file__).parents[1] / "SECURITY.md").read_text("utf-8"), 1024 * 1024
    assert re.findall(r"^## (.*)", text, re.MULTILINE)[:2] == ["What is promised", "What is not promised"]
    assert f"A poll ends after {Limits().seconds:g} s, a body after {Limits().body // mib} MiB" in text
    assert f"{parse_child.PROCESSOR:g} s of processor time and {parse_child.MEMORY // mib} MiB each" in text
    assert "private vulnerability report" in text.partition("## How to report\n")[2]


@pytest.mark.parametrize("command", ["explain", "status --release", "add", "build --config", "init", "opml import"])
def test_bytes_that_are_no_text_end_no_command_with_a_traceback(here: Path, command: str) -> None:
    done = subprocess.run([*program(*command.split()), b"\xff"], capture_output=True, check=False, env=environment())
    assert b"Traceback" not in done.stderr
    assert done.returncode in {0, 1, 2}
