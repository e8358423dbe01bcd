"""What `coranto check` found, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]

_LINE = re.compile(r"line (\d+): ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be.

    ``error``: something is not published, or published wrong.  ``warning``: it works, but hardly as meant.  ``note``: worth
    knowing, and no reason for an exit code.
    """

    where: str  # a path or an address
    message: str  # one line, for a person
    line: int = 0  # 1-based; 0: no line
    level: Level = "error"


def placed(where: str, message: str, level: Level = "warning") -> Finding:
    """A finding whose message may begin with its line (``line 3: …``), as those of readers do."""
    stated = _LINE.match(message)
    if stated is None:
        return Finding(where=where, message=message, level=level)
    return Finding(where=where, message=message[stated.end() :], line=int(stated[1]), level=level)
