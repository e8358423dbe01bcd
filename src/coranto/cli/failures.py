"""Errors that are expected: what each says to a person, and the exit code it ends with (DESIGN 4)."""

from __future__ import annotations

from dataclasses import dataclass

DONE = 0
PARTLY = 1  # done, but some source or post failed; findings; nothing found
REFUSED = 2  # wrong usage or settings: nothing was touched
BUSY = 75  # EX_TEMPFAIL: another instance is at work


@dataclass(frozen=True, slots=True)
class Failed:
    """How a command ended that could not do its work."""

    code: int
    lines: tuple[str, ...]


INTERRUPTED = Failed(130, ("interrupted; what was written is whole, and the next build goes on from there",))


class Refused(Exception):  # noqa: N818 - what happened, to a person's wish
    """What was asked for cannot be done as asked; nothing was touched.  Its text says what to do."""


class Unable(Exception):  # noqa: N818
    """What was asked for did not work out.  Its text says why."""


def explained(error: Exception) -> Failed | None:
    """What an error means; None for one that nobody expected: its traceback is for a bug report."""
    from coranto.lock import BusyError
    from coranto.settings.problems import SettingsError
    from coranto.store.database import StoreError

    if isinstance(error, SettingsError):
        return Failed(REFUSED, tuple(str(problem) for problem in error.problems))
    if isinstance(error, Refused):
        return Failed(REFUSED, tuple(str(error).splitlines()))
    if isinstance(error, BusyError):
        return Failed(BUSY, (str(error),))
    if isinstance(error, (StoreError, Unable)):
        return Failed(PARTLY, (str(error),))
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return Failed(PARTLY, (f"{error.filename or 'coranto'}: {error.strerror or error}",))
    return None
