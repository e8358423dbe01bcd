"""What one guard is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = Path("src/coranto")


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard, and the edit that takes it out.

    Attributes:
        what: it keeps from happening, for a person.
        file: below src/coranto.
        old: stands in that file exactly once.
        new: what stands there without the guard.
        tests: files below tests/, of which at least one must fail then; where it is likeliest first.
    """

    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def taken_out(self, source: Path) -> str:
        """The text of the file below ``source`` without the guard.

        Raises:
            ValueError: it is not there, or not once: this table must follow the code.
        """
        text = (source / self.file).read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(
                f"{self.file}: the guard “{self.what}” stands there {text.count(self.old)} times, not once"
            )
        return text.replace(self.old, self.new)
