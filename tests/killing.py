"""Kills builds with SIGKILL at moments spread over their length, and judges what stands in feeds/ (R1).

Run as a program: ``python tests/killing.py FOLDER --kills 50``.  It loads everything once and forks for each build, so
that the moments fall into the work and not into the loading.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lxml import etree

from coranto.build import build
from coranto.settings import load
from coranto.writers.assets import assets

NOW = datetime(2022, 2, 1, tzinfo=UTC)
SETTINGS = """site:
  title: 江城新闻
  url: https://news.example/
  tag: "news.example,2021"
  timezone: Asia/Shanghai
posts:
  - path: posts
"""


def main() -> int:
    """Kill builds of a new site, then builds of an edited one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    site = options.folder / "site"
    write_site(site)
    reference, length = undisturbed(site)
    kills = 0
    for number in range(options.kills):
        edited = number % 2 == 1
        prepare(site, edited=edited)
        kills += kill(site, chance.uniform(0, length[edited]), edited=edited)
        judge(site)
        run(site, edited=edited)
        judge(site, whole=True)
        if files(site) != reference[edited]:
            raise SystemExit(
                f"kill {number}: the next build gave other bytes: {differing(files(site), reference[edited])}"
            )
    print(f"{options.kills} builds, {kills} killed before their end, 0 with broken files, 0 with other bytes")
    return 0


def write_site(site: Path) -> None:
    """60 posts in 6 categories."""
    (site / "posts").mkdir(parents=True)
    (site / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    for number in range(60):
        write_post(site, number, "正文。" * 200)


def write_post(site: Path, number: int, text: str) -> None:
    """One post."""
    head = (
        f'title: "第{number}条"\ndate: 2022-01-{number % 28 + 1:02} 08:00:{number:02} +0800\ncategories: c{number % 6}'
    )
    (site / f"posts/2022-01-01-{number:03}.md").write_text(f"---\n{head}\n---\n\n{text}\n", encoding="utf-8")


def edit(site: Path) -> None:
    """Change a third of the posts."""
    for number in range(0, 60, 3):
        write_post(site, number, "改过的正文。" * 200)


def run(site: Path, *, edited: bool) -> None:
    """One build; the edited site is built a day later."""
    build(load(site / "settings.yaml"), now=NOW + timedelta(days=1) if edited else NOW)


def undisturbed(site: Path) -> tuple[dict[bool, dict[str, bytes]], dict[bool, float]]:
    """What builds give that nobody kills, and how long they take."""
    run(site, edited=False)  # loads everything that a build needs
    shutil.rmtree(site / "feeds")
    shutil.rmtree(site / ".coranto")
    reference, length = {}, {}
    for edited in (False, True):
        if edited:
            save(site)
            edit(site)
        started = time.monotonic()
        run(site, edited=edited)
        length[edited] = time.monotonic() - started
        reference[edited] = files(site)
    return reference, length


def save(site: Path) -> None:
    """Keep the site as it was built first."""
    shutil.copytree(site, site.with_name("built"))


def prepare(site: Path, *, edited: bool) -> None:
    """Put the site back before its first build, or after it with edits to come."""
    shutil.rmtree(site)
    if edited:
        shutil.copytree(site.with_name("built"), site)
        edit(site)
    else:
        write_site(site)


def kill(site: Path, after: float, *, edited: bool) -> bool:
    """Start a build and kill it ``after`` seconds; whether it had not ended by then."""
    child = os.fork()
    if child == 0:
        run(site, edited=edited)
        os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def judge(site: Path, *, whole: bool = False) -> None:
    """Every file in feeds/ is whole; after a whole build nothing else is left there."""
    for path, body in files(site).items():
        if path.endswith(".json"):
            json.loads(body)
        elif path.endswith(".xml"):
            etree.fromstring(body)
        elif path.startswith("assets/"):
            if body != assets().get(path.removeprefix("assets/")):
                raise SystemExit(f"{path} is cut or a stranger")
        elif not body.rstrip().endswith(b"</html>"):
            raise SystemExit(f"{path} is cut or a stranger")
        if whole and Path(path).name.startswith("."):
            raise SystemExit(f"{path} was left behind")


def differing(found: dict[str, bytes], wanted: dict[str, bytes]) -> list[str]:
    """The paths of the files that are not as they should be."""
    return sorted(path for path in found.keys() | wanted.keys() if found.get(path) != wanted.get(path))


def files(site: Path) -> dict[str, bytes]:
    """Every file in feeds/; one that waits for its rename is judged by the name it will have."""
    root = site / "feeds"
    found = {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}
    return {path.removesuffix(".new"): body for path, body in found.items()}


if __name__ == "__main__":
    sys.exit(main())
