"""Each path in a process of its own: a real site, real builds, time and memory measured.

The parent loads everything once and has no threads; it forks for each path.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path as File
from textwrap import indent
from typing import Any

import coranto.client.wire
import coranto.edition.publication
import coranto.restore
import coranto.tidy
from coranto.build import build
from coranto.readers import polling
from coranto.readers.parse import parse
from coranto.settings import load
from hostile.catalogue import Path, Seen
from hostile.server import OUTSIDE, Hostile

NOW = datetime(2022, 1, 8, 4, 0, tzinfo=UTC)
LONGEST = 60.0  # seconds after which a process is killed
MIB = 1024 * 1024
_SETTINGS = """site: {{title: 江城新闻, url: "https://news.example/", tag: "news.example,2021", timezone: Asia/Shanghai}}
posts: []
fetch: {{private: [{private}], pause: 0s}}
upstreams:
  - url: "http://127.0.0.1:{port}/{place}"
    category: news
    every: 1h
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a path's process came to.

    Attributes:
        seen: None: it was killed, or broke down.
        seconds: of the longest poll of the misbehaviour, build and all.
        mib: the most memory of the process, and that of the largest of its own processes.
        trouble: why there is nothing to be seen.
        intrusions: what was asked of the inside.
    """

    seen: Any = None
    seconds: float = 0.0
    mib: tuple[int, int] = (0, 0)
    trouble: str = ""
    intrusions: tuple[str, ...] = ()


_TLS = functools.cache(coranto.client.wire.tls_context)

Visit = Callable[[Path, int, File], tuple[Any, float]]  # what was seen, and seconds; in the folder


def run_all(
    paths: Sequence[Path], server: Hostile, visit: Visit, at_once: int, told: Callable[[Path], None] = lambda _: None
) -> Iterator[tuple[Path, Run]]:
    """Run every path, at most so many at once; they come as they are done."""
    _TLS()
    waiting, running = list(reversed(paths)), dict[int, _Process]()
    while waiting or running:
        while waiting and len(running) < at_once:
            process = _Process(waiting.pop(), server, visit)
            running[process.pid] = process
        for pid, process in list(running.items()):
            if (run := process.ended()) is not None:
                del running[pid]
                told(process.path)
                yield process.path, run
        time.sleep(0.01)


class _Process:
    def __init__(self, path: Path, server: Hostile, visit: Visit) -> None:
        self.path, self._server = path, server
        self._folder = tempfile.TemporaryDirectory()
        self._started = time.monotonic()
        self._killed = False
        self._result = File(self._folder.name) / "result"
        self.pid = os.fork()
        if self.pid == 0:
            os.setpgid(0, 0)
            _work(path, server.port, visit, self._result)

    def ended(self) -> Run | None:
        pid, _, usage = os.wait4(self.pid, os.WNOHANG)
        if not pid:
            if time.monotonic() - self._started > LONGEST and not self._killed:
                self._killed = True
                with contextlib.suppress(OSError):
                    os.killpg(self.pid, signal.SIGKILL)
            return None
        asked, intrusions = self._server.seen(self.path)
        try:
            seen, seconds, inner, trouble = pickle.loads(self._result.read_bytes())
        except (OSError, EOFError, pickle.UnpicklingError):
            after = time.monotonic() - self._started
            seen, seconds, inner, trouble = (
                None,
                after,
                0,
                f"it was killed after {after:.0f} s" * self._killed or "it died",
            )
        finally:
            self._folder.cleanup()
        if isinstance(seen, dict):
            seen = Seen(**seen, asked=asked)
        return Run(seen, seconds, (usage.ru_maxrss // 1024, inner), trouble, tuple(intrusions))


def _work(path: Path, port: int, visit: Visit, result: File) -> None:
    """In the process of a path: never returns."""
    try:
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        site = result.parent / "site"
        site.mkdir()
        try:
            seen, seconds = visit(path, port, site)
            trouble = ""
        except BaseException:  # noqa: BLE001 - it is told
            seen, seconds, trouble = None, 0.0, traceback.format_exc()
        inner = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        result.write_bytes(pickle.dumps((seen, seconds, inner, trouble)))
    finally:
        os._exit(0)


def ours(path: Path, port: int, site: File) -> tuple[dict[str, Any], float]:
    """Build a site that is subscribed to ``path``: first with the good feed, then as often as the path asks for."""
    os.environ.update(path.environment)
    private = ", ".join(f'"{host}:{port}"' for host in OUTSIDE)
    text = _SETTINGS.format(private=private, port=port, place=f"{path.kind}/{path.name}")
    text += indent(path.upstream.strip(), "    ") + "\n" + path.settings
    (site / "settings.yaml").write_text(text, encoding="utf-8")
    settings = load(site / "settings.yaml")
    before, now = {}, NOW
    if path.good_first:
        build(settings, now=now)
        before = files(site)
    reports, after, longest = [], [], 0.0
    for _ in range(path.polls):
        now += timedelta(days=1)
        started = time.monotonic()
        reports.append(build(settings, now=now).to_json())
        longest = max(longest, time.monotonic() - started)
        after.append(files(site))
    seen = {"reports": tuple(reports), "before": before, "after": tuple(after), "stories": stories(after[-1])}
    return seen, longest


def ours_at_once(path: Path, port: int, site: File) -> tuple[dict[str, Any], float]:
    """As `ours`, but parsed in this process, which is one of its own already, and with certificates loaded once."""
    polling.Parsers = _Here  # type: ignore[assignment,misc]
    coranto.client.wire.tls_context = _TLS  # type: ignore[assignment]
    return ours(path, port, site)


class _Here:
    """Stands in for the processes that parse."""

    parse = staticmethod(parse)

    def __init__(self, _most: int) -> None:
        """Nothing is started."""

    def close(self) -> None:
        """Nothing is to be ended."""


def files(site: File) -> dict[str, bytes]:
    """Every file of feeds/, by its path."""
    root = site / "feeds"
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


def stories(published: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """The stories of the category, by id."""
    feed = json.loads(published.get("news/feed.json", b'{"items": []}'))
    return {item["id"]: item for item in feed["items"]}
