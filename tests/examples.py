"""How many examples a law is tried on: few in `make test`, many in `make laws`."""

from __future__ import annotations

import os


def often(number: int) -> int:
    """``number`` in `make test`; as many times that as the environment says."""
    return number * int(os.environ.get("TIMES_AS_OFTEN", "1"))
