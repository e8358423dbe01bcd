"""What is for operators alone: a page, a feed of changes, metrics.  Each opens the store for reading, for one answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from coranto.server import asked
from coranto.server.tally import Tally
from coranto.settings.values import Settings
from coranto.store import Store, StoreError, looking_into

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

_ATOM = "application/atom+xml; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_PLAIN = "text/plain; charset=utf-8"


def routes(settings: Callable[[], Settings], now: Callable[[], datetime], tally: Tally) -> list[Route]:
    """The routes, for GET and HEAD; each runs in a thread of its own, since it reads from the disk.

    Args:
        settings: gives those of the site as they are now.
        now: gives the time of day, aware.
        tally: what the server counts.
    """
    from starlette.routing import Route

    def status(_: Request) -> Response:
        return _answer(settings(), lambda store: _page(settings(), store, now()), _HTML)

    def alerts(request: Request) -> Response:
        changed: list[datetime] = []
        answer = _answer(settings(), lambda store: _feed(settings(), store, changed.append), _ATOM)
        return _unless_known(request, answer, changed[-1], now()) if changed else answer

    def metrics(_: Request) -> Response:
        from coranto.server.metrics import TYPE

        return _answer(settings(), lambda store: _metrics(settings(), store, now(), tally), TYPE)

    places = {"/status": status, "/status/alerts.xml": alerts, "/metrics": metrics}
    return [Route(path, endpoint, methods=["GET"]) for path, endpoint in places.items()]


def _answer(settings: Settings, body: Callable[[Store | None], bytes], media_type: str) -> Response:
    """What ``body`` makes of the store, which is None before the first build; 503 if it cannot be read now."""
    from starlette.responses import Response

    fields = {"cache-control": "no-store"}
    try:
        with looking_into(settings.store) as store:
            return Response(body(store), headers={**fields, "content-type": media_type})
    except StoreError as error:
        words = f"the store cannot be read now: {error}\n"
        return Response(words, status_code=503, headers={**fields, "content-type": _PLAIN})


def _unless_known(request: Request, answer: Response, changed: datetime, now: datetime) -> Response:
    """``answer`` with both validators, or 304 if the client has it already (RFC 9110 13.2.2)."""
    from starlette.responses import Response

    tag = f'"{sha256(answer.body).hexdigest()[:32]}"'
    fields = {"etag": tag, "cache-control": "private, no-cache"}
    if now >= changed + timedelta(seconds=1):  # in its own second more may follow, unseen by who has only the date
        fields["last-modified"] = format_datetime(changed, usegmt=True)
    stated, since = (request.headers.get(name, "") for name in ("if-none-match", "if-modified-since"))
    known = asked.matched(stated.encode("latin-1"), (tag.encode(),)) if stated else since == fields.get("last-modified")
    if known:
        return Response(status_code=304, headers=fields)
    answer.headers.update(fields)
    return answer


def _page(settings: Settings, store: Store | None, now: datetime) -> bytes:
    from coranto.inspect.board import board_of
    from coranto.server.status import page

    return page(board_of(settings, store, now), settings, now)


def _feed(settings: Settings, store: Store | None, tell_changed: Callable[[datetime], None]) -> bytes:
    from coranto.server import alerts

    newest = store.alerts.newest(alerts.MOST) if store else ()
    tell_changed(max((alert.at for alert in newest), default=alerts.BEGINNING))
    return alerts.feed(newest, settings)


def _metrics(settings: Settings, store: Store | None, now: datetime, tally: Tally) -> bytes:
    from coranto.inspect.board import board_of
    from coranto.server.metrics import document

    return document(board_of(settings, store, now) if store else None, tally)
