"""What `add` and `opml import` share: lines for settings.yaml, printed or written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from coranto.cli import say
from coranto.cli.failures import Refused
from coranto.cli.lines import Wanted, append, block

_FEED = re.compile(r"\Afeed:(?://)?(?=https?://)", re.IGNORECASE)
_FEED_HOST = re.compile(r"\Afeed:(?=//)", re.IGNORECASE)


def web_form(url: str) -> str:
    """``url`` as http(s): ``feed:https://…`` is the address behind it, ``feed://host/…`` is ``http://host/…``.

    So browsers and feed readers write "an address to subscribe to" (the feed URI scheme); nothing is served under it.
    """
    return _FEED_HOST.sub("http:", _FEED.sub("", url))


def write_or_print(file: Path, wanted: Sequence[Wanted], *, write: bool, quiet: bool) -> bool:
    """Append the lines for ``wanted`` to the settings, or print them; whether they were written.

    Args:
        file: the settings.
        wanted: what is new; for nothing, nothing is done.
        write: append.
        quiet: print nothing on stdout: JSON is printed there.

    Raises:
        Refused: they cannot be appended; they were printed instead, to be pasted.
    """
    if not wanted:
        return False
    if not write:
        _print(wanted, quiet=quiet)
        return False
    try:
        append(file, wanted)
    except Refused as error:
        _print(wanted, quiet=quiet)
        raise Refused(f"{file}: {error}; nothing was written, paste the lines there yourself") from error
    if not quiet:
        say.aside(f"added {say.count(len(wanted), 'upstream')} to {file}")
    return True


def _print(wanted: Sequence[Wanted], *, quiet: bool) -> None:
    if not quiet:
        for line in block(wanted).splitlines():
            say.out(line)
