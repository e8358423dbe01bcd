"""What an answer to a poll means: news, nothing new, or a failure in words (POLITENESS P2, P3, P8, P9, P14, P26, P29)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from coranto import schedule
from coranto.client import Response
from coranto.client.address import without_login
from coranto.model import Document, Failure, Outcome
from coranto.readers.parse_raw import ParseContext, ParseError
from coranto.settings.values import Upstream
from coranto.text import one_line

Parse = Callable[[bytes, str, ParseContext], Document]  # coranto.readers.parse.parse, or one that does it elsewhere

_WAITING = frozenset({429, 503})
_FRESH = _WAITING | {200, 226, 304}  # answers whose max-age counts (P8, P9)

_ADVICE = {
    401: "the feed wants a login; give it as `auth` of this upstream in settings.yaml",
    403: "the server refuses us; ask its publisher, and give fetch.contact in settings.yaml",
    404: "there is nothing at this address; look for the feed's new address",
    410: "the feed is gone for good and will not be polled again; take it out of settings.yaml",
    407: "the proxy wants a login; give it in fetch.proxy",
    429: "the server was asked too often; it is left alone for a while",
    503: "the server is not ready; it is left alone for a while",
}


class RefusedError(Exception):
    """An answer that is not to be used; its text says why and what to do."""


def judged(
    upstream: Upstream, known: Outcome, response: Response, context: ParseContext, parse: Parse, now: datetime
) -> Outcome:
    """What an answer means, by its status first: a body does not overrule it.

    A refused answer leaves everything as it was: the outcome then carries the old validators (P3).

    Args:
        upstream: what was asked.
        known: the outcome of a visit that changes nothing.
        response: the answer.
        context: how its entries are to be read.
        parse: reads them.
        now: when; dates in headers count from it.
    """
    status = response.status
    wait = schedule.retry_after(response.header("retry-after"), now)
    facts = replace(known, status=status, retry_after=wait, seconds=response.seconds)
    if status in _FRESH:
        facts = replace(facts, max_age=_max_age(response, now))
    try:
        outcome = _by_status(facts, response, context, parse)
    except RefusedError as error:
        stated = facts if status in _WAITING else replace(facts, max_age=schedule.UNSTATED)
        # Whose failure it is, the configured address's or its target's, shows in where the answer came from.
        outcome = failed(stated, upstream, str(error))
        # Gone for good is what says so itself, or what somebody moved to for good (P14).
        gone = outcome.gone and (not response.hops or response.permanent)
        return replace(outcome, gone=gone, moved_to=response.url if response.hops else "")
    moved = response.permanent and not _has_secrets(upstream)
    return replace(outcome, moved_to=response.url if moved else "", retry_after=schedule.UNSTATED)


def _has_secrets(upstream: Upstream) -> bool:
    """A login or a header of the operator's goes to the configured address: no server may take it away (P18)."""
    login = "@" in upstream.url.partition("://")[2].partition("/")[0]
    return login or bool(upstream.auth or upstream.headers)


def _by_status(known: Outcome, response: Response, context: ParseContext, parse: Parse) -> Outcome:
    conditional = bool(known.etag or known.last_modified)
    if response.status == 304 and conditional:
        return _with_validators(known, response, keep=True)
    if response.status == 226 and conditional and "feed" in response.header("im").lower():
        # Only what is new (RFC 3229): nothing that is missing in it has gone (P26).
        return _with_validators(_accepted_answer(known, response, context, parse), response, keep=True)
    if response.status == 200:
        return _with_validators(_accepted_answer(known, response, context, parse), response, keep=False)
    raise RefusedError(_status_error(response.status, conditional=conditional))


def _accepted_answer(known: Outcome, response: Response, context: ParseContext, parse: Parse) -> Outcome:
    """Relative links count from where the feed really is; its own address stays the configured one.

    A redirect may lead somewhere else each time, and what it leads to is not to show in every entry.
    """
    content_type = response.header("content-type")
    if not response.hops:
        return accepted(known, response.body, content_type, context, parse)
    outcome = accepted(known, response.body, content_type, replace(context, url=response.url), parse)
    if outcome.document is None:
        return outcome
    source = replace(outcome.document.source, feed_url=without_login(context.url))
    return replace(outcome, document=replace(outcome.document, source=source))


def accepted(known: Outcome, body: bytes, content_type: str, context: ParseContext, parse: Parse) -> Outcome:
    """The outcome of a whole body: parsed only if it is another one than last time (P29).

    Raises:
        RefusedError: it is no feed.
    """
    if not body.strip():
        raise RefusedError("the answer is empty; a feed without entries would still have a root")
    digest = hashlib.sha256(body).hexdigest()
    if digest == known.body_sha256:
        return known
    try:
        document = parse(body, content_type, context)
    except ParseError as error:
        raise RefusedError(str(error)) from error
    return replace(known, kind="changed", document=document, body_sha256=digest)


def _with_validators(outcome: Outcome, response: Response, *, keep: bool) -> Outcome:
    """P2: a whole answer's validators replace the old pair; a 304 or 226 replaces those that it states."""
    etag, modified = response.etag, response.last_modified
    if keep:
        etag, modified = etag or outcome.etag, modified or outcome.last_modified
    return replace(outcome, etag=etag, last_modified=modified)


def _max_age(response: Response, now: datetime) -> int:
    header = response.header
    return schedule.max_age(header("cache-control"), header("expires"), header("date"), now)


def _status_error(status: int, *, conditional: bool) -> str:
    try:
        name = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        name = str(status)
    if status == 304 and not conditional:
        return f"the server answers {name}, though nothing was asked that allows it; tell its publisher"
    advice = _ADVICE.get(status, "the server has a problem" if status >= 500 else "this is no answer with a feed")
    return f"the server answers {name}: {advice}"


def failed(known: Outcome, upstream: Upstream, reason: str) -> Outcome:
    """The outcome of a visit that brought nothing; ``reason`` is one line for a person."""
    failure = Failure(where=without_login(upstream.url), error=one_line(reason)[:500])
    return replace(known, kind="failed", failure=failure, document=None, gone=known.status == 410)
