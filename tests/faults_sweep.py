"""Goes through every call of a build that changes the disk: the build is killed there, or the call fails (R1-R3).

Run as a program: ``python tests/faults_sweep.py FOLDER --stride 5``.  It loads everything once and forks for each build.
"""

from __future__ import annotations

import argparse
import errno
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from lxml import etree

import faults
from coranto.readers.parse import parse
from faults import Fault
from faults_histories import Files, History, in_child, of_posts, of_upstreams
from river import HOUR

HISTORIES = {"posts": of_posts, "upstreams": of_upstreams}
NOT_PERMITTED = 77  # as automake has it: skipped


def main() -> int:
    """Sweep the histories; the last line printed holds the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--histories", nargs="+", default=list(HISTORIES), choices=HISTORIES)
    parser.add_argument("--stride", type=int, default=1, help="every how many-th of the calls")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--errors", action="store_true", help="calls fail, instead of kills")
    options = parser.parse_args()
    load(options.folder / "warm")
    try:
        counts = Counter[str]()
        for name in options.histories:
            counts += sweep(
                HISTORIES[name](options.folder / name), options.first, options.stride, errors=options.errors
            )
    except faults.NotPermittedError as error:
        print(error)
        return NOT_PERMITTED
    print(", ".join(f"{number} {what}" for what, number in counts.items()))
    return 0


def sweep(history: History, first: int, stride: int, *, errors: bool) -> Counter[str]:
    """Disturb each step of a history at a stride of its calls; how many of what."""
    history.live()
    counts = Counter[str]()
    for step in range(len(history.steps)):
        history.go_back(step)
        calls = faults.run(lambda step=step: history.build(step), history.site.folder).calls
        for fault in disturbances(calls, first, stride, errors=errors):
            history.go_back(step)
            ended = faults.run(lambda step=step: history.build(step), history.site.folder, fault)
            _judge(history, step, ended, fault, f"step {step}, {fault}, {calls[fault.number]}")
            counts["failures" if errors else "kills"] += 1
        counts["calls that failed" if errors else "calls killed at"] += len(calls[first::stride])
    return counts


def disturbances(calls: list[str], first: int, stride: int, *, errors: bool) -> Iterator[Fault]:
    """At every ``stride``-th call: the end at its entry and just after it, or errors that such a call may give.

    What a write leaves is what the next call finds at its entry: for those the one is enough.
    """
    for number in range(first, len(calls), stride):
        if errors:
            yield from _errors(number, calls[number].split()[0])
        else:
            yield Fault(number)
            if number == len(calls) - 1 or not calls[number].startswith(("write ", "pwrite64 ")):
                yield Fault(number, after=True)


def _errors(number: int, name: str) -> Iterator[Fault]:
    """Once: the disk has a fault; from there on: it is full, or nothing may be written."""
    yield Fault(number, error=errno.EIO)
    if name not in ("fsync", "fdatasync", "unlink", "unlinkat", "rmdir"):
        yield Fault(number, error=errno.ENOSPC, lasting=_GROWING)
    if name not in ("fsync", "fdatasync"):
        yield Fault(number, error=errno.EROFS, lasting=_CHANGING)


_GROWING = frozenset({*faults.FAMILIES["write"], "openat", "mkdir", "mkdirat", "link", "linkat"})
_CHANGING = frozenset({*_GROWING, *faults.FAMILIES["rename"], "unlink", "unlinkat", "rmdir", "ftruncate"})


def load(folder: Path) -> None:
    """Load and compute once what every build needs, so that a child that is forked need not.

    Upstreams are parsed in the child itself: a process of its own would take longer than all the rest.
    """
    from coranto.build import build
    from coranto.readers import polling
    from coranto.settings import load as read

    polling.Parsers = _ParsersHere
    history = of_upstreams(folder)
    for number, step in enumerate(history.steps):
        step(history.site)
        history.site.settings()
        build(read(history.site.folder / "settings.yaml"), now=history.site.now + number * HOUR)


class _ParsersHere:
    """Parses in this process."""

    def __init__(self, most: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        pass

    def parse(self, *args: object) -> object:
        return parse(*args)


def _judge(history: History, step: int, ended: faults.Ended, fault: Fault, what: str) -> None:
    said = history.said.read_text(encoding="utf-8")
    old, new = history.published[step : step + 2]
    found = history.site.files()
    _require(whole(found, old, new), f"{what}: files that are neither old nor new", said)
    if not ended.killed:
        _judge_end(ended.code, found, new, what, said)
        if "unlink" not in fault.lasting:  # else nothing could be taken away
            _require([path for path in found if "/." in path], f"{what}: temporary files are left", said)
    code = in_child(lambda: history.build(step))
    again = history.said.read_text(encoding="utf-8")
    _require([again] if code else [], f"{what}: the next build ends with {code}", said)
    found = history.site.files()
    _require(
        sorted(path for path in found.keys() | new.keys() if found.get(path) != new.get(path)),
        f"{what}: the next build gave other bytes",
        said,
    )
    _require(left_behind(history.site.folder), f"{what}: left behind", said)


def _judge_end(code: int, found: Files, new: Files, what: str, said: str) -> None:
    """A build that met an error says so and ends with 1; one that ends with 0 has published everything."""
    lines = said.splitlines()
    _require(["Traceback"] if "Traceback" in said else [], what, said)
    _require([str(code)] if code not in (0, 1) else [], f"{what}: ended with", said)
    if code == 0:
        _require([path for path in new if found.get(path) != new[path]], f"{what}: ended with 0, but unpublished", said)
    else:
        _require([] if any(": " in line for line in lines) else ["no word"], what, said)


def whole(found: Files, old: Files, new: Files) -> list[str]:
    """The files that are neither as they were nor as they shall be; one that waits for its rename counts by its name."""
    bad = [path for path in old.keys() & new.keys() if path not in found]
    for path, body in found.items():
        folder, _, name = path.rpartition("/")
        final = f"{folder}/{name[1:].removesuffix('.new')}".lstrip("/") if name.startswith(".") else path
        if body not in (old.get(final), new.get(final)):
            bad.append(path)
        elif path.endswith(".json"):
            json.loads(body)
        elif path.endswith(".xml"):
            etree.fromstring(body)
    return sorted(bad)


def left_behind(folder: Path) -> list[str]:
    """Files of the site that are neither sources nor results."""
    fine = {"store.sqlite3", "store.sqlite3-wal", "store.sqlite3-shm", "lock", "settings.json"}
    state = [file.name for file in (folder / ".coranto").iterdir() if file.name not in fine]
    return state + [file.name for file in (folder / "feeds").rglob(".*")]


def _require(wrong: list[str], what: str, said: str) -> None:
    if wrong:
        raise SystemExit(f"{what}: {wrong[:5]}\nsaid: {said}")


if __name__ == "__main__":
    sys.exit(main())
