"""The log of a program that runs for months: one line an event, a state once and then daily (R26).

What strangers wrote cannot forge a line: values are cut, quoted and cleared of control characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from coranto.text import one_line

Form = Literal["logfmt", "json"]
Level = Literal["info", "warning", "error"]
Value = str | int | float | bool | datetime | None

LONGEST = 200  # characters of a value (RELIABILITY 4)
_AGAIN = timedelta(days=1)
_PLAIN = re.compile(r"[^\s\"=\\]+")


class Journal:
    """Writes events; remembers which states it has told."""

    def __init__(
        self, write: Callable[[str], None], form: Form = "logfmt", clock: Callable[[], datetime] | None = None
    ) -> None:
        """Nothing is told yet.

        Args:
            write: takes one line, without its end.
            form: of the lines.
            clock: the time of day, aware; by default the system's.
        """
        self._write, self._line = write, _FORMS[form]
        self._clock = clock or _now
        self._told: dict[str, tuple[str, datetime]] = {}

    def event(self, name: str, level: Level = "info", **fields: Value) -> None:
        """Something happened: one line.  Fields that say nothing are left out."""
        said = {key: value for key, value in fields.items() if value is not None and value != ""}
        self._write(self._line({"time": self._clock(), "level": level, "event": name, **said}))

    def troubled(self, name: str) -> set[str]:
        """Whose last told state of this name was no good news."""
        return {key.partition(" ")[2] for key in self._told if key.partition(" ")[0] == name}

    def state(self, what: str, name: str, state: str, level: Level = "info", **fields: Value) -> bool:
        """Something is as ``state`` says; told when that changes, and daily while it is no good news.

        Args:
            what: whose state it is; its value in the line's field ``name``.
            name: of the event.
            state: how it is; "" when all is well, which is only told if it was not before.
            level: of the line.
            fields: more to say.

        Returns:
            Whether it was told.
        """
        key, now = f"{name} {what}", self._clock()
        before, told = self._told.get(key, ("", now))
        if before == state and (not state or timedelta() <= now - told < _AGAIN):
            return False
        if state:
            self._told[key] = state, now
        else:
            del self._told[key]
        self.event(name, level if state else "info", state=state or "ok", **fields)
        return True


def logfmt(fields: dict[str, Value]) -> str:
    """``key=value`` pairs; a value with blanks stands in quotes."""
    return " ".join(f"{key}={_quoted(_text(value))}" for key, value in fields.items())


def as_json(fields: dict[str, Value]) -> str:
    """One JSON object."""
    plain = {key: value if isinstance(value, (int, float)) else _text(value) for key, value in fields.items()}
    return json.dumps(plain, ensure_ascii=False)


_FORMS: dict[Form, Callable[[dict[str, Value]], str]] = {"logfmt": logfmt, "json": as_json}


def _text(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, bool):
        return "true" if value else "false"
    shown = one_line(str(value))
    clean = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown)
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + "…"


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _now() -> datetime:
    return datetime.now(UTC)
