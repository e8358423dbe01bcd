"""``make fuzz``: atheris over everything that reads strangers' bytes, each its share of FUZZ_SECONDS (600).

Ends with ``N inputs, 0 findings``, or names the files of what was found.  Seeds are the feeds and posts of tests/data.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzz.targets import TARGETS

HERE = Path(__file__).parents[1]
FOUND = HERE.parent / ".fuzz"


def main() -> int:
    """Fuzz target after target; 1 if anything was found."""
    wanted = sys.argv[1:] or list(TARGETS)
    seconds = int(os.environ.get("FUZZ_SECONDS", "600")) // len(wanted)
    FOUND.mkdir(exist_ok=True)
    inputs, findings = 0, list[str]()
    for name in wanted:
        ran, found = run(name, seconds)
        print(f"{name:14}{ran:10,} inputs  {'a finding' if found else 'nothing'}", flush=True)
        inputs, findings = inputs + ran, findings + found
    for finding in findings:
        print(finding)
    print(f"{inputs:,} inputs, {len(findings)} findings")
    return bool(findings)


def run(name: str, seconds: int) -> tuple[int, list[str]]:
    """How many inputs were tried, and the last words of the target if it found something."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(TARGETS[name].seeds()):
            (Path(corpus) / f"seed{number}").write_bytes(seed)
        command = [
            sys.executable,
            "-m",
            "fuzz.targets",
            name,
            f"-max_total_time={seconds}",
            "-timeout=10",
            "-rss_limit_mb=2048",
        ]
        command += ["-max_len=8192", "-print_final_stats=1", f"-artifact_prefix={FOUND}/{name}-", corpus]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, errors="replace", check=False)
    ran = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    if done.returncode == 0:
        return int(ran[1]) if ran else 0, []
    return int(ran[1]) if ran else 0, [f"{name}:\n{(done.stdout + done.stderr)[-3000:]}"]


if __name__ == "__main__":
    sys.exit(main())
