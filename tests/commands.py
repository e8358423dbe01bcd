"""Commands run as a person runs them: in this process for speed, or as a process of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from coranto.cli import app


def coranto(*args: object) -> Result:
    """Run a command here, in the current folder."""
    result = CliRunner(env={"CORANTO_CONFIG": None, "SOURCE_DATE_EPOCH": None}).invoke(app, [str(arg) for arg in args])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def as_json(*args: object, code: int = 0) -> Any:
    """The one JSON document that a command prints with --json."""
    result = coranto(*args, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def spawn(*args: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m coranto`` as a process of its own."""
    return subprocess.run(
        program(*args), cwd=cwd, env=environment(**env), capture_output=True, text=True, timeout=60, check=False
    )


def program(*args: object) -> list[str]:
    return [sys.executable, "-m", "coranto", *map(str, args)]


def environment(**env: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("CORANTO_CONFIG", "SOURCE_DATE_EPOCH")}
    return kept | env


@contextmanager
def interruptible() -> Iterator[None]:
    """Programs that are started here hear SIGINT, also where this one runs in the background, which ignores it.

    A signal that is ignored stays so in a program that is started; one that is handled is given back to it.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with its time and bytes: what "nothing was touched" means."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): (file.stat().st_mtime_ns, file.read_bytes()) for file in files}
