"""Take out each guard, one at a time, and see that a test fails; ends with ``N guards, N missed when taken out``.

Each is taken out of a copy of the source, and pytest runs over that copy.  Arguments: words; only guards whose
description or file has one of them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from guards.guard import ROOT, SOURCE, Guard
from guards.tables import GUARDS

_LONGEST = 300  # seconds


def main() -> int:
    """Judge all guards, or those that are asked for; 1 if one is not missed."""
    wanted = [one for one in GUARDS if not sys.argv[1:] or any(word in one.what + one.file for word in sys.argv[1:])]
    with ThreadPoolExecutor(os.cpu_count()) as crew:
        bad = 0
        for guard, failed in zip(wanted, crew.map(failing_test, wanted), strict=True):
            bad += not failed
            print(
                f"{'missed' if failed else 'NOT MISSED':10}  {guard.file}: {guard.what}\n            {failed}",
                flush=True,
            )
    print(f"{len(wanted)} guards, {len(wanted) - bad} missed when taken out")
    return 1 if bad else 0


def failing_test(guard: Guard) -> str:
    """The first test that fails without the guard; empty if none does."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "src"
        shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
        file = copy / SOURCE.name / guard.file
        file.write_text(guard.taken_out(copy / SOURCE.name), encoding="utf-8")
        return _failure(guard, copy)


def _failure(guard: Guard, source: Path) -> str:
    command = [sys.executable, "-m", "pytest", "-x", "-rf", "-p", "no:cacheprovider"]
    command += [f"tests/{name}" for name in guard.tests if (ROOT / "tests" / name).is_file()]
    environment = {**os.environ, "PYTHONPATH": str(source), "HYPOTHESIS_STORAGE_DIRECTORY": f"{source}/.hypothesis"}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=_LONGEST
        )
    except subprocess.TimeoutExpired:
        return f"(nothing ends any more within {_LONGEST} s)"
    named = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    failed = re.search(r"^_{3,} (.+?) _{3,}$", done.stdout, re.MULTILINE)
    if done.returncode == 1:
        return named[1] if named else failed[1] if failed else "a test"
    if done.returncode:
        raise SystemExit(
            f"{guard.file}: {guard.what}: pytest could not run\n{done.stdout[-3000:]}{done.stderr[-1000:]}"
        )
    return ""


if __name__ == "__main__":
    sys.exit(main())
