"""What a script of ten lines makes of the same paths: requests.get, feedparser.parse, keep the entries."""

from __future__ import annotations

import re
import time
from pathlib import Path as File
from typing import Any

import feedparser
import requests

from hostile.catalogue import Path
from hostile.judge import MIB, SECONDS
from hostile.runner import Run
from inactive import active

_MORE = 2.0


def visit(path: Path, port: int, _site: File) -> tuple[Any, float]:
    """One poll; the good feed, which goes before, is nothing to judge it by."""
    url = f"http://127.0.0.1:{port}/{path.kind}/{path.name}"
    if path.good_first:
        requests.get(url, timeout=10)
    started = time.monotonic()
    try:
        answer = requests.get(url, timeout=10, auth=("reader", "riverbank") if path.environment else None)
        entries = feedparser.parse(answer.content).entries
        found = [(one.get("title", ""), one.get("link", ""), one.get("summary", "")) for one in entries]
        said = [found, ""]
    except Exception as error:  # noqa: BLE001 - that is what its author sees
        said = [[], f"{type(error).__name__}: {error}"]
    return said, time.monotonic() - started


def faults(path: Path, run: Run) -> list[str]:
    """What is wrong with it, by the same expectations as far as they can be asked of it."""
    if run.seen is None:
        return [run.trouble or "nothing came of it"]
    (entries, error), found = run.seen, [f"the inside was asked: {one}" for one in run.intrusions]
    if run.seconds > SECONDS + _MORE:
        found.append(f"it took {run.seconds:.1f} s")
    if max(run.mib) > MIB:
        found.append(f"it took {max(run.mib)} MiB")
    if path.expect == "entries":
        titles = [re.sub(r"\s+", " ", title).strip() for title, _, _ in entries]
        found += ["no entries"] if not entries else []
        found += [f"the titles are {titles[:5]}"] if path.titles and set(titles) != set(path.titles) else []
    if path.expect in {"error", "refuse"} and not error:
        found.append(f"{len(entries)} entries and no error")
    for _, link, summary in entries:
        found += active(summary)
        found += [f"leads to {link!r}"] if link and not re.match(r"https?://", link) else []
    return found
