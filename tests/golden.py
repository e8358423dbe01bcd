"""Documents compared byte for byte with the files in tests/golden/.

``ACCEPT=1 pytest`` writes them anew; a missing file fails, so that nobody accepts by accident.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def assert_golden(name: str, data: bytes) -> None:
    """Fail unless ``data`` is what the golden file ``name`` holds."""
    path = FOLDER / name
    if os.environ.get("ACCEPT") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert path.exists(), f"{path} is missing: look at the output, then accept it with ACCEPT=1"
    assert data.decode() == path.read_text(encoding="utf-8"), f"{name} changed: if that is meant, run with ACCEPT=1"
