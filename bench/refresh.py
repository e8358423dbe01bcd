"""W2: refreshing many upstream feeds from a real server, beside the naive script on requests and feedparser.

    python bench/refresh.py [--feeds 2000] [--rounds 3] [--hosts 200]

nginx (Debian: nginx-light) serves bench/feeds.py's feeds over loopback, spread over so many addresses, for nobody asks one
host two things at once.  Ours does all of its work: politeness, sanitising, dates, merging, the store, the written
feeds (40 categories, the newest 50 of each); the script writes the same number of feeds with feedgen.  Both take turns in one run, each a process of its own; medians and their ratios are printed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import feeds

HERE = Path(__file__).parent
SETTINGS = """site: {{title: Bench, url: "https://bench.example/", tag: "bench.example,2021", timezone: Asia/Shanghai}}
posts: []
feeds: {{entries: 50, max_entries: 50, formats: [atom, rss]}}
fetch: {{private: [{hosts}], pause: 0s, threads: 8}}
upstreams:
{upstreams}
"""
NGINX = """worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; types {{ application/xml xml; application/json json; }}
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{ listen {port}; root {folder}/www; }}
}}
"""


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """The folder www over HTTP, on every address of this machine."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    with subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]) as process:
        time.sleep(0.5)
        try:
            yield port
        finally:
            process.send_signal(signal.SIGTERM)


def run(command: list[str], folder: Path) -> tuple[float, float, str]:
    """Seconds, MiB at its peak, and output of a command that must succeed."""
    line = [sys.executable, str(HERE / "peak.py"), *command]
    done = json.loads(subprocess.check_output(line, text=True, cwd=folder))
    if done["code"]:
        sys.exit(f"{' '.join(command)}: exit code {done['code']}: {done['output'][-500:]}")
    return done["seconds"], done["peak"], done["output"]


class Racer:
    """One side: how it is begun anew, and its command."""

    def __init__(self, name: str, command: list[str], folder: Path, state: list[str]) -> None:
        self.name, self.command, self.folder, self.state = name, command, folder, state
        self.times: dict[str, list[float]] = {}
        self.peak = 0.0

    def forget(self) -> None:
        """As on the first day."""
        for name in self.state:
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).unlink(missing_ok=True)

    def go(self, what: str) -> None:
        """One timed run."""
        seconds, peak, _ = run(self.command, self.folder)
        self.times.setdefault(what, []).append(seconds)
        self.peak = max(self.peak, peak)


def prepared(folder: Path, port: int, names: list[str], hosts: int) -> list[Racer]:
    places = [f"127.0.0.{number % hosts + 1}:{port}" for number in range(len(names))]
    urls = [f"http://{place}/{name}" for place, name in zip(places, names, strict=True)]
    (folder / "urls.txt").write_text("\n".join(urls))
    lines = "\n".join(f"  - {{url: '{url}', category: c{number % 40}, every: 0s}}" for number, url in enumerate(urls))
    private = ", ".join(f"'{place}'" for place in dict.fromkeys(places))
    (folder / "settings.yaml").write_text(SETTINGS.format(hosts=private, upstreams=lines))
    ours = [str(Path(sys.executable).with_name("coranto")), "build", "--json"]
    naive = [sys.executable, str(HERE / "naive.py"), "urls.txt", "state.json"]
    return [Racer("coranto", ours, folder, [".coranto", "feeds"]), Racer("naive", naive, folder, ["state.json"])]


def race(racers: list[Racer], www: Path, given: argparse.Namespace) -> None:
    for number in range(given.rounds):
        feeds.write(www, given.feeds, 30, 7, 0)
        for racer in racers:
            racer.forget()
            racer.go("first")
        for racer in racers:
            racer.go("all 304")
        time.sleep(1.1)  # Last-Modified counts seconds
        pool = feeds.pool_of(7)
        for one in range(number % 20, given.feeds, 20):
            name, body = feeds.feed(one, 30, 7, 1, pool)
            (www / name).write_bytes(body)
        for racer in racers:
            racer.go("5 % changed")


def table(racers: list[Racer]) -> str:
    ours, *others = racers
    lines = [f"{'':14}{'coranto s':>10}" + "".join(f"{one.name + ' s':>10}{'times':>8}" for one in others)]
    for what in ours.times:
        mine = median(ours.times[what])
        theirs = [median(one.times[what]) for one in others]
        lines.append(f"{what:14}{mine:10.2f}" + "".join(f"{one:10.2f}{one / mine:8.1f}" for one in theirs))
    peaks = "".join(f"{one.peak:10.0f}{'':8}" for one in others)
    return "\n".join([*lines, f"{'peak MiB':14}{ours.peak:10.0f}{peaks}".rstrip()])


def main() -> None:
    """Read the command line and race."""
    parser = argparse.ArgumentParser(description="Refresh many feeds, beside the naive script.")
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hosts", type=int, default=200)
    given = parser.parse_args()
    if not shutil.which("nginx"):
        sys.exit("needs nginx (Debian: apt install nginx-light)")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)  # nginx serves as somebody else
        names = feeds.write(folder / "www", given.feeds, 30, 7, 0)
        with served(folder) as port:
            racers = prepared(folder, port, names, given.hosts)
            race(racers, folder / "www", given)
    print(table(racers))


if __name__ == "__main__":
    main()
