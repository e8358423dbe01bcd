"""Every way in which a build may be cut short, judged each time (`make crash`; R1-R3).

Builds are killed at each of their calls that change the disk, and just after it; every third of these calls fails; and
builds are killed at random moments.  What can be shared out runs on all cores.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from faults_sweep import HISTORIES, NOT_PERMITTED

HERE = Path(__file__).parent
PARTS = 8  # of a sweep: each undisturbed run is repeated in each part
AT_ONCE = 100  # random kills of one process


def main() -> int:
    """Run everything; the last line printed holds the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="at random moments")
    options = parser.parse_args()
    started, counts, wrong = time.monotonic(), Counter[str](), list[str]()
    jobs = list(_jobs(options.kills))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        running = [pool.submit(_run, Path(folder) / str(number), job) for number, job in enumerate(jobs)]
        for number, done in enumerate(as_completed(running), 1):
            found, error = done.result()
            counts += found
            wrong += [error] if error else []
            print(f"{number:3} of {len(jobs)}: {_figures(found) or error}", flush=True)
    minutes = (time.monotonic() - started) / 60
    print(*wrong, sep="\n")
    print(f"{_figures(counts)} in {minutes:.1f} min: {len(wrong)} found something")
    return len(wrong) > 0


def _jobs(kills: int) -> Iterator[list[str]]:
    for history in HISTORIES:
        for part in range(PARTS):
            yield ["faults_sweep.py", "--histories", history, "--first", str(part), "--stride", str(PARTS)]
    for history in HISTORIES:
        for part in range(0, 3 * PARTS, 3):
            sweep = ["--histories", history, "--first", str(part), "--stride", str(3 * PARTS)]
            yield ["faults_sweep.py", *sweep, "--errors"]
    for seed, first in enumerate(range(0, kills, AT_ONCE)):
        yield ["killing.py", "--kills", str(min(AT_ONCE, kills - first)), "--seed", str(seed)]


def _run(folder: Path, job: list[str]) -> tuple[Counter[str], str]:
    """What a job counted, and what it found."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, HERE / job[0], folder, *job[1:]], capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    if done.returncode == NOT_PERMITTED:
        return Counter({"sweeps that are not permitted here": 1}), ""
    if done.returncode:
        return Counter(), f"{' '.join(job)}: {said}"
    last = said.splitlines()[-1]
    return Counter({what: int(number) for number, what in re.findall(r"(\d+) ([a-z ]+)", last)}), ""


def _figures(counts: Counter[str]) -> str:
    return ", ".join(f"{number:,} {what}" for what, number in counts.items())


if __name__ == "__main__":
    sys.exit(main())
