"""Who answers what: files from the shelf, probes, and for operators how the sources are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from coranto.server import asked, gate
from coranto.server.asgi import App, Message, Receive, Scope, Send
from coranto.server.files import Files
from coranto.server.policy import PAGE_POLICY
from coranto.server.replies import HTML, Reply, give, guards, words
from coranto.server.shelf import Shelf
from coranto.server.tally import Tally
from coranto.settings import Settings
from coranto.settings.refresh import shortest

if TYPE_CHECKING:
    from starlette.routing import Route

_OPERATORS = ("/status", "/metrics")  # what begins so may be for operators
_SHORTEST, _LONGEST = 60, 3600  # seconds for which a feed may be used without asking again

_ALLOWED = (b"allow", b"GET, HEAD, OPTIONS")
_ANYBODY = (b"access-control-allow-origin", b"*")
_PREFLIGHT = Reply(
    status=204,
    fields=(
        _ALLOWED,
        _ANYBODY,
        (b"access-control-allow-methods", b"GET, HEAD"),
        (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since"),
        (b"access-control-max-age", b"86400"),
    ),
)
# A body that nobody wants is not read to its end.
_NO_METHOD = words(405, "only GET and HEAD are answered here", _ALLOWED, _ANYBODY, (b"connection", b"close"))
_NO_FORMAT = words(400, "format is one of atom, rss and json")
_PRIVATE = words(
    403,
    "only this machine, and the networks that serve.operators in settings.yaml names, may see this; what a proxy "
    "passes on may not",
)
_FINE = words(200, "ok")
_STUCK = words(503, "the program has not moved for minutes")
_EMPTY = words(503, "nothing is published yet: run `coranto build` or `coranto run`")
_MISSING = words(404, "there is no such feed or page; / lists them all")


def _always() -> bool:
    return True


class Site:
    """The ASGI application of one site."""

    def __init__(self, settings: Settings, now: Callable[[], datetime], alive: Callable[[], bool] = _always) -> None:
        """Nothing is read yet.

        Args:
            settings: of the site.
            now: the time of day, aware.
            alive: whether the program moves, for /healthz.
        """
        self._settings, self._now, self._alive = settings, now, alive
        self.tally = Tally()
        self._shelf = Shelf(settings.feeds.root)
        self._files = Files(self._shelf, self.tally, max(_SHORTEST, min(_LONGEST, shortest(settings.refresh))))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path.startswith(_OPERATORS) and path in self._private:
            await self._for_operators(scope, receive, send)
        elif reply := self._refused(scope) or self._probed(path):
            self.tally.count("other", reply.status, await give(reply, scope, send))
        elif not await self._files.answer(scope, send):
            reply = self._missing(scope)
            self.tally.count("other", reply.status, await give(reply, scope, send))

    def _refused(self, scope: Scope) -> Reply | None:
        if scope["method"] in ("GET", "HEAD"):
            return None
        return _PREFLIGHT if scope["method"] == "OPTIONS" else _NO_METHOD

    def _probed(self, path: str) -> Reply | None:
        if path == "/healthz":
            return _FINE if self._alive() else _STUCK
        if path == "/readyz":
            return _FINE if self._shelf.is_file(("index.html",)) else _EMPTY
        return None

    def _missing(self, scope: Scope) -> Reply:
        """Nothing there: a page for browsers, a line for everything else."""
        if asked.format_of(scope["query_string"]) is None:
            return _NO_FORMAT
        if b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
            return _MISSING
        from coranto.writers.html import missing_page

        site = self._settings.site
        return Reply(status=404, body=missing_page(site.title, site.language), type=HTML, policy=PAGE_POLICY)

    # -- operators

    @cached_property
    def _routes(self) -> list[Route]:
        from coranto.server.operators import routes

        return routes(lambda: self._settings, self._now, self.tally)

    @cached_property
    def _private(self) -> frozenset[str]:
        return frozenset(route.path for route in self._routes)

    @cached_property
    def _pages(self) -> App:
        from starlette.applications import Starlette

        return Starlette(routes=self._routes)  # type: ignore[return-value]  # its types are of another kind

    async def _for_operators(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = scope["client"][0] if scope["client"] else ""
        if not gate.may_look(peer, scope["headers"], self._settings.serve.operators):
            self.tally.count("operators", 403, await give(_PRIVATE, scope, send))
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *guards(PAGE_POLICY)]}
                self.tally.count("operators", message["status"], 0)
            await send(message)

        await self._pages(scope, receive, guarded)
