"""Does it last?  72 simulated hours of the worker, then `coranto run` itself against 200 papers (``make soak``).

Memory must stay flat, no thread and no file may leak, every feed must be valid at every look, and SIGTERM must end it
with exit code 0 within 5 seconds.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from commands import environment, program
from coranto.inspect.document import check
from paper import printing, settings
from simulation import START, Simulation

FORMATS = ("atom.xml", "rss.xml", "feed.json")


@dataclass(frozen=True)
class Sample:
    """One look at a process."""

    seconds: float
    rss: int  # MiB
    threads: int
    files: int


def sample(pid: int, started: float) -> Sample:
    """How a process is now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    said = dict(line.split(":", 1) for line in status.splitlines())
    files = len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208
    return Sample(time.monotonic() - started, int(said["VmRSS"].split()[0]) >> 10, int(said["Threads"]), files)


def faults(feeds: Path) -> list[str]:
    """What is wrong with the feeds that stand there now."""
    wrong = []
    for file in sorted(feeds.glob("*/*")):
        if file.name in FORMATS:
            address = f"https://news.example/{file.parent.name}/{file.name}"
            wrong += [f"{file.parent.name}/{file.name}: {found.message}" for found in check(file, address)]
    return wrong


def judge(samples: list[Sample], *, ramp: float) -> list[str]:
    """What grew after the first ``ramp`` share of the time, in which caches and windows fill."""
    warm = [one for one in samples if one.seconds >= samples[-1].seconds * ramp]
    first, last = warm[: len(warm) // 4 or 1], warm[-(len(warm) // 4 or 1) :]
    before, after = (sum(one.rss for one in part) / len(part) for part in (first, last))
    wrong = [f"memory grew from {before:.0f} to {after:.0f} MiB"] if after > before * 1.1 + 5 else []
    if max(one.threads for one in last) > max(one.threads for one in first) + 1:
        wrong.append("threads leak")
    if max(one.files for one in last) > max(one.files for one in first) + 8:
        wrong.append("files leak")
    return wrong


def simulated(hours: int, papers: int) -> list[str]:
    """The worker over simulated hours."""
    print(f"simulated: {hours} h, {papers} upstreams")
    started, samples = time.monotonic(), []
    with tempfile.TemporaryDirectory() as folder:
        clock: list[Simulation] = []
        with printing(lambda: clock[0].clock.now() if clock else START, period=1800.0) as printed:
            site = settings(printed, papers, every="15m", more="feeds: {formats: [atom, rss, json]}\n")
            clock.append(Simulation(Path(folder), site, START, edition=timedelta(minutes=30)))
            for hour in range(1, hours + 1):
                clock[0].run(START + timedelta(hours=hour))
                gc.collect()
                samples.append(sample(os.getpid(), started))
                if hour % 6 == 0:
                    show(samples[-1], f"{hour:3} h simulated, {printed.asked:,} requests")
            wrong = faults(Path(folder) / "feeds")
            clock[0].close()
    return wrong + judge(samples, ramp=0.5)


def real(minutes: float, papers: int) -> list[str]:
    """`coranto run` as a process of its own."""
    print(f"real: {minutes:g} min, {papers} upstreams")
    with tempfile.TemporaryDirectory() as name, printing(lambda: datetime.now(UTC), period=30.0) as printed:
        folder = Path(name)
        more = "schedule: {refresh: 2s}\nfeeds: {entries: 20, max_entries: 100, max_age: 1h}\n"
        (folder / "posts").mkdir()
        (folder / "settings.yaml").write_text(settings(printed, papers, every="20s", more=more), encoding="utf-8")
        with (folder / "log").open("wb") as log:
            daemon = subprocess.Popen(program("run", "--port", "0"), cwd=folder, env=environment(), stderr=log)
            wrong = _watched(daemon, folder, minutes * 60)
            started = time.monotonic()
            daemon.send_signal(signal.SIGTERM)
            code = daemon.wait(timeout=30)
            took = time.monotonic() - started
        print(f"SIGTERM: exit {code} after {took:.1f} s; {printed.asked:,} requests, {printed.statuses}")
        if code != 0 or took > 5:
            wrong.append(f"SIGTERM ended it with {code} after {took:.1f} s")
        wrong += faults(folder / "feeds")
        wrong += [f"{left} was left behind" for left in (folder / "feeds").rglob(".*")]
        return wrong


def _watched(daemon: subprocess.Popen[bytes], folder: Path, seconds: float) -> list[str]:
    started, samples, wrong = time.monotonic(), [], []
    shown = 0.0
    while time.monotonic() - started < seconds and daemon.poll() is None:
        time.sleep(2)
        samples.append(sample(daemon.pid, started))
        if time.monotonic() - shown > 60:
            shown = time.monotonic()
            wrong += faults(folder / "feeds")
            show(samples[-1], "")
    return wrong + judge(samples, ramp=0.4) + (["it ended by itself"] if daemon.poll() is not None else [])


def show(one: Sample, text: str) -> None:
    print(f"  {one.seconds:5.0f} s  {one.rss:4} MiB  {one.threads:3} threads  {one.files:3} files  {text}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, default=72)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--upstreams", type=int, default=200)
    said = parser.parse_args()
    wrong = simulated(said.hours, said.upstreams) if said.hours else []
    wrong += real(said.minutes, said.upstreams) if said.minutes else []
    for line in wrong:
        print(f"wrong: {line}")
    print(f"{threading.active_count()} threads left; {len(wrong)} faults")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
