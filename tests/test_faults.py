"""Builds that are killed, or refused, at calls that change the disk; all such calls are `make crash` (R1-R3)."""

import subprocess
import sys
from pathlib import Path

import pytest

import faults
from faults_sweep import NOT_PERMITTED

STRIDE = 113  # a prime: over the steps of a history, calls of each kind are met


def swept(folder, *how):
    """The figures of a sweep."""
    program = Path(__file__).with_name("faults_sweep.py")
    done = subprocess.run(
        [sys.executable, program, folder, "--stride", str(STRIDE), *how], capture_output=True, text=True, check=False
    )
    if done.returncode == NOT_PERMITTED:
        pytest.skip(f"calls of another process cannot be counted here: {done.stdout.strip()}")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="ptrace is Linux's")
def test_a_build_killed_at_any_call_leaves_whole_files_and_the_next_one_ends_it_r1(tmp_path):
    """Outputs are old or new, never between; the build after it gives the bytes that it would have given."""
    assert "kills" in swept(tmp_path, "--first", "17")


@pytest.mark.skipif(not faults.can_fail_calls(), reason="needs the registers of an x86-64 processor")
def test_a_build_whose_disk_fails_says_so_and_the_next_one_ends_it_r3(tmp_path):
    """EIO once; ENOSPC and EROFS from one call on: exit 1 with a word, or all is published."""
    assert "failures" in swept(tmp_path, "--errors", "--first", "29")
