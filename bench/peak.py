"""Runs a command and prints, as JSON, its exit code, seconds, peak memory and output.

    python bench/peak.py COMMAND...

A process of its own for each measurement: the kernel keeps one peak for all children of a process, and a child
starts with its parent's size, so the parent must be small.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

# ru_maxrss is in KiB, but in bytes on macOS.
PER_MIB = 2**20 if sys.platform == "darwin" else 2**10


def main() -> None:
    """Run the command line's command."""
    start = time.perf_counter()
    done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / PER_MIB
    print(json.dumps({"code": done.returncode, "seconds": seconds, "peak": peak, "output": done.stdout}))


if __name__ == "__main__":
    main()
