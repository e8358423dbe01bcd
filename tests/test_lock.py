"""One build at a time (R8)."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from coranto.lock import BusyError, held

HOLD = """
import sys, time
from pathlib import Path
from coranto.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock in ``tmp_path``."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / "lock"], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_process_stops_at_once_and_names_the_first(tmp_path, holder):
    started = time.monotonic()
    with (
        pytest.raises(BusyError, match=rf"another coranto \(pid {holder.pid}\).*{tmp_path}/lock") as caught,
        held(tmp_path / "lock"),
    ):
        pass
    assert caught.value.pid == holder.pid
    assert time.monotonic() - started < 1


def test_a_lock_whose_holder_was_killed_is_taken_over(tmp_path, holder):
    holder.kill()
    holder.wait()
    with held(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_lock_is_free_after_its_block_even_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), held(tmp_path / "lock"):
        _ = 1 / 0
    with held(tmp_path / "lock"):
        pass


def test_the_folder_is_made(tmp_path):
    with held(tmp_path / "new" / "folder" / "lock"):
        assert (tmp_path / "new" / "folder" / "lock").exists()


def test_a_holder_that_wrote_no_pid_is_unknown(tmp_path):
    with held(tmp_path / "lock"):
        (tmp_path / "lock").write_text("")
        with pytest.raises(BusyError, match="pid unknown") as caught, held(tmp_path / "lock"):
            pass
    assert caught.value.pid == 0


def test_a_longer_pid_of_an_earlier_holder_leaves_nothing_behind(tmp_path):
    (tmp_path / "lock").write_text("99999999999999\n")
    with held(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_child_process_does_not_inherit_the_lock(tmp_path):
    """A helper that outlives a killed build must not keep the site locked."""
    program = [sys.executable, "-c", "print('started', flush=True); input()"]
    with held(tmp_path / "lock"):
        child = subprocess.Popen(program, close_fds=False, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert child.stdout.readline() == "started\n"
    with held(tmp_path / "lock"):
        child.communicate("\n", timeout=10)
