"""One visit to a subscription: ask, judge the answer, parse it if it is new.  A failure is a value."""

from __future__ import annotations

import stat
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from coranto.client import Client, FetchError, HeldError, Limits, Secrets, StoppedError
from coranto.model import Outcome
from coranto.readers.answers import Parse, RefusedError, accepted, failed, judged
from coranto.readers.parse_raw import ParseContext
from coranto.settings.values import Upstream

_LONGEST_FILE = Limits().body


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is remembered of a subscription from visit to visit.

    Attributes:
        etag: of the last accepted answer, byte for byte.
        last_modified: of the last accepted answer, byte for byte.
        body_sha256: of the last accepted body, hexadecimal.
        url_moved: the address that is polled instead of the configured one; mostly empty.
    """

    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    url_moved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A subscription that is due, with all that :func:`poll` needs."""

    upstream: Upstream
    state: State
    context: ParseContext


def poll(
    upstream: Upstream, state: State, client: Client, context: ParseContext, parse: Parse, now: datetime
) -> Outcome:
    """Visit a subscription once.  Raises nothing, whatever the source does.

    A refused answer leaves everything as it was: the outcome then carries the old validators (P3).

    Args:
        upstream: what is polled: an address, or a file.
        state: what is remembered of it.
        client: the way out.
        context: how its entries are to be read.
        parse: reads them, here or in a process of its own.
        now: when; dates in headers count from it.
    """
    try:
        return visit(upstream, state, client, context, parse, now)
    except (HeldError, StoppedError) as error:
        return failed(_known(upstream, state), upstream, error.reason)


def visit(
    upstream: Upstream, state: State, client: Client, context: ParseContext, parse: Parse, now: datetime
) -> Outcome:
    """As :func:`poll`, but for what is no failure of the source.

    Raises:
        HeldError: nothing was sent, for the server wants to be left alone (P10).
        StoppedError: the program ends, and broke the visit off.
    """
    known = replace(_known(upstream, state), at=now)
    try:
        if upstream.path is not None:
            return accepted(known, _file(upstream.path), "", context, parse)
        own = Secrets(upstream.url, upstream.headers, upstream.auth)
        url = state.url_moved or upstream.url
        response = client.get(url, etag=state.etag, last_modified=state.last_modified, own=own)
        return judged(upstream, known, response, context, parse, now)
    except (HeldError, StoppedError):
        raise
    except RefusedError as error:
        return failed(known, upstream, str(error))
    except FetchError as error:
        return failed(known, upstream, error.reason)
    except Exception as error:  # noqa: BLE001 - strangers' bytes meet strangers' parsers: one bad feed stops nothing
        return failed(known, upstream, f"cannot be read ({type(error).__name__}: {error}); please report this")


def _known(upstream: Upstream, state: State) -> Outcome:
    """The outcome of a visit that changes nothing."""
    return Outcome(
        source=upstream.key,
        kind="unchanged",
        etag=state.etag,
        last_modified=state.last_modified,
        body_sha256=state.body_sha256,
    )


def _file(path: Path) -> bytes:
    """The bytes of a local feed.

    Raises:
        RefusedError: there is no such file, or it is too large.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for, for ever
            raise RefusedError(f"{path} is no file; correct the path in settings.yaml")
        with path.open("rb") as file:
            body = file.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(body) > _LONGEST_FILE:
        raise RefusedError(f"{path} is larger than {_LONGEST_FILE:,} bytes; no feed needs to be")
    return body
