"""A build that is killed leaves whole files, and the next one ends as if nothing had happened (R1, R2)."""

import subprocess
import sys
from pathlib import Path


def test_killed_builds_leave_whole_files_and_the_next_one_gives_the_same_bytes(tmp_path):
    program = Path(__file__).with_name("killing.py")
    done = subprocess.run(
        [sys.executable, program, tmp_path, "--kills", "16"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("0 with broken files, 0 with other bytes\n")
