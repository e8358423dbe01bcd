"""Feeds that move: when the new address is believed, and when it is not any more (P16, P17, R21).  Pure.

settings.yaml is never rewritten: what is believed here is polled, and `coranto status` tells the operator.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from coranto.model import Outcome
from coranto.store.sources import Subscription

_BELIEVED = timedelta(days=7)
_POLLS = 2
_PATIENCE = 3  # failures in a row of an address that nobody configured
_NOTHING_THERE = frozenset({404, 410})
_NO_FEED = 200  # a failure with this status
_PORTS = {"http": 80, "https": 443}


def after_visit(known: Subscription, configured: str, outcome: Outcome, now: datetime) -> Subscription:
    """What a visit says of where the feed is.

    Args:
        known: before the visit; its ``moved_to``, else ``configured``, was asked.
        configured: the address in settings.yaml; it is always right in the end.
        outcome: of the visit.  Of a good one ``moved_to`` is stated only if every redirect was for good; of a failed
            one it is where the failure happened, if that was behind a redirect.
        now: when.

    Returns:
        ``known`` with other ``moved_…`` and ``moving_to``: polled directly after 7 days with at least 2 answers
        from the same place, at once if only http became https, or if the old address has nothing any more.
    """
    if known.moved_to == _bare(configured):
        known = _forgotten(known)  # the operator wrote it down
    if outcome.kind == "failed":
        return _after_failure(known, outcome, now)
    asked, target = known.moved_to or configured, _bare(outcome.moved_to)
    if target in ("", _bare(asked)):
        return replace(known, moving_to="", moved_polls=0, moved_since=known.moved_since if known.moved_to else None)
    if target == _bare(configured):
        return _forgotten(known)
    return _adopted(known, target, now) if _only_safer(asked, target) else _noted(known, target, now)


def is_gone(known: Subscription, outcome: Outcome) -> bool:
    """Whether a 410 is the last word: not while another address is left to ask (P14, P16)."""
    return outcome.gone and not known.moved_to and (not known.moving_to or bool(outcome.moved_to))


def _noted(known: Subscription, target: str, now: datetime) -> Subscription:
    """One more answer from ``target``; another place, or a clock that was set back, starts the count anew."""
    since = known.moved_since
    if target != known.moving_to or since is None or since > now:
        return replace(known, moving_to=target, moved_since=now, moved_polls=1)
    if now - since >= _BELIEVED and known.moved_polls + 1 >= _POLLS:
        return _adopted(known, target, since)
    return replace(known, moved_polls=known.moved_polls + 1)


def _after_failure(known: Subscription, outcome: Outcome, now: datetime) -> Subscription:
    """An old address without anything leaves the noted one; one that nobody configured gets no long credit."""
    if outcome.status in _NOTHING_THERE and known.moving_to and not outcome.moved_to:
        return _adopted(known, known.moving_to, known.moved_since or now)
    if known.moved_to and (
        outcome.status == _NO_FEED or outcome.status in _NOTHING_THERE or known.errors + 1 >= _PATIENCE
    ):
        return _forgotten(known)
    return known


def _adopted(known: Subscription, target: str, since: datetime) -> Subscription:
    return replace(known, moved_to=target, moving_to="", moved_since=since, moved_polls=0)


def _forgotten(known: Subscription) -> Subscription:
    return replace(known, moved_to="", moving_to="", moved_since=None, moved_polls=0)


def _bare(url: str) -> str:
    return url.partition("#")[0]


def _only_safer(asked: str, target: str) -> bool:
    """Whether only http became https: host, port by default, path and query are the same."""
    old, new = urlsplit(asked), urlsplit(target)
    return (old.scheme.lower(), new.scheme.lower()) == ("http", "https") and _place(old) == _place(new)


def _place(parts: SplitResult) -> tuple[str | None, int, str, str]:
    port = parts.port or _PORTS[parts.scheme.lower()]
    return parts.hostname, 0 if port == _PORTS[parts.scheme.lower()] else port, parts.path or "/", parts.query
