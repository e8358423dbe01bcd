"""Times a first build, a build without changes and a build with one changed post, against the disk itself.

    python bench/build.py [--posts 10000] [--categories 200] [--rounds 3] [--dir DIR]

Seconds mean little on another machine, so the figures to compare are ratios, all taken in one run: a first build to
reading every file, the other two to stat-ing every file.  What is repeated is interleaved, and the median counts: a
busy machine then slows both sides of a ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Run:
    """One build, as measured."""

    seconds: float
    peak: float  # MiB
    written: int  # files in feeds/


@dataclass(frozen=True, slots=True)
class Figures:
    """All that one benchmark measured; lists hold one value a round."""

    python: list[float]
    stat: list[float]
    read: float
    first: Run
    same: list[Run]
    edited: list[Run]


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def stat_all(folder: Path) -> None:
    with os.scandir(folder) as files:
        for file in files:
            file.stat()


def read_all(folder: Path) -> None:
    with os.scandir(folder) as files:
        for file in files:
            with open(file.path, "rb", buffering=0) as opened:  # noqa: PTH123  the bare minimum is what we compare with
                opened.read()


def bare_python() -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def build(command: list[str], site: Path) -> Run:
    """Build once; a build that fails, or leaves a post out, is no measurement."""
    line = [*command, "build", "--offline", "--json", "--config", str(site / "settings.yaml")]
    done = json.loads(subprocess.check_output([sys.executable, str(HERE / "peak.py"), *line], text=True))
    if done["code"]:
        sys.exit(f"{' '.join(line)}: exit code {done['code']}")
    report = json.loads(done["output"])
    return Run(done["seconds"], done["peak"], len(report["feeds"]["written"]))


def edit(site: Path, number: int) -> None:
    """Change the words of the newest post that has no twin: its own are then the words that are published."""
    folder = site / "posts"
    newest = max(p for p in folder.glob("*-NW*.md") if not (folder / p.name.replace("-NW", "-")).exists())
    text = newest.read_text(encoding="utf-8")
    # Where the prose ends: a post may begin with widgets, of which nothing is published.
    prose, credit, rest = text.partition('<p class="em_media">')
    newest.write_text(f"{prose}<p>更正{number}。</p>{credit}{rest}", encoding="utf-8")


def measure(command: list[str], site: Path, rounds: int) -> Figures:
    """Measure everything on a site that was never built."""
    folder = site / "posts"
    read_all(folder)  # the page cache is warm for both sides of each ratio
    read = timed(lambda: read_all(folder))
    first = build(command, site)
    python, stat, same, edited = [], [], [], []
    for number in range(rounds):
        python.append(timed(bare_python))
        stat.append(timed(lambda: stat_all(folder)))
        same.append(build(command, site))
        edit(site, number)
        edited.append(build(command, site))
    if any(run.written for run in same) or not all(run.written for run in (first, *edited)):
        sys.exit("a build without changes wrote files, or one with a change wrote none")
    return Figures(python, stat, read, first, same, edited)


def row(name: str, seconds: float, ratio: str = "", peak: float = 0) -> str:
    return f"{name:26}{seconds:10.3f}  {ratio:18}{f'{peak:8.0f}' if peak else ''}".rstrip()


def table(figures: Figures) -> str:
    """Return the figures for a person."""
    stat = median(figures.stat)
    lines = [
        f"{'':26}{'seconds':>10}  {'ratio':18}{'peak MiB':>8}",
        row("start of bare Python", median(figures.python)),
        row("stat of all files", stat),
        row("reading all files", figures.read),
        row(
            "first build",
            figures.first.seconds,
            f"{figures.first.seconds / figures.read:.1f} x read",
            figures.first.peak,
        ),
    ]
    for name, runs in (("nothing changed", figures.same), ("one post changed", figures.edited)):
        seconds = median(run.seconds for run in runs)
        lines.append(row(name, seconds, f"{seconds / stat:.1f} x stat", max(run.peak for run in runs)))
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Time builds of a synthetic site.")
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--categories", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dir", type=Path, help="where to work (default: a temporary folder)")
    parser.add_argument("--coranto", default=str(Path(sys.executable).with_name("coranto")), help="the program")
    return parser.parse_args()


def main() -> None:
    """Write a site, measure it, print the table."""
    given = arguments()
    with tempfile.TemporaryDirectory(dir=given.dir, prefix="coranto-bench-") as folder:
        # In a process of its own, so that this one stays small.
        sizes = ["--posts", str(given.posts), "--categories", str(given.categories), "--seed", str(given.seed)]
        subprocess.run([sys.executable, str(HERE / "corpus.py"), folder, *sizes], check=True)
        print(
            f"{given.categories} categories; Python {platform.python_version()}, {os.cpu_count()} cores\n", flush=True
        )
        print(table(measure([given.coranto], Path(folder), given.rounds)))


if __name__ == "__main__":
    main()
