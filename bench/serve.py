"""Requests per second of `coranto serve`, as a ratio to nginx serving the same files in the same run.

    python bench/serve.py [--seconds 5] [--rounds 3] [--soak 60]

Needs wrk and nginx (Debian: wrk, nginx-light).  A feed of 200 KB is asked for by 32 connections of one wrk thread: whole,
and by its entity tag (304), uncompressed.  The two servers take turns, one process each; medians are compared.  Then
`--soak` seconds of load with 50 clients beside it that take nothing of what they asked for: memory at the start and at the
end, and how long an ordinary request takes meanwhile.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random  # noqa: TID251  seeded: chance that repeats itself
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

SETTINGS = 'site: {title: Bench, url: "https://bench.example/", tag: "bench.example,2021"}\nposts: []\n'
NGINX = """worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ }}
http {{
    access_log off; sendfile on; tcp_nopush on; default_type application/xml;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port}; root {folder}/feeds; }}
}}
"""
PATH = "/news/atom.xml"
SIZE = 200 * 1024
STALLED = 50


@contextmanager
def coranto(folder: Path) -> Iterator[tuple[int, int]]:
    """Serve ``folder``; port and process."""
    command = [str(Path(sys.executable).with_name("coranto")), "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        said = ""
        while "}" not in said:
            said += process.stdout.readline() if process.stdout else "}"
        try:
            yield int(json.loads(said)["address"].rstrip("/").rpartition(":")[2]), process.pid
        finally:
            process.send_signal(signal.SIGTERM)


@contextmanager
def nginx(folder: Path) -> Iterator[tuple[int, int]]:
    """The same files by nginx."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    with subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]) as process:
        time.sleep(0.5)
        try:
            yield port, process.pid
        finally:
            process.send_signal(signal.SIGTERM)


def entity_tag(port: int) -> str:
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", PATH)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or len(body) != SIZE:
            raise SystemExit(f"port {port} answers {answer.status} with {len(body)} octets")
        return answer.headers["ETag"]


def load(port: int, seconds: float, *fields: str) -> float:
    """Requests per second, by wrk."""
    options = [part for field in fields for part in ("-H", field)]
    command = ["wrk", "-t1", "-c32", f"-d{seconds:.0f}s", *options, f"http://127.0.0.1:{port}{PATH}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)[1])  # type: ignore[index]


def race(ports: dict[str, int], seconds: float, rounds: int) -> None:
    """Both servers in turn; a table of medians and their ratio."""
    tags = {name: entity_tag(port) for name, port in ports.items()}
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for name, port in ports.items():
            found.setdefault(("200", name), []).append(load(port, seconds))
            found.setdefault(("304", name), []).append(load(port, seconds, f"If-None-Match: {tags[name]}"))
    print("answer  coranto/s    nginx/s   ratio")
    for status in ("200", "304"):
        ours, theirs = (statistics.median(found[status, name]) for name in ("coranto", "nginx"))
        print(f"{status:6} {ours:10,.0f} {theirs:10,.0f} {ours / theirs:7.2f}")


def resident(process: int) -> int:
    """MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024  # type: ignore[index]


def soak(port: int, process: int, seconds: int) -> None:
    """Load beside clients that do not read; what it costs, and what an ordinary client sees of it."""
    before = resident(process)
    stalled = [_stalled(port) for _ in range(STALLED)]
    worker = threading.Thread(target=load, args=(port, seconds))
    worker.start()
    sizes, waits = [], []
    while worker.is_alive():
        started = time.monotonic()
        entity_tag(port)
        waits.append(time.monotonic() - started)
        sizes.append(resident(process))
        time.sleep(0.2)
    worker.join()
    half = len(sizes) // 2
    print(
        f"soak: {seconds} s, {STALLED} clients that take nothing: memory {before} MiB before, {max(sizes[:half])} at most"
    )
    print(
        f"      in the first half, {max(sizes[half:])} in the second; an ordinary request took {statistics.median(waits) * 1000:.1f} ms, {max(waits) * 1000:.0f} at most"
    )
    for peer in stalled:
        peer.close()


def _stalled(port: int) -> socket.socket:
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.connect(("127.0.0.1", port))
    peer.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 5)
    return peer


def main() -> None:
    """Write the file, start both, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--soak", type=int, default=60)
    options = parser.parse_args()
    if missing := [program for program in ("wrk", "nginx") if not shutil.which(program)]:
        raise SystemExit(f"missing: {', '.join(missing)}; on Debian: apt-get install wrk nginx-light")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's worker is another user
        (folder / "feeds" / "news").mkdir(parents=True)
        (folder / "settings.yaml").write_text(SETTINGS)
        body = "".join(random.Random(7).choices("abcdefgh <>/\n", k=SIZE)).encode()
        (folder / "feeds" / "news" / "atom.xml").write_bytes(body)
        os.utime(folder / "feeds" / "news" / "atom.xml", (1_700_000_000, 1_700_000_000))
        with coranto(folder) as ours, nginx(folder) as theirs:
            race({"coranto": ours[0], "nginx": theirs[0]}, options.seconds, options.rounds)
            if options.soak:
                soak(*ours, options.soak)


if __name__ == "__main__":
    main()
