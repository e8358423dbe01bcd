"""What is wrong in settings.yaml, said to a person: file, line, column, key, and what to write instead.  Light."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

KeyPath = tuple[str | int, ...]

_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in the settings.

    ``line`` and ``column`` are 1-based, in characters; 0 means that the problem has no place in the file.
    """

    file: Path  # as the person named it
    message: str  # one line: what is wrong and what to write
    line: int = 0
    column: int = 0
    key: str = ""  # "upstreams[0].every"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else str(self.file)
        return ": ".join(part for part in (place, self.key, self.message) if part)


class SettingsError(Exception):
    """The settings cannot be used; ``problems`` holds everything that is wrong with them, in the file's order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def dotted(path: KeyPath) -> str:
    """``path`` as a person writes it: ``upstreams[0].every``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def quoted(value: str) -> str:
    """``value`` in quotes, in one line, cut where it is long."""
    shown = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return json.dumps(shown, ensure_ascii=False)
