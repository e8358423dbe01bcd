"""For every test of a run: what would cost each of them the same half a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coranto.readers import polling
from coranto.readers.parse_apart import Parsers


class _Kept(Parsers):
    """Stays when one build is done with it, for the next."""

    def close(self) -> None:
        """Not yet."""


@pytest.fixture(scope="session", autouse=True)
def _parsers_are_kept() -> Iterator[None]:
    """Builds in our own process share parse processes; what `coranto` starts as a process has its own, as users have."""
    kept = _Kept(2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polling, "Parsers", lambda _most: kept)
        yield
    Parsers.close(kept)
